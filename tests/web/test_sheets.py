"""Filling in a form: nothing typed is lost, problems stand at their rows, one form makes one record."""

from __future__ import annotations

import html
import re
import threading
from typing import Any

import pytest
from flask import Flask

from tests import makers
from tests.web.visiting import Visitor, words

ROW = "01890000-0000-7000-8000-0000000000{:02d}"


def make_goods(visitor: Visitor, name: str, price: str = "10") -> str:
    """The id of a new piece of goods."""
    sheet = visitor.open_form("shop.goods")
    saved = visitor.post(sheet, act="save", name=name, price=price)
    assert saved.status_code == 303, words(saved)
    return saved.headers["Location"].rpartition("/")[2]


def lines(*rows: tuple[str, str]) -> dict[str, str]:
    """The inputs of rows of (goods' id, count)."""
    sent = {}
    for index, (thing, count) in enumerate(rows):
        sent |= {f"lines.{ROW.format(index)}.thing": thing, f"lines.{ROW.format(index)}.count": count}
    return sent


def ask(visitor: Visitor, *rows: tuple[str, str], act: str = "submit", **more: Any) -> Any:
    sheet = visitor.open_form("shop.ask")
    return visitor.post(sheet, act=act, more={"what": "买钉子", **lines(*rows)}, **more)


def test_a_document_is_computed_while_one_types_and_submitted(clerk: Visitor) -> None:
    nail = make_goods(clerk, "钉子", "2.50")
    sheet = clerk.open_form("shop.ask")
    swapped = clerk.post(f"{sheet}/refresh", htmx=True, more={"what": "买钉子", **lines((nail, "4"))})
    assert swapped.status_code == 200
    assert "10.00" in swapped.text
    assert "钉子" in swapped.text
    done = clerk.post(sheet, act="submit", htmx=True)
    assert done.status_code == 204, words(done)
    page = clerk.get(done.headers["HX-Redirect"])
    assert "审批中" in page.text
    assert "10.00" in page.text


def test_a_refresh_swaps_only_what_looks_different(clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.ask")
    swapped = clerk.post(f"{sheet}/refresh", htmx=True, what="买钉子")
    assert 'name="on"' not in swapped.text
    shown = clerk.post(f"{sheet}/refresh", htmx=True, urgent="true")
    assert 'name="why"' in shown.text


def test_typed_nonsense_is_kept_and_blamed_at_its_row(clerk: Visitor) -> None:
    nail = make_goods(clerk, "木板")
    refused = ask(clerk, (nail, "1"), (nail, "viele"))
    assert refused.status_code == 422
    row = refused.text.partition(f'lines.{ROW.format(1)}.count"')[2]
    assert 'value="viele"' in refused.text
    assert 'aria-invalid="true"' in row[:600]
    assert "整数" in words(refused)
    assert 'value="买钉子"' in refused.text


def test_a_check_is_shown_at_the_right_row_with_the_title(clerk: Visitor) -> None:
    dear, cheap = make_goods(clerk, "金钉", "1"), make_goods(clerk, "铁钉", "1")
    refused = ask(clerk, (dear, "3"), (cheap, "51"), htmx=True)
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (422, "#sheet")
    assert "铁钉 一次最多 50 件" in words(refused)
    assert re.findall(r'data-row="([^"]+)"><tr role="row" class="bad">', refused.text) == [ROW.format(1)]
    assert "1 处要改" in words(refused)


def test_everything_missing_is_told_at_once_and_a_draft_may_wait(clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.ask")
    refused = clerk.post(sheet, act="submit", urgent="true")
    assert words(refused).count("这里必填") >= 2
    saved = clerk.post(sheet, act="save")
    assert saved.status_code == 303
    assert "草稿" in clerk.get(saved.headers["Location"]).text


def test_a_warning_is_read_before_it_is_confirmed(clerk: Visitor) -> None:
    thing = make_goods(clerk, "机器", "600")
    sheet = clerk.open_form("shop.ask")
    asked = clerk.post(sheet, act="submit", htmx=True, more={"what": "买机器", **lines((thing, "1"))})
    assert (asked.status_code, asked.headers["HX-Retarget"]) == (422, "#dialog")
    assert "超过 500 元要留意" in asked.text
    assert clerk.post(sheet, act="submit", confirm="1", htmx=True).status_code == 204


@pytest.mark.parametrize("text", ["名" * 21, "😀" * 21])
def test_over_long_text_is_counted_in_characters(text: str, clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.goods")
    refused = clerk.post(sheet, act="save", name=text)
    assert (refused.status_code, "最多 20 个字，现在 21 个" in words(refused)) == (422, True)
    assert text in refused.text


@pytest.mark.parametrize(
    "price", ["1e400", "99999999999999999", "0.001", "NaN", "-1", "一百", "1.2.3", "٣", "1" * 5000]
)
def test_numbers_that_do_not_fit_are_refused_in_words(price: str, clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.goods")
    refused = clerk.post(sheet, act="save", name="数", price=price)
    assert refused.status_code in (422, 303), price
    assert refused.status_code == 422 or price == "٣"


@pytest.mark.parametrize("name", ["a\x00b", "\ud800".encode("utf-8", "surrogatepass")])
def test_characters_no_database_takes_are_refused(name: Any, clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.goods")
    assert clerk.post(sheet, act="save", name=name).status_code in (303, 422)


def test_a_day_that_does_not_exist(clerk: Visitor) -> None:
    refused = ask(clerk, act="save", on="2026-02-30")
    assert "没有这一天" in words(refused)
    assert 'value="2026-02-30"' in refused.text


@pytest.mark.parametrize("thing", ["nonsense", "01890000-0000-7000-8000-999999999999"])
def test_a_reference_to_nothing_is_refused_at_its_row(thing: str, clerk: Visitor) -> None:
    refused = ask(clerk, (thing, "1"))
    assert refused.status_code == 422
    assert "没有这条记录，或者你不能选它" in words(refused)


def test_the_same_form_posted_twice_makes_one_record(app: Flask, clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.goods")
    first, second = (clerk.post(sheet, act="save", name="双击钉") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert "1 条" in words(clerk.get("/f/shop.goods?q=双击钉"))


def test_the_same_form_posted_twice_at_once_makes_one_record(app: Flask, clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.goods")
    clerk.post(f"{sheet}/refresh", htmx=True, name="同时钉")
    twins = [Visitor(app).sign_in("bob@demo.test") for _ in range(4)]
    answers: list[Any] = []
    threads = [
        threading.Thread(target=lambda each=each: answers.append(each.post(sheet, act="save"))) for each in twins
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.status_code for each in answers] == [303] * 4, [words(each)[:300] for each in answers]
    assert len({each.headers["Location"] for each in answers}) == 1
    assert "1 条" in words(clerk.get("/f/shop.goods?q=同时钉"))


def test_a_sheet_belongs_to_its_member(clerk: Visitor, other_clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.goods")
    token = sheet.rpartition("/")[2]
    assert other_clerk.get(f"/f/shop.goods/new?sheet={token}").status_code == 404
    assert other_clerk.post(f"{sheet}/refresh", htmx=True, name="x").status_code == 404
    assert other_clerk.post(sheet, act="save", name="x").status_code == 404


def test_a_computed_or_hidden_field_cannot_be_set_by_hand(clerk: Visitor, admin: Visitor) -> None:
    sheet = clerk.open_form("shop.goods")
    assert 'name="cost"' not in clerk.get(f"/f/shop.goods/new?sheet={sheet.rpartition('/')[2]}").text
    refused = clerk.post(sheet, act="save", name="偷改", cost="1")
    assert refused.status_code == 422
    made = make_goods(clerk, "正常")
    assert "成本" in admin.get(f"/f/shop.goods/{made}").text
    assert "成本" not in clerk.get(f"/f/shop.goods/{made}").text


def test_rows_are_added_copied_moved_and_removed(clerk: Visitor) -> None:
    nail = make_goods(clerk, "行钉")
    sheet = clerk.open_form("shop.ask")
    clerk.post(f"{sheet}/refresh", htmx=True, more=lines((nail, "1"), (nail, "2")))

    def press(act: str) -> list[str]:
        page = clerk.post(f"{sheet}/refresh", htmx=True, more={"$row": act})
        assert page.status_code == 200
        shown = clerk.get(f"/f/shop.ask/new?sheet={sheet.rpartition('/')[2]}").text
        return re.findall(r'name="lines\.[0-9a-f-]+\.count"[^>]*value="(\d*)"', shown)

    assert press("add:lines") == ["1", "2", ""]
    assert press(f"copy:lines:{ROW.format(0)}") == ["1", "1", "2", ""]
    assert press(f"down:lines:{ROW.format(0)}") == ["1", "1", "2", ""]
    assert press(f"remove:lines:{ROW.format(1)}") == ["1", "1", ""]
    assert press("remove:lines:nothing") == ["1", "1", ""]


def test_a_block_from_a_spreadsheet_becomes_rows(clerk: Visitor) -> None:
    nail = make_goods(clerk, "贴钉")
    sheet = clerk.open_form("shop.ask")
    clerk.post(f"{sheet}/refresh", htmx=True, more=lines((nail, "1")))
    pasted = clerk.post(f"{sheet}/paste", htmx=True, text="7\n8\n", sub="lines", row=ROW.format(0), column="count")
    assert pasted.status_code == 200
    shown = clerk.get(f"/f/shop.ask/new?sheet={sheet.rpartition('/')[2]}").text
    assert re.findall(r'name="lines\.[0-9a-f-]+\.count"[^>]*value="(\d*)"', shown) == ["7", "8"]


def test_changing_a_record_posts_only_what_was_changed(clerk: Visitor, admin: Visitor) -> None:
    made = make_goods(clerk, "改钉", "3")
    sheet = clerk.open_form("shop.goods", made)
    theirs = admin.open_form("shop.goods", made)
    assert admin.post(theirs, act="save", name="改钉", price="3", kind="大").status_code == 303
    stale = clerk.post(sheet, act="save", htmx=True, name="改钉", price="4")
    assert (stale.status_code, stale.headers["HX-Retarget"]) == (412, "#dialog")
    settled = clerk.post(f"{sheet}/settle", act="save", version="2", htmx=True)
    assert settled.status_code == 204, words(settled)
    page = words(clerk.get(f"/f/shop.goods/{made}"))
    assert "4.00" in page
    assert "大" in page


def test_two_change_the_same_field_and_one_chooses(clerk: Visitor, admin: Visitor) -> None:
    made = make_goods(clerk, "争钉", "3")
    sheet = clerk.open_form("shop.goods", made)
    admin.post(admin.open_form("shop.goods", made), act="save", price="5")
    stale = clerk.post(sheet, act="save", htmx=True, price="4")
    assert stale.status_code == 412
    assert {"5.00", "4.00"} <= set(re.findall(r"\d\.\d\d", stale.text))
    kept = clerk.post(f"{sheet}/settle", act="save", version="2", htmx=True, more={"keep:price": "t"})
    assert kept.status_code == 204
    assert "5.00" in words(clerk.get(f"/f/shop.goods/{made}"))


def test_options_offer_what_may_be_chosen(clerk: Visitor) -> None:
    make_goods(clerk, "选项钉")
    sheet = clerk.open_form("shop.ask")
    found = clerk.get(f"{sheet}/options/lines.thing?$q=选项&input=lines.{ROW.format(0)}.thing", htmx=True)
    assert "选项钉" in found.text
    assert "没有找到" in clerk.get(f"{sheet}/options/lines.thing?$q=天外", htmx=True).text
    assert clerk.get(f"{sheet}/options/nothing", htmx=True).status_code == 404


def test_a_begun_form_is_offered_again_and_can_be_thrown_away(clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.goods")
    clerk.post(f"{sheet}/refresh", htmx=True, name="半张")
    assert "你之前填过这张表单" in clerk.get("/f/shop.goods/new").text
    clerk.post(f"{sheet}/drop")
    gone = clerk.get(f"/f/shop.goods/new?sheet={sheet.rpartition('/')[2]}")
    assert (gone.status_code, "打开太久" in words(gone)) == (404, True)


def test_who_may_not_create_finds_no_form(clerk: Visitor) -> None:
    assert clerk.get("/f/shop.nothing/new").status_code == 404


def test_names_that_are_no_inputs_are_passed_over(clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.goods")
    saved = clerk.post(
        sheet, act="save", name="乱名", more={"validate": "1", "lines.x.y": "2", "data": "3", "$id": "4"}
    )
    assert saved.status_code == 303


def test_what_only_one_of_two_changed_is_no_conflict(clerk: Visitor, admin: Visitor) -> None:
    made = make_goods(clerk, "各改钉", "3")
    sheet = clerk.open_form("shop.goods", made)
    admin.post(admin.open_form("shop.goods", made), act="save", price="5")
    stale = clerk.post(sheet, act="save", htmx=True, price="4", kind="大")
    assert stale.status_code == 412
    assert "keep:price" in stale.text
    assert "keep:kind" not in stale.text


# ------------------------------------------------------------------------------------------------ what stands there first


def test_a_copy_holds_what_may_be_copied(clerk: Visitor) -> None:
    nail = make_goods(clerk, "复印纸")
    made = ask(clerk, (nail, "3"))
    at = made.headers["Location"]
    page = clerk.get(f"/f/shop.ask/new?copy={at.rpartition('/')[2]}")
    assert page.status_code == 200
    assert 'value="买钉子"' in page.text
    assert 'value="3"' in page.text
    assert nail in page.text
    assert clerk.get(f"/f/shop.ask/new?copy={ROW.format(9)}").status_code == 404


def test_an_address_fills_a_form_in_and_saves_nothing(clerk: Visitor) -> None:
    make_goods(clerk, "锤子")
    before = words(clerk.get("/f/shop.ask")).count("十把锤子")
    page = clerk.get("/f/shop.ask/new?what=十把锤子&lines.0.count=10&lines.1.count=viele&nonsense=1&total=5")
    assert page.status_code == 200
    assert 'value="十把锤子"' in page.text
    assert 'value="10"' in page.text
    assert 'value="viele"' in page.text
    assert "整数" in words(page)
    assert "nonsense、total" in words(page)
    assert words(clerk.get("/f/shop.ask")).count("十把锤子") == before
    assert "申请" in words(clerk.get("/drafts"))
    assert "/drafts" in clerk.get("/").text  # and the workbench leads there


def test_a_default_that_was_emptied_stays_empty(clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.ask")
    page = clerk.post(f"{sheet}/refresh", htmx=True, more={"on": ""})
    assert 'value="2026-02-27"' not in page.text
    saved = clerk.post(sheet, act="save", what="没有日期")
    edited = clerk.get(saved.headers["Location"] + "/edit")
    assert 'value="2026-02-27"' not in edited.text


def test_unsaved_forms_are_told_apart_by_what_was_filled_in(other_clerk: Visitor, clerk: Visitor) -> None:
    nail = make_goods(clerk, "分辨钉")
    sheets = [other_clerk.open_form("shop.ask") for _ in range(2)]
    other_clerk.post(f"{sheets[0]}/refresh", htmx=True, what="买扳手")
    other_clerk.post(f"{sheets[1]}/refresh", htmx=True, more=lines((nail, "4")))
    listed = words(other_clerk.get("/drafts"))
    assert "新增 · 买扳手 ·" in listed, listed
    assert "新增 · 分辨钉 · 4 ·" in listed, listed
    other_clerk.open_form("shop.ask")
    banner = words(other_clerk.get("/f/shop.ask/new"))
    assert "买扳手 ·" in banner and "分辨钉 · 4" in banner
    for sheet in sheets:
        other_clerk.post(f"{sheet}/drop", next="drafts")


def test_unsaved_forms_are_listed_and_can_be_thrown_away(other_clerk: Visitor) -> None:
    sheet = other_clerk.open_form("shop.ask")
    other_clerk.post(f"{sheet}/refresh", htmx=True, what="明天再填")
    listed = other_clerk.get("/drafts")
    assert sheet.rpartition("/")[2] in listed.text
    gone = other_clerk.post(f"{sheet}/drop", next="drafts")
    assert gone.headers["Location"].endswith("/drafts")
    assert sheet.rpartition("/")[2] not in other_clerk.get("/drafts").text


def test_a_second_window_is_shown_what_the_first_has_changed(clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.ask")
    seen = clerk.post(f"{sheet}/refresh", htmx=True, what="第一个窗口", more={"$seen": "0"})
    assert 'id="sheet-body"' not in seen.text
    late = clerk.post(f"{sheet}/refresh", htmx=True, urgent="true", more={"$seen": "0"})
    assert 'id="sheet-body"' in late.text
    assert 'value="第一个窗口"' in late.text


# ------------------------------------------------------------------------------------------------ choosing


def test_a_record_made_for_a_picker_is_chosen_when_one_comes_back(clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.ask")
    row = ROW.format(5)
    clerk.post(f"{sheet}/refresh", htmx=True, more={f"lines.{row}.count": "2", "what": "要一种新货"})
    found = clerk.get(f"{sheet}/options/lines.thing?$q=新到货&input=lines.{row}.thing", htmx=True)
    link = re.search(r'href="(/f/shop.goods/new\?[^"]+)"', found.text)
    assert link
    page = clerk.get(html.unescape(link[1]))
    assert 'value="新到货"' in page.text
    made = re.search(r'action="(/f/[^"]+/sheet/[^"/]+)"', page.text)
    assert made
    back = clerk.post(made[1], act="save", price="5")
    assert back.headers["Location"] == f"/f/shop.ask/new?sheet={sheet.rpartition('/')[2]}"
    filled = clerk.get(back.headers["Location"])
    assert 'value="新到货"' in filled.text
    assert 'value="要一种新货"' in filled.text
    assert "10.00" in words(filled)


def test_a_picker_shows_what_was_chosen_lately_first_and_tells_records_apart(clerk: Visitor) -> None:
    make_goods(clerk, "阿尔法")
    last = make_goods(clerk, "最近选过的")
    ask(clerk, (last, "1"))
    sheet = clerk.open_form("shop.ask")
    found = clerk.get(f"{sheet}/options/lines.thing?$q=&input=x", htmx=True)
    assert found.text.index("最近选过的") < found.text.index("阿尔法")


def test_one_keystroke_among_five_hundred_rows_is_a_small_answer(clerk: Visitor) -> None:
    make_goods(clerk, "螺母", "2")
    sheet = clerk.open_form("shop.ask")
    block = "\n".join(["商品\t数量", *(f"螺母\t{index % 40 + 1}" for index in range(500))])
    pasted = clerk.post(f"{sheet}/paste", htmx=True, text=block, sub="lines", row="", column="")
    assert "已粘贴 500 行" in words(pasted)
    row = re.findall(r'data-row="([^"]+)"', pasted.text)[250]
    typed = clerk.post(f"{sheet}/refresh", htmx=True, more={f"lines.{row}.count": "50", "$seen": "1"})
    assert len(typed.text) < 6_000
    assert "100.00" in words(typed)
    assert 'id="sheet-sum"' in typed.text
    gone = clerk.post(f"{sheet}/refresh", htmx=True, more={"$row": f"remove:lines:{row}", "$seen": "2"})
    assert len(gone.text) < 6_000
    assert 'hx-swap="delete"' in gone.text


@pytest.mark.parametrize("kind", ["datetime", "duration", "date", "time", "rating", "percent", "multi_choice"])
def test_an_unsaved_form_is_told_apart_even_by_what_makes_no_sense(shop: Flask, admin: Visitor, kind: str) -> None:
    types = shop.extensions["dougong"].types
    field = {**types[kind].sample_schema(), "title": "什么"}
    form = {"title": "随手记", "kind": "master", "record": {"type": "object", "properties": {"what": field}}}
    makers.publish(shop.extensions["dougong"], "demo", {f"odd_{kind}": {"note": form}})
    sheet = admin.open_form(f"odd_{kind}.note")
    admin.post(f"{sheet}/refresh", htmx=True, what="明儿个？")
    page = admin.get(f"/f/odd_{kind}.note/new")
    assert (page.status_code, "明儿个？" in words(page)) == (200, True)
    assert "明儿个？" in words(admin.get("/drafts"))


def test_a_paste_is_told_beside_its_rows_with_how_many_are_to_mend(clerk: Visitor) -> None:
    make_goods(clerk, "螺帽")
    sheet = clerk.open_form("shop.ask")
    block = "商品\t数量\n螺帽\t8\n螺帽\t很多\n没有这种\t3"
    pasted = clerk.post(f"{sheet}/paste", htmx=True, text=block, sub="lines", row="", column="")
    assert "已粘贴 3 行 · 2 行要改" in words(pasted)
    page = clerk.get(re.sub(r"/sheet/(.*)", r"/new?sheet=\1", sheet)).text
    place = re.search(r'<div id="(f[^"]+-said)" role="status"></div>', page)
    assert place
    assert f'<div id="{place[1]}" role="status" data-said' in pasted.text


def test_a_pasted_name_nobody_has_stands_in_its_cell(clerk: Visitor) -> None:
    known = make_goods(clerk, "垫片甲")
    sheet = clerk.open_form("shop.ask")
    pasted = clerk.post(
        f"{sheet}/paste", htmx=True, text="垫片甲\t1\n没有这种货\t2\n", sub="lines", row="", column="thing"
    )
    assert known in pasted.text
    assert 'value="没有这种货"' in pasted.text
    assert 'aria-invalid="true"' in pasted.text.partition('value="没有这种货"')[2]
    typed = clerk.post(f"{sheet}/refresh", htmx=True, more={"what": "试试", "$seen": "1"})
    assert "没有这种货" not in typed.text  # it stands there still, so nothing of it is swapped
    assert "没有这种货" in clerk.get(f"/f/shop.ask/new?sheet={sheet.rpartition('/')[2]}").text


def test_what_only_submitting_would_refuse_is_told_while_typing_and_a_draft_may_hold_it(clerk: Visitor) -> None:
    bolt = make_goods(clerk, "螺栓", "1")
    sheet = clerk.open_form("shop.ask")
    typed = clerk.post(f"{sheet}/refresh", htmx=True, more={"what": "买螺栓", **lines((bolt, "51"))})
    assert "提交前要改：螺栓 一次最多 50 件" in words(typed)
    assert "处要改" not in words(typed)
    mended = clerk.post(f"{sheet}/refresh", htmx=True, more=lines((bolt, "50")))
    assert "提交前要改" not in words(mended)
    clerk.post(f"{sheet}/refresh", htmx=True, more=lines((bolt, "51")))
    saved = clerk.post(sheet, act="save")
    assert saved.status_code == 303
    assert "草稿" in clerk.get(saved.headers["Location"]).text


def test_a_fresh_form_is_blamed_for_nothing(clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.ask")
    assert "提交前要改" not in clerk.get(f"/f/shop.ask/new?sheet={sheet.rpartition('/')[2]}").text


def test_no_amount_is_shown_of_a_count_that_will_not_stand(clerk: Visitor) -> None:
    gold = make_goods(clerk, "金箔", "7")
    sheet = clerk.open_form("shop.ask")
    typed = clerk.post(f"{sheet}/refresh", htmx=True, more={"what": "买金箔", **lines((gold, "100"), (gold, "1"))})
    assert "700.00" not in typed.text
    assert "707.00" not in typed.text
    assert "“数量”改好后显示" in words(typed)
    assert "第 1 行的“数量”改好后显示" in words(typed)  # at the foot of the table
    refused = clerk.post(sheet, act="submit")
    assert (refused.status_code, "707.00" in refused.text, "7.00" in refused.text) == (422, False, True)
    mended = clerk.post(f"{sheet}/refresh", htmx=True, more=lines((gold, "10"), (gold, "1")))
    assert "77.00" in mended.text
    assert "改好后显示" not in words(mended)


def test_goods_nobody_has_hide_no_other_problem(clerk: Visitor) -> None:
    cheap = make_goods(clerk, "回形针", "1")
    sheet = clerk.open_form("shop.ask")
    clerk.post(f"{sheet}/paste", htmx=True, text="没有的货\t100\n", sub="lines", row="", column="thing")
    refused = clerk.post(sheet, act="submit", more={"what": "都错", **lines((cheap, "51"))})
    said = words(refused)
    for each in ("没有这条记录，或者你不能选它", "回形针 一次最多 50 件", "不能大于 99"):
        assert each in said
