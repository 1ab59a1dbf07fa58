"""A block of a spreadsheet comes into a ticket: what became of it is told where one looks, with how much is to mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_ticket import begin

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["sqlite"], indirect=True)]
BLOCK = "工人\t正常工时\t加班工时\t加班类型\n张伟\t8\t2\t平日\n李强\t很多\t0\t\n"


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_a_block_is_told_beside_its_rows(screen: str, enter: Callable[..., Person]) -> None:
    foreman = enter("马强", screen)
    begin(foreman, "城东")
    page = foreman.page
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")  # as over plain http
    page.locator("[data-paste]").click()
    page.locator("#dialog textarea").fill(BLOCK)
    page.get_by_role("button", name="粘贴", exact=True).last.click()
    said = page.get_by_role("status").filter(has_text="已粘贴 2 行 · 1 行要改")
    said.wait_for()
    foreman.settle()
    where = said.bounding_box()
    assert where is not None
    assert 50 < where["y"] < page.viewport_size["height"] - 100  # type: ignore[index]
    wide = page.locator("table.sub .seg").evaluate_all(
        "all => all.map(each => each.querySelector('.seg-o').getBoundingClientRect().width)"
    )
    assert len(set(map(round, wide))) == 1, "choices stand one below the other, chosen or not"
    heads = page.locator("table.sub thead th").all()
    assert [each.inner_text() for each in heads if not each.text_content()] == []
    said.get_by_role("button", name="关闭").click()
    assert said.count() == 0
