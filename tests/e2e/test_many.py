"""A clerk's day in lists: rows are chosen, changed at once, taken back, exported; Ctrl K leads anywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_chosen_rows_are_changed_and_taken_back(screen: str, enter: Callable[..., Person]) -> None:
    admin = enter("管理员", screen)
    admin.go("/f/labor.worker?sort=code")
    if screen == "phone":
        admin.page.locator("[data-choose]").click()
    boxes = admin.page.locator(".choose-x")
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    bar = admin.page.locator("#bulk")
    assert "已选 3 条" in bar.inner_text()
    bar.get_by_role("button", name="修改").click()
    dialog = admin.page.locator("#dialog")
    dialog.get_by_label("字段").select_option(label="工种")
    dialog.locator("select[name=v0]").select_option(label="钢筋工")
    dialog.get_by_role("button", name="预览").click()
    dialog.get_by_role("button", name="修改 3 条").click()
    dialog.get_by_text("已修改 3 条").wait_for()
    dialog.get_by_role("button", name="撤销").click()
    dialog.get_by_text("已撤销").wait_for()
    assert admin.width() <= admin.page.viewport_size["width"]  # type: ignore[index]


def test_a_list_is_exported_as_one_sees_it(enter: Callable[..., Person]) -> None:
    admin = enter("管理员")
    admin.go("/f/labor.worker?q=张伟")
    admin.page.get_by_role("button", name="更多").click()
    admin.page.locator("#list-export").click()
    dialog = admin.page.locator("#dialog")
    dialog.get_by_text("1 条").wait_for()
    dialog.get_by_label("CSV").check()
    dialog.get_by_role("button", name="导出").click()
    with admin.page.expect_download() as fetched:
        dialog.get_by_role("link", name="下载").click()
    assert "张伟" in fetched.value.path().read_text(encoding="utf-8-sig")


def test_ctrl_k_leads_to_a_form_by_its_initials(enter: Callable[..., Person]) -> None:
    foreman = enter("马强")
    foreman.page.keyboard.press("Control+k")
    foreman.page.locator(".palette-in").wait_for()
    foreman.page.keyboard.type("grhmc", delay=20)
    foreman.page.locator("#palette-found [role=option]").first.get_by_text("工人花名册").wait_for()
    foreman.page.keyboard.press("ArrowDown")
    foreman.page.keyboard.press("Enter")
    foreman.page.wait_for_url("**/f/labor.worker")
    foreman.page.get_by_role("button", name="收藏", exact=True).click()
    foreman.page.locator(".side").get_by_text("收藏").wait_for()
