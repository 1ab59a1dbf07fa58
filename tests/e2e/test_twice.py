"""Impatient people press twice: whatever button of a form it is, one record results, and they end up there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.e2e.conftest import Person

pytestmark = pytest.mark.browser
RECORD = re.compile(r"/f/[^/]+/[0-9a-f-]{36}$")


def press_twice(page: Page, button: Locator, *, slow: bool) -> None:
    """A double click, or two clicks before the browser has even begun to answer; `slow`: the answer takes its time, so that
    the second falls into the first."""
    if slow:
        page.route("**/sheet/**", lambda route: (page.wait_for_timeout(250), route.continue_()))
        button.evaluate("each => { each.click(); each.click(); }")
    else:
        button.dblclick()


def count(person: Person, form: str, words: str) -> int:
    person.page.unroute_all(behavior="wait")
    person.go(f"/f/{form}?q={words}")
    return person.page.locator("tbody tr").count()


@pytest.mark.parametrize("slow", [False, True], ids=["double click", "slow answer"])
def test_saving_twice_makes_one_record(slow: bool, enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    name = f"双击班组{slow:d}"
    boss.go("/f/labor.labor_team/new")
    boss.page.get_by_label("名称").first.fill(name)
    boss.pick("班组长", "马强")
    press_twice(boss.page, boss.page.locator("[data-key=save]"), slow=slow)
    boss.page.wait_for_url(RECORD)
    at = boss.page.url
    boss.page.unroute_all(behavior="wait")
    boss.page.wait_for_timeout(300)
    assert boss.page.url == at
    assert count(boss, "labor.labor_team", name) == 1
    boss.page.goto(at + "/edit")
    boss.page.get_by_label("名称").first.fill(name + "改")
    boss.settle()
    press_twice(boss.page, boss.page.locator("[data-key=save]"), slow=slow)
    boss.page.wait_for_url(RECORD)
    assert count(boss, "labor.labor_team", name) == 1


@pytest.mark.parametrize("slow", [False, True], ids=["double click", "slow answer"])
def test_submitting_and_confirming_twice_makes_one_document(slow: bool, enter: Callable[..., Person]) -> None:
    clerk = enter("何静")
    reason = f"连点两下付款{slow:d}"
    clerk.go("/f/funds.payment_request/new")
    clerk.page.get_by_label("款项类型").select_option(label="无合同付款")
    clerk.settle()
    clerk.pick("项目", "城东")
    clerk.pick("收款单位", "")
    clerk.page.get_by_label("本次申请").fill("300")
    clerk.page.get_by_label("用途").fill(reason)
    clerk.settle()
    press_twice(clerk.page, clerk.page.locator("[data-key=submit]"), slow=slow)
    confirm = clerk.page.locator("#dialog[open]").get_by_text("仍然提交")
    confirm.wait_for()
    clerk.page.unroute_all(behavior="wait")
    clerk.page.wait_for_timeout(300)
    press_twice(clerk.page, confirm, slow=slow)
    clerk.page.wait_for_url(RECORD)
    assert "审批中" in clerk.page.locator(".bar").inner_text()
    assert count(clerk, "funds.payment_request", reason) == 1


def test_a_form_given_up_twice_is_gone_once(enter: Callable[..., Person]) -> None:
    boss = enter("管理员")
    boss.go("/f/labor.labor_team/new")
    boss.page.get_by_label("名称").first.fill("不要了")
    boss.settle()
    token = boss.page.url.partition("sheet=")[2]
    boss.go("/drafts")
    begun = boss.page.locator(f"a[href*='{token}']")
    assert begun.count() == 1
    begun.click()
    boss.page.locator(".bar").get_by_role("button", name="放弃").dblclick()
    boss.page.wait_for_url("**/f/labor.labor_team")
    boss.go("/drafts")
    assert begun.count() == 0
