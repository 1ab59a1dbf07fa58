"""Masked values and secrets on the screen: drawn as masks, never posted back, never overwritten, never shown again."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from dougong.actions.create_record import create_record
from dougong.actions.read_record import find_records
from dougong.kernel.actor import operator
from dougong.records.query import Query
from tests import makers
from tests.web.visiting import Visitor, words

FIRM = operator("demo")
CARD = "11010519491231002X"
TOLD = (CARD, "13812345678", "54321", "54,321", "1949-12-31", "hunter2", "hush")
TEXT = {"type": "string"}
MASKED = ("phone", "card", "pay", "born", "grade", "words", "for_whom", "open", "stars", "month", "lines.price")
PERSON: dict[str, Any] = {
    "kind": "master",
    "policies": [{"roles": ["clerk"], "actions": ["view", "edit", "create"], "fields": dict.fromkeys(MASKED, "masked")}],
    "views": [{"name": "all", "title": "全部", "columns": ["name", *MASKED[:-1], "key"]}],
    "record": {"type": "object", "properties": {
        "name": TEXT,
        "phone": {"type": "string", "x-type": "phone"},
        "card": {"type": "string", "x-type": "id_card"},
        "pay": {"type": "number", "x-type": "money"},
        "born": {"type": "string", "format": "date"},
        "grade": {"type": "string", "enum": ["hush", "b"]},
        "words": {"type": "array", "items": TEXT},
        "for_whom": {"type": "string", "x-ref": "guarded.person"},
        "open": {"type": "boolean"},
        "stars": {"type": "integer", "x-type": "rating"},
        "month": {"type": "string", "x-type": "month"},
        "site": {"type": "string", "format": "uri"},
        "lasts": {"type": "string", "x-type": "duration"},
        "code": {"type": "string", "x-type": "barcode"},
        "mark": {"type": "integer", "x-type": "rating"},
        "key": {"type": "string", "x-type": "secret", "title": "口令"},
        "lines": {"type": "array", "items": {"type": "object", "properties": {
            "what": TEXT, "price": {"type": "number", "x-type": "money"}, "pin": {"type": "string", "x-type": "secret"}}}}}},
}  # fmt: skip


@pytest.fixture(scope="module")
def person(shop: Flask) -> str:
    """The id of somebody about whom clerks know little."""
    inst = shop.extensions["dougong"]
    makers.publish(inst, "demo", {"guarded": {"person": PERSON}})
    other = create_record(inst, FIRM, "guarded.person", {"name": "other"})["id"]
    values = {
        "name": "老马", "phone": "13812345678", "card": CARD, "pay": 54321, "born": "1949-12-31", "grade": "hush",
        "words": ["hush"], "for_whom": other, "open": True, "stars": 4, "month": "1949-12", "key": "hunter2",
        "site": "https://yard.test/plan", "lasts": "PT27H", "code": "SB-01", "mark": 3,
        "lines": [{"what": "a", "price": 54321, "pin": "hunter2"}],
    }  # fmt: skip
    return str(create_record(inst, FIRM, "guarded.person", values)["id"])


def stored(app: Flask, person: str, *names: str) -> list[Any]:
    """What the house itself reads; of a secret only whether there is one."""
    listed = find_records(app.extensions["dougong"], FIRM, "guarded.person", Query(filter=f"$id = '{person}'"))
    return [listed.page.items[0].values[name] for name in names]


def leaks(text: str) -> list[str]:
    return [each for each in TOLD if each in text]


def test_every_page_shows_masks(clerk: Visitor, person: str) -> None:
    at = f"/f/guarded.person/{person}"
    for address in ("/f/guarded.person", at, f"{at}/edit", f"{at}/history", "/f/guarded.person?q=138", "/"):
        page = clerk.get(address)
        assert page.status_code == 200, (address, words(page))
        assert leaks(page.text) == [], address
    assert "138****5678" in clerk.get(at).text
    assert "1101**********002X" in clerk.get(f"{at}/edit").text


def test_an_admin_sees_all_but_the_secret(admin: Visitor, person: str) -> None:
    page = admin.get(f"/f/guarded.person/{person}")
    assert leaks(page.text) == [CARD, "13812345678", "54,321", "1949-12-31", "hush"]
    assert "••••" in words(page)


def test_links_stars_codes_and_lengths_of_time_are_drawn(admin: Visitor, person: str) -> None:
    page = admin.get(f"/f/guarded.person/{person}").text
    assert 'href="https://yard.test/plan" rel="noopener noreferrer nofollow" target="_blank"' in page
    assert 'href="tel:13812345678"' in page
    assert 'aria-label="3 / 5"' in page
    assert "1天3小时" in page
    assert "<svg" in page.partition("SB-01")[2][:900]
    assert "style=" not in page


def test_saving_keeps_what_is_masked_and_what_is_secret(clerk: Visitor, app: Flask, person: str) -> None:
    before = stored(app, person, "phone", "card", "pay", "born", "key", "words")
    sheet = clerk.open_form("guarded.person", person)
    page = clerk.get(f"/f/guarded.person/{person}/edit?sheet={sheet.rpartition('/')[2]}").text
    assert 'name="phone"' not in page
    assert 'name="key"' in page
    saved = clerk.post(sheet, act="save", more={"name": "老马二", "key": "", "phone": "138****5678"})
    assert saved.status_code in (303, 422), words(saved)
    saved = clerk.post(clerk.open_form("guarded.person", person), act="save", more={"name": "老马三", "key": ""})
    assert saved.status_code == 303, words(saved)
    assert stored(app, person, "phone", "card", "pay", "born", "key", "words") == before
    assert stored(app, person, "name") == ["老马三"]


def test_a_row_is_changed_without_its_masked_and_secret_columns(clerk: Visitor, app: Flask, person: str) -> None:
    sheet = clerk.open_form("guarded.person", person)
    row = stored(app, person, "lines")[0][0]
    saved = clerk.post(sheet, act="save", more={f"lines.{row.id}.what": "b"})
    assert saved.status_code == 303, words(saved)
    (now,) = stored(app, person, "lines")[0]
    assert (now.values["what"], now.values["pin"]) == ("b", "hunter2")
    assert now.values["price"] == row.values["price"]


def test_a_secret_is_typed_kept_and_taken_away(clerk: Visitor, app: Flask, person: str) -> None:
    sheet = clerk.open_form("guarded.person", person)
    swapped = clerk.post(f"{sheet}/refresh", htmx=True, more={"key": "hunter2 new"})
    assert leaks(swapped.text) == []
    assert leaks(clerk.get(f"/f/guarded.person/{person}/edit?sheet={sheet.rpartition('/')[2]}").text) == []
    assert clerk.post(sheet, act="save", more={"key": ""}).status_code == 303
    assert stored(app, person, "key") == ["hunter2 new"]
    sheet = clerk.open_form("guarded.person", person)
    clerk.post(f"{sheet}/refresh", htmx=True, more={"key": "", "$clear": "key"})
    assert clerk.post(sheet, act="save", more={"key": ""}).status_code == 303
    assert stored(app, person, "key") == [None]


def test_the_conflict_dialog_tells_nothing(clerk: Visitor, admin: Visitor, person: str) -> None:
    mine = clerk.open_form("guarded.person", person)
    theirs = admin.open_form("guarded.person", person)
    assert admin.post(theirs, act="save", more={"name": "theirs", "key": "hunter2 again"}).status_code == 303
    answer = clerk.post(mine, act="save", htmx=True, more={"name": "mine", "key": "hunter2 mine"})
    assert "theirs" in answer.text
    assert leaks(answer.text) == []
