"""What comes in between while somebody writes: the session ends, a row is copied, a list is narrowed. Nothing
typed is lost, and what has to be said is said where it is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_ticket import begin, fill

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = pytest.mark.browser


def sign_in_again(foreman: Person) -> None:
    """In the window the dialog opens; the one that waits goes on by itself."""
    with foreman.page.context.expect_page() as opened:
        foreman.page.locator("#dialog").get_by_role("link", name="重新登录").click()
    window = opened.value
    window.get_by_role("button", name="马强").click()
    window.get_by_text("已登录，回到刚才的窗口继续填").wait_for()
    foreman.page.locator("#dialog").get_by_text("登录已过期").wait_for(state="hidden")
    foreman.page.locator("#saved").get_by_text("已自动保存").wait_for()
    window.close()


@pytest.mark.parametrize("lost", ["sid", None], ids=["session", "all cookies"])
def test_what_is_typed_after_the_session_ended_is_kept(lost: str | None, enter: Callable[..., Person]) -> None:
    foreman = enter("马强")
    foreman.go("/f/labor.day_labor_ticket/new")
    if lost:
        foreman.page.context.clear_cookies(name=lost)
    else:
        foreman.page.context.clear_cookies()
    foreman.page.get_by_label("部位").fill("4 层西")
    foreman.page.locator("#dialog").get_by_text("登录已过期").wait_for()
    assert "未保存" in foreman.page.locator("#saved").inner_text()
    sign_in_again(foreman)
    foreman.page.get_by_label("部位").press("End")
    foreman.page.get_by_label("部位").press_sequentially("侧")
    foreman.settle()
    assert "已自动保存" in foreman.page.locator("#saved").inner_text()
    foreman.complaints[:] = [each for each in foreman.complaints if "status of 40" not in each]
    foreman.page.reload()
    assert foreman.page.get_by_label("部位").input_value() == "4 层西侧"


def test_a_list_is_searched_while_one_types(enter: Callable[..., Person]) -> None:
    foreman = enter("马强")
    foreman.go("/f/labor.worker?sort=name")
    foreman.page.get_by_label("在此列表中搜索").press_sequentially("王芳", delay=40)
    foreman.page.wait_for_function("() => document.querySelectorAll('tbody tr').length === 1")
    assert "sort=name" in foreman.page.url


def test_the_focus_stays_among_the_rows(enter: Callable[..., Person]) -> None:
    foreman = enter("马强")
    begin(foreman, "城东")
    for worker in ("张伟", "李强"):
        fill(foreman, worker, "8", "0")
    for act in ("复制这行", "下移", "删掉这行"):
        foreman.page.locator("[data-rowmenu]").first.click()
        foreman.page.get_by_role("menuitem", name=act).click()
        foreman.settle()
        focused = foreman.page.locator("table.sub tbody :focus")
        assert focused.count() == 1, act


def test_a_lost_connection_is_said_and_what_was_typed_is_sent_when_it_is_back(enter: Callable[..., Person]) -> None:
    foreman = enter("马强")
    foreman.go("/f/labor.day_labor_ticket/new")
    foreman.page.context.set_offline(True)
    foreman.page.get_by_label("部位").fill("5 层东")
    foreman.page.locator("#saved").get_by_text("未保存").wait_for()
    foreman.page.context.set_offline(False)
    foreman.page.locator("#saved").get_by_text("已自动保存").wait_for()
    foreman.complaints.clear()  # the browser says that the network was gone
    foreman.page.reload()
    assert foreman.page.get_by_label("部位").input_value() == "5 层东"


def test_a_button_pressed_without_a_network_says_so(enter: Callable[..., Person]) -> None:
    foreman = enter("马强", "phone")
    page = foreman.page
    foreman.go("/f/labor.day_labor_ticket/new")
    title = page.locator("header h1")
    high = title.evaluate("each => each.offsetHeight")
    page.context.set_offline(True)
    page.locator("[name=content]").fill("断网时写的")
    page.locator("#saved").get_by_text("未保存").wait_for()
    whole = title.evaluate("each => each.scrollWidth <= each.clientWidth && each.offsetHeight")
    assert whole == high, "the title is cut or broken"
    said = page.get_by_role("status").filter(has_text="没有网络")
    for button, words in [("加一行", "没有网络，连上后再试"), ("提交审批", "没有网络，连上后再提交")]:
        page.get_by_role("button", name=button).click()
        said.get_by_text(words, exact=True).or_(said.filter(has_text=words)).first.wait_for()
        box, place = said.bounding_box(), page.get_by_role("button", name=button).bounding_box()
        assert box is not None
        assert place is not None
        assert abs(box["y"] + box["height"] - place["y"]) < 60, button
        assert box["x"] + box["width"] <= 360
    page.context.set_offline(False)
    page.locator("#saved").get_by_text("已自动保存").or_(page.locator("#saved .icon")).first.wait_for()
    assert said.count() == 0
    foreman.add_row()
    foreman.complaints.clear()  # the browser says that the network was gone
    page.reload()
    assert page.locator("[name=content]").input_value() == "断网时写的"


def test_two_windows_of_one_form_lose_no_word(enter: Callable[..., Person]) -> None:
    first = enter("马强")
    first.go("/f/labor.day_labor_ticket/new")
    second = first.page.context.new_page()
    second.goto(first.page.url)
    first.page.get_by_label("部位").fill("6 层")
    first.settle()
    second.locator("[name=content]").fill("清理现场，运走垃圾")
    second.wait_for_function("() => document.querySelector('[name=location]').value === '6 层'")
    assert second.locator("[name=content]").input_value() == "清理现场，运走垃圾"
    first.page.get_by_label("部位").fill("6 层东")
    first.settle()
    first.page.reload()
    assert first.page.locator("[name=content]").input_value() == "清理现场，运走垃圾"
    assert first.page.get_by_label("部位").input_value() == "6 层东"
