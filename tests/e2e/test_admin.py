"""The admins' pages and one's own account in a browser: somebody comes, is changed and goes; every page fits a phone, has
targets large enough and nothing that axe complains of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from dougong.assets import ROOT
from tests.e2e.conftest import WIDTHS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.e2e.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["sqlite"], indirect=True)]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PAGES = [
    "/admin/members", "/admin/members/new", "/admin/departments", "/admin/departments/new", "/admin/roles",
    "/admin/roles/cost_clerk", "/admin/modules", "/admin/modules/labor", "/admin/audit", "/admin/jobs", "/admin/mail",
    "/admin/usage", "/me",
]  # fmt: skip
SMALL = """() => [...document.querySelectorAll('a.btn, button, main .li a, main summary, .seg-o, .seg a')]
    .filter(e => e.offsetParent && e.getBoundingClientRect().height < 40).map(e => e.outerHTML.slice(0, 120))"""


def violations(page: Page) -> list[str]:
    """What axe-core finds; its source goes in by the debugger, which no CSP keeps out."""
    page.evaluate(AXE.read_text("utf-8") + ";0")
    found: dict[str, Any] = page.evaluate(
        "async () => await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_somebody_comes_sets_a_password_and_is_shut_out(
    screen: str, enter: Callable[..., Person], browser: Browser, server: str
) -> None:
    boss = enter("管理员", screen)
    page = boss.page
    account = f"newcomer-{screen}@demo.test"
    boss.go("/admin/members")
    page.get_by_role("link", name="添加成员").click()
    page.get_by_label("账号").fill("不是账号")
    page.get_by_label("姓名").fill("新同事")
    page.get_by_label("成本员", exact=True).check()
    page.get_by_role("button", name="添加").click()
    assert page.locator("#account-e").inner_text().strip()
    assert page.get_by_label("姓名").input_value() == "新同事"
    assert page.get_by_label("成本员", exact=True).is_checked()
    page.get_by_label("账号").fill(account)
    page.keyboard.press("Enter")
    link = page.locator("#secret").input_value()

    width, height = WIDTHS[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    theirs = context.new_page()
    theirs.goto(link)
    theirs.get_by_label("新密码", exact=True).fill("12345678")
    assert "弱" in theirs.locator("#new-help").inner_text()
    theirs.get_by_label("新密码", exact=True).fill("a long walk by the sea")
    assert theirs.locator("#new-help").inner_text() == "强"
    theirs.get_by_label("再输一次新密码").fill("a long walk by the sea")
    theirs.keyboard.press("Enter")
    theirs.wait_for_url(server + "/")

    boss.go("/admin/members")
    page.get_by_label("搜索成员").press_sequentially("xts", delay=30)
    page.wait_for_function("() => document.querySelectorAll('#people tbody tr').length < 5")
    page.get_by_role("link", name="新同事").first.click()
    page.get_by_text("停用…").click()
    page.get_by_role("button", name="停用", exact=True).click()
    page.get_by_text("新同事 已停用").wait_for()
    theirs.goto(server + "/")
    assert "/login" in theirs.url
    context.close()


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_every_page_fits_and_axe_is_silent(screen: str, enter: Callable[..., Person]) -> None:
    boss = enter("管理员", screen)
    found: dict[str, Any] = {}
    for address in PAGES:
        boss.go(address)
        wrong = violations(boss.page)
        if screen == "phone":
            wrong += boss.page.evaluate(SMALL)
            wrong += [] if boss.width() <= 360 else [f"{boss.width()} px wide"]
        if wrong:
            found[address] = wrong
    assert found == {}


def test_what_one_chooses_follows_from_the_desk_to_the_phone(enter: Callable[..., Person]) -> None:
    desk = enter("何静")
    desk.go("/f/base.partner")
    desk.page.keyboard.press("n")
    desk.page.wait_for_url("**/f/base.partner/new**")
    desk.go("/me")
    desk.page.get_by_label("语言", exact=True).select_option("en")
    desk.page.get_by_role("radio", name="深色").check()
    desk.page.get_by_role("radio", name="关闭").check()
    desk.page.locator("form[action='/me/look']").get_by_role("button", name="保存").click()
    desk.page.get_by_text("Look and language").wait_for()
    phone = enter("何静", "phone")
    phone.go("/me")
    assert phone.page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert phone.page.locator("html").get_attribute("lang") == "en"
    assert violations(phone.page) == []
    assert phone.width() <= 360
    desk.go("/f/base.partner")
    desk.page.keyboard.press("n")
    desk.page.wait_for_timeout(300)
    assert "/new" not in desk.page.url
    phone.page.get_by_label("Language", exact=True).select_option("")
    for word in ("As the device", "Turned on"):
        phone.page.get_by_role("radio", name=word).check()
    phone.page.locator("form[action='/me/look']").get_by_role("button", name="Save").click()
    phone.page.get_by_text("外观与语言").wait_for()
