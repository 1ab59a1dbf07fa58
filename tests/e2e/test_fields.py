"""Every field type in a browser: drawn, filled in, refused, saved, shown again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["sqlite"], indirect=True)]
TYPED = {
    "text": "一句话", "long_text": "两行\n文字", "integer": "12", "decimal": "1.25", "money": "1,234.50", "percent": "3",
    "date": "2025-08-19", "datetime": "2025-08-19 08:30", "time": "08:30", "json": '{"a": [1, 2.50]}',
}  # fmt: skip
SHOWN = [
    "一句话",
    "两行",
    "12",
    "1.25",
    "1,234.50",
    "3.00%",
    "2025-08-19",
    "08-19 08:30",
    "08:30",
    "是",
    "平日",
    "业主",
    "第一、第二",
]


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_every_type_is_filled_in_and_shown_again(screen: str, enter: Callable[..., Person], tmp_path: Path) -> None:
    boss = enter("管理员", screen)
    boss.go("/f/probe.all/new")
    page = boss.page
    for name, text in TYPED.items():
        page.get_by_label(name, exact=True).fill(text)
    boss.settle()
    page.get_by_label("boolean", exact=True).press("Space")
    page.get_by_label("平日").press("Space")
    page.get_by_label("业主").press("Space")
    for word in ("第一", "第二"):
        page.get_by_label("tags", exact=True).press_sequentially(word, delay=60)
        page.get_by_label("tags", exact=True).press("Enter")
        boss.settle()
    boss.pick("member", "马强")
    boss.pick("department", "财务")
    (tmp_path / "说明.txt").write_text("hello", encoding="utf-8")
    page.locator("[data-upload=attachment]").set_input_files(tmp_path / "说明.txt")
    page.get_by_text("说明.txt").first.wait_for()
    row = boss.add_row()
    row.get_by_label("what").fill("第一行")
    boss.settle()
    assert boss.width() <= page.viewport_size["width"]  # type: ignore[index]
    page.locator("[data-key=save]").click()
    page.wait_for_url("**/f/probe.all/*-*-*-*-*")
    said = page.locator("main").inner_text()
    assert [text for text in [*SHOWN, "马强", "财务部", "说明.txt", "第一行"] if text not in said] == []
    assert boss.width() <= page.viewport_size["width"]  # type: ignore[index]


def test_what_makes_no_sense_is_blamed_where_it_stands(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    boss.go("/f/probe.all/new")
    for name in ("integer", "decimal", "money", "percent", "date", "datetime", "time", "json"):
        boss.page.get_by_label(name, exact=True).fill("???")
    boss.settle()
    boss.page.locator("[data-key=save]").click()
    boss.page.locator(".actbar .errtext").wait_for()
    assert "8 处要改" in boss.page.locator(".actbar").inner_text()
    for name in ("integer", "money", "date", "json"):
        assert boss.page.get_by_label(name, exact=True).input_value() == "???"
    boss.page.locator("[aria-invalid=true]:focus").wait_for()


def test_a_picker_is_walked_by_keys(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    boss.go("/f/probe.all/new")
    box = boss.page.get_by_role("combobox", name="member")
    box.focus()
    boss.page.locator(".pick-l [role=option]:visible").first.wait_for()
    box.press("ArrowDown")
    boss.page.keyboard.press("ArrowDown")
    boss.page.keyboard.press("Enter")
    boss.settle()
    assert box.input_value() == "林国栋"
    offered = boss.page.locator(".pick-l [role=option]:visible")
    box.focus()
    offered.first.wait_for()
    box.press("ArrowDown")  # onto the list itself: once is enough there too
    boss.page.keyboard.press("Escape")
    assert offered.count() == 0
    assert box.get_attribute("aria-expanded") == "false"
    box.press("ArrowDown")
    offered.first.wait_for()
    box.focus()
    boss.page.keyboard.press("Tab")
    assert not boss.page.locator("[role=option]:focus").count(), "Tab leaves the list, it does not walk it"


def test_a_block_is_pasted_into_rows(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    boss.go("/f/probe.all/new")
    row = boss.add_row()
    row.get_by_label("what").focus()
    boss.page.evaluate("""() => {
        const data = new DataTransfer();
        data.setData("text/plain", "甲\\n乙\\n丙\\n");
        const how = {clipboardData: data, bubbles: true, cancelable: true};
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", how));
    }""")
    boss.page.wait_for_function("() => document.querySelectorAll('table.sub tbody tr:not(.errrow)').length === 3")
    values = [each.input_value() for each in boss.page.locator("table.sub").get_by_label("what").all()]
    assert values == ["甲", "乙", "丙"]
