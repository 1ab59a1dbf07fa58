"""Phones, numbers of identity, stars, months, lengths of time, codes and secrets, filled in on the site and at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["sqlite"], indirect=True)]
TYPED = {
    "email": "Fang@X.cn", "phone": "138 1234 5678", "url": "www.example.com/a", "id_card": "11010519491231002x",
    "credit_code": "91350100m000100y44", "month": "本月", "duration": "2天3小时", "barcode": "6901234567892",
    "secret": "hunter2",
}  # fmt: skip
SHOWN = ["fang@x.cn", "13812345678", "https://www.example.com/a", "11010519491231002X", "91350100M000100Y43", "2025-08",
         "2天3小时", "6901234567892", "••••"]  # fmt: skip


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_codes_stars_and_secrets_are_filled_in_and_shown_again(screen: str, enter: Callable[..., Person]) -> None:
    boss = enter("管理员", screen)
    page = boss.page
    boss.go("/f/probe.all/new")
    for name, text in TYPED.items():
        page.get_by_label(name, exact=True).press_sequentially(text)
        page.keyboard.press("Tab")
        boss.settle()
    stars = page.locator("input[type=radio][name=rating]")
    stars.first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    boss.settle()
    assert page.get_by_label("phone", exact=True).input_value() == "13812345678"
    assert page.get_by_label("secret", exact=True).input_value() == "hunter2"
    assert "hunter2" not in page.content()
    assert not page.locator("[data-scan]").is_visible()  # this browser has no camera to read codes with
    page.locator("[data-key=save]").click()
    page.get_by_text("统一社会信用代码最后一位校验不对").first.wait_for()
    page.get_by_label("credit_code", exact=True).fill("91350100m000100y43")
    boss.settle()
    page.locator("[data-key=save]").click()
    page.wait_for_url("**/f/probe.all/*-*-*-*-*")
    said = page.locator("main").inner_text()
    assert [text for text in SHOWN if text not in said] == []
    assert page.get_by_label("4 / 5").count() == 1
    page.locator(".code-x summary").click()
    assert page.locator(".code-x svg.qr").is_visible()
    assert boss.width() <= page.viewport_size["width"]  # type: ignore[index]
    page.goto(page.url + "/edit")
    assert page.get_by_label("secret", exact=True).input_value() == ""
    assert "hunter2" not in page.content()
