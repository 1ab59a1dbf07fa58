"""Many records of a list are changed or deleted at once on the screen: asked, shown, done, taken back."""

from __future__ import annotations

from tests.web.test_sheets import lines, make_goods
from tests.web.visiting import Visitor, words

AT = "/f/shop.goods/many"


def send(visitor: Visitor, step: str, ids: list[str], **more: str) -> str:
    """The dialog that answers; several ids under one name."""
    answer = visitor.client.post(
        f"{AT}/{step}", data={"csrf_token": visitor.token, "id": ids, **more}, headers={"HX-Request": "true"}
    )
    assert answer.status_code in (200, 422), answer.text
    return words(answer)


def test_a_field_of_many_records_is_changed_and_taken_back(clerk: Visitor) -> None:
    ids = [make_goods(clerk, name, "1") for name in ("批量甲", "批量乙")]
    asked = send(clerk, "edit", ids)
    assert "修改 2 条" in asked
    assert "单价" in asked
    assert "成本" not in asked
    shown = send(clerk, "try", ids, field="price", v0="7")
    assert "批量甲" in shown
    assert "7.00" in shown
    assert clerk.get(f"/f/shop.goods/{ids[0]}").text.count("7.00") == 0
    assert "已修改 2 条" in send(clerk, "do", ids, field="price", v0="7")
    assert "7.00" in words(clerk.get(f"/f/shop.goods/{ids[0]}"))


def test_a_change_is_taken_back_from_its_dialog(clerk: Visitor) -> None:
    ids = [make_goods(clerk, "撤销甲", "1")]
    answer = clerk.post(f"{AT}/do", htmx=True, id=ids[0], field="kind", v0="大")
    change = answer.text.partition(f'action="{AT}/')[2].partition("/undo")[0]
    assert "已撤销" in words(clerk.post(f"{AT}/{change}/undo", htmx=True))
    assert "大" not in words(clerk.get(f"/f/shop.goods/{ids[0]}")).partition("规格")[2][:4]


def test_who_presses_undo_twice_is_told_that_it_is_done(clerk: Visitor) -> None:
    ids = [make_goods(clerk, "撤销乙", "1")]
    answer = clerk.post(f"{AT}/do", htmx=True, id=ids[0], field="kind", v0="大")
    change = answer.text.partition(f'action="{AT}/')[2].partition("/undo")[0]
    clerk.post(f"{AT}/{change}/undo", htmx=True)
    again = clerk.post(f"{AT}/{change}/undo", htmx=True)
    assert (again.status_code, "之前已经撤销过了" in words(again)) == (200, True), words(again)


def test_why_a_document_cannot_be_changed_is_told_by_its_state(admin: Visitor, clerk: Visitor) -> None:
    nail = make_goods(clerk, "状态钉", "1")
    done = clerk.post(clerk.open_form("shop.ask"), act="submit", more={"what": "买钉子", **lines((nail, "4"))})
    at = done.headers["Location"]
    admin.get(at)
    assert admin.post(f"{at}/do/approve", version="1").status_code == 303
    many = "/f/shop.ask/many/try"
    changed = words(admin.post(many, htmx=True, id=at.rpartition("/")[2], field="what", v0="改了"))
    assert "“已通过”的不能修改" in changed
    assert "“已通过”的不能删除" in words(admin.post(many, htmx=True, id=at.rpartition("/")[2], act="delete"))


def test_a_value_that_makes_no_sense_is_told_and_kept(clerk: Visitor) -> None:
    ids = [make_goods(clerk, "乱价", "1")]
    answer = clerk.post(f"{AT}/try", htmx=True, id=ids[0], field="price", v0="七块")
    assert answer.status_code == 422
    assert 'value="七块"' in answer.text


def test_what_cannot_be_changed_is_told_before(clerk: Visitor) -> None:
    ids = [make_goods(clerk, "负价", "1")]
    shown = send(clerk, "try", ids, field="price", v0="-1")
    assert "1 条办不成" in shown
    assert "1 条办不成" in send(clerk, "do", ids, field="price", v0="-1")


def test_chosen_records_are_deleted(clerk: Visitor) -> None:
    ids = [make_goods(clerk, "批删甲"), make_goods(clerk, "批删乙")]
    assert "删除 2 条" in send(clerk, "try", ids, act="delete")
    assert "已删除 2 条" in send(clerk, "do", ids, act="delete")
    assert "批删甲" in words(clerk.get("/f/shop.goods/bin"))


def test_all_hits_are_chosen_as_long_as_they_are_as_many_as_was_seen(clerk: Visitor) -> None:
    for name in ("全选甲", "全选乙"):
        make_goods(clerk, name)
    assert "修改 2 条" in send(clerk, "edit", [], all="2", q="全选")
    changed = clerk.post(f"{AT}/edit", htmx=True, all="3", q="全选")
    assert changed.status_code == 409


def test_nothing_chosen_is_told(clerk: Visitor) -> None:
    for act in ("edit", "try", "do"):
        assert clerk.post(f"{AT}/{act}", htmx=True, field="price", v0="1").status_code == 400


def test_a_hidden_field_cannot_be_named(clerk: Visitor) -> None:
    made = make_goods(clerk, "藏着的")
    assert clerk.post(f"{AT}/do", htmx=True, id=made, field="cost", v0="1").status_code == 400


def test_a_change_is_found_again_with_the_way_back(clerk: Visitor, other_clerk: Visitor) -> None:
    made = make_goods(clerk, "以后撤销")
    send(clerk, "do", [made], field="price", v0="9")
    page = clerk.get(AT)
    assert "已修改 1 条" in words(page)
    change = page.text.partition(f'action="{AT}/')[2].partition("/undo")[0]
    assert "已修改" not in words(other_clerk.get(AT))
    assert "已撤销" in words(clerk.post(f"{AT}/{change}/undo"))
    assert "已撤销" in words(clerk.get(AT))
