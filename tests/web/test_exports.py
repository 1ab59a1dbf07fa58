"""Exporting a list from the screen, and what was deleted: the recycle bin."""

from __future__ import annotations

import csv
import io

from tests.web.test_sheets import make_goods
from tests.web.visiting import Visitor, words


def fetched(visitor: Visitor, form: str, **asked: str) -> list[list[str]]:
    answer = visitor.post(f"/f/{form}/export", htmx=True, format="csv", **asked)
    assert answer.status_code == 200, words(answer)
    address = answer.text.partition('href="/exports/')[2].partition('"')[0]
    found = visitor.get("/exports/" + address)
    assert found.headers["Content-Disposition"].startswith("attachment")
    text = found.get_data(as_text=True)
    found.close()
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_an_export_is_what_the_list_shows(admin: Visitor) -> None:
    for name, price in (("出口甲", "3"), ("出口乙", "1"), ("=出口丙", "2")):
        make_goods(admin, name, price)
    rows = fetched(admin, "shop.goods", q="出口", sort="-price", columns="name,price")
    assert rows == [["名称", "单价"], ["出口甲", "3.00"], ["'=出口丙", "2.00"], ["出口乙", "1.00"]]


def test_chosen_records_are_exported(admin: Visitor) -> None:
    made = make_goods(admin, "单选一件")
    make_goods(admin, "没选一件")
    assert [row[0] for row in fetched(admin, "shop.goods", id=made, columns="name")] == ["名称", "单选一件"]


def test_the_question_says_how_many(admin: Visitor) -> None:
    make_goods(admin, "问几件")
    asked = admin.get("/f/shop.goods/export?q=问几件", htmx=True)
    assert "1 条" in words(asked)
    assert admin.get("/f/shop.goods/export?q=问几件").status_code == 200


def test_without_the_right_there_is_no_export(clerk: Visitor) -> None:
    assert clerk.get("/f/shop.goods/export", htmx=True).status_code == 403
    assert clerk.post("/f/shop.goods/export", format="csv").status_code == 403


def test_nobody_fetches_the_file_of_another(admin: Visitor, clerk: Visitor) -> None:
    make_goods(admin, "别人的件")
    answer = admin.post("/f/shop.goods/export", htmx=True, format="xlsx", q="别人的件")
    address = "/exports/" + answer.text.partition('href="/exports/')[2].partition('"')[0]
    own = admin.get(address)
    assert own.status_code == 200
    own.close()
    assert clerk.get(address).status_code == 404
    assert clerk.get(address.removesuffix("/file")).status_code == 404


def test_what_was_deleted_comes_back_from_the_bin(clerk: Visitor) -> None:
    made = make_goods(clerk, "删掉的件")
    clerk.get(f"/f/shop.goods/{made}")
    assert clerk.post(f"/f/shop.goods/{made}/do/delete").status_code == 303
    shown = words(clerk.get("/f/shop.goods/bin"))
    assert "删掉的件" in shown
    assert "还剩 30 天" in shown
    assert "彻底删除" not in shown
    assert clerk.post(f"/f/shop.goods/bin/{made}/restore").status_code == 303
    assert clerk.get(f"/f/shop.goods/{made}").status_code == 200


def test_only_an_admin_empties_the_bin(clerk: Visitor, admin: Visitor) -> None:
    made = make_goods(clerk, "彻底的件")
    clerk.post(f"/f/shop.goods/{made}/do/delete")
    assert clerk.post(f"/f/shop.goods/bin/{made}/purge").status_code == 403
    admin.get("/f/shop.goods/bin")
    assert admin.post(f"/f/shop.goods/bin/{made}/purge").status_code == 303
    assert "彻底的件" not in words(admin.get("/f/shop.goods/bin"))


def test_what_is_not_in_the_bin_is_not_removed(admin: Visitor) -> None:
    made = make_goods(admin, "还在的件")
    refused = admin.post(f"/f/shop.goods/bin/{made}/purge")
    assert refused.status_code == 409
    assert admin.get(f"/f/shop.goods/{made}").status_code == 200
