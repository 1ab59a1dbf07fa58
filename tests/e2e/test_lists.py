"""Lists in a real browser: one asks, saves the question, lays it out differently, and never leaves the keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["sqlite"], indirect=True)]
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TICKETS = "/f/labor.day_labor_ticket"
SUBJECTS = "/f/base.cost_subject"


def names(person: Person) -> list[str]:
    return [each.strip() for each in person.page.locator("#list-rows .tl-a").all_inner_texts()]


def violations(person: Person) -> list[str]:
    """What axe finds against WCAG AA on the page as it stands."""
    person.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = person.page.evaluate(
        "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(', ')))"
    )
    return list(found)


def test_a_clerk_asks_saves_the_question_and_begins_with_it(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    page = boss.page
    boss.go(SUBJECTS)
    page.get_by_role("button", name="筛选").click()
    boss.settle()
    page.get_by_role("button", name="添加条件", exact=True).click()
    boss.settle()
    page.get_by_label("字段 1").select_option(label="上级")
    boss.settle()
    page.get_by_label("值 1").press_sequentially("rgf", delay=40)
    page.wait_for_function("() => [1, 2].includes(document.querySelectorAll('[data-pick]').length)")
    page.locator("[data-pick]").first.click()
    page.wait_for_url("**filter=parent*")
    boss.settle()
    assert "人工费" in page.locator(".tagf").inner_text()
    kept = names(boss)
    assert kept
    page.get_by_role("link", name="保存视图").click()
    page.get_by_label("视图名称").fill("人工的科目")
    page.locator("dialog").get_by_role("button", name="保存视图").click()
    page.wait_for_url(re.compile(r"view=[0-9a-f-]{36}$"))
    assert names(boss) == kept
    assert page.get_by_text("视图有未保存的改动").count() == 0
    page.get_by_role("link", name="管理视图").click()
    row = page.locator("dialog li").filter(has=page.locator("input[value='人工的科目']"))
    row.get_by_role("button", name="默认打开这个视图").click()
    page.get_by_role("button", name="不再默认打开这个视图").wait_for()
    boss.go(SUBJECTS)
    assert names(boss) == kept
    assert violations(boss) == []


def test_words_and_pinyin_find_records(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    boss.go("/f/labor.worker")
    boss.page.keyboard.press("/")
    boss.page.keyboard.type("zw")
    boss.page.wait_for_url("**q=zw")
    boss.settle()
    assert boss.page.locator("#list-rows tbody tr[data-id]").count() == 1
    assert "张伟" in boss.page.locator("#list-rows tbody").inner_text()
    boss.page.keyboard.type("xx")
    boss.page.get_by_text("没有符合条件的记录").wait_for()
    assert "搜索：zwxx" in boss.page.locator("#list").inner_text()


def test_the_keyboard_walks_opens_and_shuts(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    page = boss.page
    boss.go(f"{SUBJECTS}?view=all")
    page.keyboard.press("f")
    page.locator(".panel-x").wait_for()
    page.keyboard.press("Escape")
    page.locator(".panel-x").wait_for(state="detached")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = names(boss)[0]
    assert page.locator("tr.cur .tl-a").inner_text().strip() == first
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/f/base.cost_subject/[0-9a-f-]{36}"))


def test_groups_columns_and_several_sorts(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    page = boss.page
    boss.go(f"{SUBJECTS}?view=all")
    page.get_by_role("button", name="分组").click()
    boss.settle()
    page.get_by_label("分组 1").select_option(label="归集口径")
    boss.settle()
    band = page.locator("tr.grp button").first
    assert band.get_attribute("aria-expanded") == "true"
    shown = page.locator("tr[data-id]:visible").count()
    band.click()
    assert page.locator("tr[data-id]:visible").count() < shown
    page.get_by_label("分组 1").select_option(label="不分组")
    boss.settle()
    page.locator("th a", has_text="名称").click()
    boss.settle()
    page.locator("th a", has_text="归集口径").click(modifiers=["Shift"])
    page.wait_for_url(re.compile("sort=.*%2C"))
    assert page.locator("th[aria-sort]").count() == 2
    page.get_by_role("button", name="列", exact=True).click()
    boss.settle()
    page.get_by_role("button", name="上级 前移").press("Enter")
    boss.settle()
    heads = page.locator("#list-rows th [hx-ignore]").all_inner_texts()
    assert heads[1] == "上级"


def test_the_phone_has_cards_a_sheet_and_a_table(enter: Callable[..., Person]) -> None:
    boss = enter("管理员", "phone")
    page = boss.page
    for address in (
        TICKETS, f"{TICKETS}?group=project", f"{TICKETS}?kind=board", f"{TICKETS}?kind=calendar&month=2025-08",
        f"{TICKETS}?panel=columns", f"{TICKETS}?panel=sort", "/f/base.cost_subject?view=all&kind=tree",
    ):  # fmt: skip
        boss.go(address)
        assert boss.width() <= 360, address
        assert violations(boss) == [], address
    boss.go("/f/labor.worker")
    page.get_by_role("button", name="筛选").click()
    boss.settle()
    page.get_by_role("button", name="添加条件", exact=True).click()
    boss.settle()
    assert violations(boss) == []
    page.locator(".panel-x .ft .btn.pri").click()
    page.locator(".panel-x").wait_for(state="detached")
    page.get_by_role("button", name="表格").click()
    page.locator("#list-rows:not(.cards)").wait_for()
    assert boss.width() <= 360


def test_a_card_is_dragged_and_put_back_when_that_is_refused(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    page = boss.page
    boss.go("/f/base.cost_subject?view=all&kind=board&group=direction")
    card = page.locator(".card-x").first
    name, home = card.locator(".tl-a").inner_text(), card.locator("xpath=ancestor::section").get_attribute("data-to")
    other = page.locator(f".lane:not([data-to='{home}'])").first
    to = other.get_attribute("data-to")
    card.drag_to(other)
    page.locator(f".lane[data-to='{to}'] .card-x", has_text=name).first.wait_for()
    assert (
        page.locator(f".lane[data-to='{home}'] .card-x .tl-a", has_text=re.compile(f"^{re.escape(name)}$")).count() == 0
    )
    assert violations(boss) == []


def test_a_tree_unfolds(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    page = boss.page
    boss.go("/f/base.cost_subject?view=all&kind=tree")
    before = page.locator("tr[data-id]").count()
    twist = page.locator("button.twist").first
    twist.click()
    page.locator("tr[aria-level='2']").first.wait_for()
    assert page.locator("tr[data-id]").count() > before
    twist.click()
    assert page.locator("tr[aria-level='2']:visible").count() == 0
    assert violations(boss) == []
