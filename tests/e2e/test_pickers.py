"""Choosing from a list by keys alone, and after a refusal: the list opens, and what was chosen stands in the box."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["sqlite"], indirect=True)]


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_the_first_place_to_mend_is_a_list_and_is_chosen_from_by_keys(
    screen: str, enter: Callable[..., Person]
) -> None:
    foreman = enter("马强", screen)
    foreman.go("/f/labor.day_labor_ticket/new")
    foreman.submit_in_vain()
    box = foreman.page.get_by_role("combobox", name="项目")
    assert box.evaluate("each => each === document.activeElement")
    offered = foreman.page.locator(".pick-l [role=option]:visible")
    assert offered.count() == 0, "a list that nobody asked for covers what is to be mended"
    box.press_sequentially("cdxx", delay=30)
    offered.filter(has_text="城东小学").first.wait_for()
    box.press("Enter")
    foreman.settle()
    assert box.input_value() == "城东小学教学楼"
    assert box.get_attribute("aria-expanded") == "false"
    foreman.page.keyboard.press("Tab")
    assert box.input_value() == "城东小学教学楼"
    box.press("Escape")
    box.click()
    offered.first.wait_for()


def test_words_searched_by_go_when_several_are_chosen(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    boss.go("/f/probe.all/new")
    box = boss.page.get_by_role("combobox", name="multi_reference")
    for words in ("cdxx", "城"):
        box.click()
        box.press_sequentially(words, delay=30)
        boss.page.locator(".many-x .pick-l [role=option]:visible").first.wait_for()
        boss.settle()
        box.press("Enter")
        boss.settle()
        assert box.input_value() == ""
