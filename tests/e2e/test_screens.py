"""Every screen fits a phone, obeys the keyboard and keeps the filter in the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["sqlite"], indirect=True)]
SCREENS = [
    "/", "/apps", "/me", "/admin", "/f/labor.worker", "/f/labor.day_labor_ticket", "/f/labor.day_labor_ticket/new",
    "/f/base.project/new", "/f/base.partner", "/f/labor.worker?filter=isblank(phone)", "/nowhere",
]  # fmt: skip


def test_no_page_is_wider_than_a_phone(enter: Callable[..., Person]) -> None:
    boss = enter("管理员", "phone")
    wide = {}
    for address in SCREENS:
        boss.go(address)
        if boss.width() > 360:
            wide[address] = boss.width()
    boss.complaints = [each for each in boss.complaints if "404" not in each]
    assert wide == {}


def test_what_a_finger_touches_is_large_enough(enter: Callable[..., Person]) -> None:
    boss = enter("管理员", "phone")
    script = """() => [...document.querySelectorAll('a.btn, button, .tabbar a, .li, summary')]
        .filter(e => e.offsetParent && (e.getBoundingClientRect().height < 40))
        .map(e => e.outerHTML.slice(0, 120))"""
    for address in ("/", "/apps", "/me", "/f/labor.worker", "/f/labor.day_labor_ticket/new"):
        boss.go(address)
        assert boss.page.evaluate(script) == [], address


def test_the_search_among_the_apps_is_as_wide_as_the_phone(enter: Callable[..., Person]) -> None:
    boss = enter("管理员", "phone")
    boss.go("/apps")
    box = boss.page.get_by_role("search").get_by_role("searchbox").bounding_box()
    assert box
    assert box["width"] > 320


def test_the_buttons_of_a_row_scroll_under_the_bar(enter: Callable[..., Person]) -> None:
    boss = enter("管理员", "phone")
    boss.go("/f/labor.day_labor_ticket/new")
    boss.add_row()
    boss.page.evaluate("document.activeElement.blur()")
    row, bar = boss.page.evaluate(
        "() => ['table.sub td.act', '.actbar'].map(each => Number(getComputedStyle(document.querySelector(each)).zIndex))"
    )
    assert row < bar


def test_the_filter_follows_into_the_address_and_back(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    boss.go("/f/labor.worker")
    boss.page.get_by_role("button", name="筛选").click()
    boss.page.get_by_role("button", name="添加条件", exact=True).click()
    boss.settle()
    boss.page.get_by_label("字段 1").select_option(label="姓名")
    boss.settle()
    boss.page.get_by_label("比较 1").select_option(label="包含")
    boss.settle()
    boss.page.get_by_label("值 1").press_sequentially("张", delay=50)
    boss.page.wait_for_url("**filter=contains**")
    assert boss.page.locator("tbody tr").count() == 1
    boss.page.reload()
    assert boss.page.get_by_label("值 1").input_value() == "张"
    boss.page.get_by_role("button", name="清空").click()
    boss.page.wait_for_function("() => document.querySelectorAll('tbody tr').length > 1")


def test_a_question_is_a_dialog_that_gives_the_focus_back(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    boss.go("/f/labor.worker")
    boss.page.locator(".tl-a").first.click()
    boss.page.wait_for_url("**/f/labor.worker/*")
    more = boss.page.locator(".bar details.menu, .actbar details.menu").last
    more.locator("summary").click()
    more.get_by_text("停用").click()
    dialog = boss.page.locator("dialog[open]")
    dialog.wait_for()
    assert "新单不能再选它" in dialog.inner_text()
    boss.page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert more.evaluate("each => each.contains(document.activeElement)")


def test_ctrl_s_saves(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    boss.go("/f/labor.labor_team/new")
    boss.page.get_by_label("名称").first.fill("钢筋二班")
    boss.page.keyboard.press("Control+s")
    boss.settle()
    assert "钢筋二班" in boss.page.locator("#sheet, main").first.inner_text() or "处要改" in boss.page.inner_text(
        ".actbar"
    )


def test_the_dark_theme_is_the_devices_or_the_persons(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    boss.page.emulate_media(color_scheme="dark")
    boss.go("/")
    assert boss.page.locator("html").get_attribute("data-bs-theme") == "dark"
    boss.go("/me")
    look = boss.page.locator("form[action='/me/look']")
    look.get_by_role("radio", name="浅色").check(force=True)
    look.get_by_role("button", name="保存").click()
    boss.page.wait_for_url("**/me?done=look")
    assert boss.page.locator("html").get_attribute("data-bs-theme") == "light"
