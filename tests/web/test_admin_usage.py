"""Usage: opened forms and refusals are counted beside the requests, by numbers alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from dougong.actions.record_usage import Event, read_usage, record_usage
from dougong.kernel.actor import operator
from dougong.kernel.ids import new_id
from dougong.people.tables import usage
from dougong.web.usage import write_down
from tests.web.test_sheets import lines, make_goods
from tests.web.visiting import Visitor, words

SOMEBODY = new_id()


@pytest.fixture(autouse=True)
def nothing_counted(app: Flask) -> Iterator[None]:
    app.extensions["dougong_usage"].take()
    with app.extensions["dougong"].database.tenant("demo").write() as conn:
        conn.execute(delete(usage))
    yield


def _rows(app: Flask) -> dict[tuple[str, str, str], int]:
    write_down(app)
    with app.extensions["dougong"].database.tenant("demo").read() as conn:
        return {(row.form, row.what, row.code): row.count for row in conn.execute(select(usage))}


def test_pages_are_counted_by_kind(clerk: Visitor, app: Flask) -> None:
    clerk.get("/f/shop.goods")
    clerk.get("/f/shop.goods")
    clerk.open_form("shop.goods")
    clerk.get("/f/shop.goods", htmx=True)
    clerk.get("/me")
    assert _rows(app) == {("shop.goods", "list", ""): 2, ("shop.goods", "new", ""): 1}
    clerk.get("/f/shop.goods")
    assert _rows(app)["shop.goods", "list", ""] == 3


def test_refusals_are_counted_by_code(clerk: Visitor, app: Flask) -> None:
    sheet = clerk.open_form("shop.goods")
    assert clerk.post(sheet, name="").status_code == 422
    assert clerk.post(sheet, name="很" * 30).status_code == 422
    rows = _rows(app)
    assert rows["shop.goods", "error", "required"] == 1
    assert rows["shop.goods", "error", "length"] == 1


def test_what_is_refused_on_a_records_page_is_counted_too(clerk: Visitor, app: Flask) -> None:
    nail = make_goods(clerk, "退回的钉", "1")
    saved = clerk.post(clerk.open_form("shop.ask"), act="save", more={"what": "买钉子", **lines((nail, "51"))})
    at = saved.headers["Location"]
    clerk.get(at)
    assert clerk.post(f"{at}/do/submit", version="1").status_code == 422
    assert _rows(app)["shop.ask", "error", "check"] == 1


def test_forms_that_are_not_there_leave_nothing(clerk: Visitor, app: Flask) -> None:
    for n in range(5):
        assert clerk.get(f"/f/no.such{n}").status_code == 404
    record_usage(app.extensions["dougong"], "demo", {Event(date(2026, 2, 27), "no.such", SOMEBODY, "list"): 1})
    assert _rows(app) == {}


def test_the_page_shows_numbers_and_no_names(admin: Visitor, clerk: Visitor, app: Flask) -> None:
    clerk.get("/f/shop.goods")
    admin.get("/f/shop.goods")
    sheet = clerk.open_form("shop.goods")
    clerk.post(sheet, name="")
    page = admin.get("/admin/usage")
    said = words(page)
    assert re.search(r"商品 shop 3 2 0 1 2 1× 这里必填", said)
    assert "bob" not in said
    assert re.search(r"没人打开过 \d+ .*申请", said)


def test_days_beyond_the_stretch_do_not_count(admin: Visitor, app: Flask) -> None:
    inst = app.extensions["dougong"]
    day = date(2026, 2, 27)
    for back, count in ((0, 1), (6, 2), (7, 4), (29, 8), (30, 16)):
        record_usage(inst, "demo", {Event(day - timedelta(days=back), "shop.goods", SOMEBODY, "list"): count})
    assert next(each for each in read_usage(inst, operator("demo"), 7) if each.form == "shop.goods").total == 3
    assert next(each for each in read_usage(inst, operator("demo"), 30) if each.form == "shop.goods").total == 15
    assert "15" in words(admin.get("/admin/usage?days=30"))


def test_old_counts_are_deleted(app: Flask) -> None:
    inst = app.extensions["dougong"]
    with inst.database.tenant("demo").write() as conn:
        old = {
            "day": date(2025, 1, 1),
            "form": "shop.goods",
            "member": SOMEBODY,
            "what": "list",
            "code": "",
            "count": 1,
        }
        conn.execute(insert(usage).values(old))
    record_usage(inst, "demo", {Event(date(2026, 2, 27), "shop.goods", SOMEBODY, "list"): 1})
    assert _rows(app) == {("shop.goods", "list", ""): 1}


def test_a_count_that_cannot_be_written_fails_no_page(clerk: Visitor, app: Flask) -> None:
    gathered = app.extensions["dougong_usage"]
    gathered.add("no_such_tenant", Event(date(2026, 2, 27), "shop.goods", SOMEBODY, "list"))
    write_down(app)
    assert clerk.get("/f/shop.goods").status_code == 200


def test_usage_is_the_admins(clerk: Visitor) -> None:
    assert clerk.get("/admin/usage").status_code == 403
