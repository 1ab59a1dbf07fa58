"""The first story: the site foreman writes a day-labour ticket, sees the wages, is refused the 25th hour, and opens the
worker to see the month."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import BOTH

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", BOTH, indirect=True)]


def begin(foreman: Person, project: str, shift: str = "白班") -> None:
    foreman.go("/f/labor.day_labor_ticket/new")
    foreman.pick("项目", project)
    foreman.pick("班组", "木工")
    foreman.page.get_by_label(shift, exact=True).check(force=True)
    foreman.page.get_by_label("工作内容").fill("三层模板加固，清理现场")
    foreman.settle()


def fill(foreman: Person, worker: str, normal: str, overtime: str) -> Any:
    row = foreman.add_row()
    foreman.pick("工人", worker, row)
    row.get_by_label("正常工时").fill(normal)
    row.get_by_label("加班工时").fill(overtime)
    row.get_by_label("加班工时").press("Tab")
    foreman.settle()
    return row


def sum_of(foreman: Person) -> str:
    return str(foreman.page.locator("#sheet-sum b").inner_text())


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_a_ticket_from_the_first_key_to_the_months_wages(screen: str, enter: Callable[..., Person]) -> None:
    worker, hours = {"desk": ("李强", "16"), "phone": ("张伟", "16")}[screen]
    foreman = enter("马强", screen)
    begin(foreman, "城东")
    fill(foreman, worker, "8", "2")
    wages = sum_of(foreman)
    assert wages not in ("0.00", "—")
    assert wages in foreman.page.locator("table.sub").inner_text()
    foreman.submit()
    assert "审批中" in foreman.page.locator(".bar").inner_text()
    assert wages in foreman.page.locator("main").inner_text()

    begin(foreman, "滨河", "夜班")
    fill(foreman, worker, "0", hours)
    foreman.submit_in_vain()
    refused = foreman.page.locator("tr.errrow")
    assert f"{worker} " in refused.inner_text()
    assert "当日累计超过 24 小时" in refused.inner_text()
    assert "处要改" in foreman.page.locator(".actbar").inner_text()
    assert foreman.page.locator("[data-l=正常工时] input").input_value() == "0"
    assert foreman.width() <= foreman.page.viewport_size["width"]  # type: ignore[index]

    foreman.go(f"/f/labor.worker?q={worker}")
    foreman.page.locator(".tl-a").first.click()
    foreman.page.wait_for_url("**/f/labor.worker/*")
    assert worker in foreman.page.locator("main").inner_text()
    assert "本月工资" in foreman.page.locator("main").inner_text()


def test_an_approved_ticket_shows_in_the_workers_month(enter: Callable[..., Person]) -> None:
    foreman = enter("马强")
    begin(foreman, "城东")
    fill(foreman, "王芳", "8", "0")
    wages = sum_of(foreman)
    foreman.submit()
    address = foreman.page.url.removeprefix(foreman.server)
    boss = enter("管理员")
    boss.go(address)
    boss.page.get_by_role("button", name="同意").first.click()
    boss.page.get_by_text("已通过").first.wait_for()
    foreman.go("/f/labor.worker?q=王芳")
    foreman.page.locator(".tl-a").first.click()
    month = foreman.page.locator("dt", has_text="本月工资").locator("xpath=following-sibling::dd[1]")
    assert month.inner_text() == wages


def test_what_was_typed_survives_closing_the_page(enter: Callable[..., Person]) -> None:
    foreman = enter("马强")
    foreman.go("/f/labor.day_labor_ticket/new")
    foreman.page.get_by_label("部位").fill("3 层东")
    foreman.settle()
    address = foreman.page.url.removeprefix(foreman.server)
    foreman.go("/")
    foreman.go(address)
    assert foreman.page.get_by_label("部位").input_value() == "3 层东"


def test_a_begun_ticket_is_given_up_on_the_phone(enter: Callable[..., Person]) -> None:
    foreman = enter("马强", "phone")
    foreman.go("/f/labor.day_labor_ticket/new")
    foreman.page.get_by_label("部位").fill("不要了")
    foreman.settle()
    foreman.page.locator(".bar details.menu summary").click()
    foreman.page.get_by_role("button", name="放弃").click()
    foreman.page.wait_for_url("**/f/labor.day_labor_ticket")
    foreman.go("/drafts")
    assert "不要了" not in foreman.page.locator("main").inner_text()
    foreman.go("/f/labor.worker")  # one view: its tab and the gear stand whole, in a line of their own
    gear = foreman.page.locator("#list-tabs .tab-x").bounding_box()
    assert gear and gear["x"] + gear["width"] <= 360


def test_the_caret_stays_while_totals_change(enter: Callable[..., Person]) -> None:
    foreman = enter("马强")
    begin(foreman, "城东")
    row = foreman.add_row()
    foreman.pick("工人", "赵磊", row)
    hours = row.get_by_label("加班工时")
    hours.click()
    hours.press("Control+a")
    hours.press_sequentially("1")
    foreman.settle()
    hours.press_sequentially(".5", delay=120)
    foreman.settle()
    assert hours.input_value() == "1.5"
    assert hours.evaluate("each => each === document.activeElement")


def test_a_condition_shows_and_hides_a_field(enter: Callable[..., Person]) -> None:
    foreman = enter("马强")
    foreman.go("/f/labor.day_labor_ticket/new")
    partner = foreman.page.get_by_role("combobox", name="承担分包")
    assert partner.count() == 0
    foreman.page.get_by_label("分包扣款").check(force=True)
    partner.wait_for()
    foreman.page.get_by_label("我方成本").check(force=True)
    partner.wait_for(state="detached")


def test_a_day_chosen_in_the_calendar_is_as_if_typed(enter: Callable[..., Person]) -> None:
    foreman = enter("马强", "phone")
    foreman.go("/f/labor.day_labor_ticket/new")
    day = foreman.page.get_by_label("用工日期")
    before = day.input_value()
    calendar = foreman.page.locator("input.cal").first
    chosen = before[:8] + ("01" if before[8:] != "01" else "02")
    calendar.fill(chosen)
    calendar.dispatch_event("change")
    foreman.settle()
    assert day.input_value() == chosen
    foreman.page.reload()
    assert foreman.page.get_by_label("用工日期").input_value() == chosen


def test_a_warning_is_shown_and_confirmed(enter: Callable[..., Person]) -> None:
    foreman = enter("马强", "desk")
    begin(foreman, "城东", "夜班")
    fill(foreman, "张伟", "0", "7.5")
    fill(foreman, "赵磊", "7.25", "0")  # nobody else writes hours for him on this day
    foreman.page.get_by_role("button", name="提交").last.click()
    foreman.page.locator("#dialog[open]").get_by_text("仍然提交").click()
    foreman.page.locator(".bar").get_by_text("审批中").wait_for()


def test_rows_are_filled_moved_and_shown_by_keys(enter: Callable[..., Person]) -> None:
    foreman = enter("马强")
    foreman.go("/f/labor.day_labor_ticket/new")
    foreman.add_row()
    hours = foreman.page.locator("[data-l=正常工时] input")
    hours.first.fill("7")
    hours.first.press("Enter")  # the last row: another one is added
    hours.nth(1).wait_for()
    foreman.settle()
    assert hours.nth(1).evaluate("each => each === document.activeElement")
    foreman.page.keyboard.press("Control+a")
    foreman.page.keyboard.type("5")
    foreman.settle()
    foreman.page.keyboard.press("Alt+ArrowUp")
    foreman.settle()
    assert [each.input_value() for each in hours.all()] == ["5", "7"]
    assert hours.first.evaluate("each => each === document.activeElement")
    assert "12" in foreman.page.locator("table.sub tfoot").inner_text()
    foreman.page.locator("[data-fullscreen]").click()
    assert foreman.page.locator(".sub-x.full").count() == 1
    foreman.page.keyboard.press("Escape")
    assert foreman.page.locator(".sub-x.full").count() == 0


def test_a_row_on_the_phone_is_a_card_that_opens(enter: Callable[..., Person]) -> None:
    foreman = enter("马强", "phone")
    foreman.go("/f/labor.day_labor_ticket/new")
    row = foreman.add_row()
    assert row.locator("[data-l=正常工时] input").is_visible()
    assert not row.locator("[data-l=日工价]").is_visible()
    row.locator("[data-unfold]").click()
    assert row.locator("[data-l=日工价]").is_visible()
    row.locator("[data-l=正常工时] input").fill("6")
    foreman.settle()
    assert row.locator("[data-l=日工价]").is_visible()
    assert foreman.width() <= 360
