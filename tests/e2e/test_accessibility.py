"""Every page by axe-core: the rules of WCAG 2.0 to 2.2, A and AA, at both widths, light and dark; no page wider than its
window, none without a heading. What axe cannot see (keyboard walks, focus) has its stories elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import WIDTHS, Person, listen

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["sqlite"], indirect=True)]

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = (
    "/", "/apps", "/find", "/find?q=gr", "/me", "/notices", "/f/labor.worker",
    "/f/labor.worker?panel=filter&filter=name = \"张伟\"", "/f/labor.worker?panel=columns",
    "/f/labor.worker?panel=sort", "/f/labor.worker?group=trade", "/f/labor.worker?q=nobody",
    "/f/labor.worker?kind=board", "/f/labor.worker?kind=calendar", "/f/base.cost_subject", "/f/labor.worker/bin",
    "/f/labor.worker/export", "/f/labor.worker/import", "/imports", "/f/labor.day_labor_ticket",
    "/f/labor.day_labor_ticket/new", "/f/probe.all/new", "/f/funds.payment_request/new", "/admin", "/admin/members",
    "/admin/departments", "/admin/roles", "/admin/modules", "/admin/audit", "/admin/jobs", "/admin/mail",
    "/admin/usage", "/nowhere",
)  # fmt: skip


@pytest.fixture(
    params=[
        ("desk", "light"), ("phone", "light"), ("desk", "dark"),
        pytest.param(("phone", "dark"), marks=pytest.mark.nightly),
    ],
    ids="-".join,
)  # fmt: skip
def admin(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Person]:
    """The admin of the demo firm at one screen in one theme."""
    screen, theme = request.param
    width, height = WIDTHS[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", color_scheme=theme)
    person = Person(context.new_page(), server)
    listen(person)
    person.go("/login")
    person.page.get_by_role("button", name="管理员").click()
    person.page.wait_for_url(server + "/")
    yield person
    context.close()


def faults(page: Page) -> list[str]:
    """What axe says is wrong, a line for each rule."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(TAGS)}}})")
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]


def look(person: Person, address: str) -> list[str]:
    """The faults of one page."""
    person.go(address)
    wide = [f"wider than its window: {person.width()}"] if person.width() > person.page.viewport_size["width"] else []  # type: ignore[index]
    headless = [] if person.page.locator("h1").count() else ["no heading"]
    return [f"{address}: {each}" for each in (*wide, *headless, *faults(person.page))]


def test_no_page_breaks_a_rule(admin: Person) -> None:
    assert [each for address in PAGES for each in look(admin, address)] == []


def test_a_record_and_its_dialogs_break_no_rule(admin: Person) -> None:
    admin.go("/f/labor.worker")
    admin.page.locator("a.tl-a").first.click()
    admin.page.wait_for_load_state("load")
    said = faults(admin.page)
    admin.page.keyboard.press("Control+k")
    admin.page.locator(".palette-in").wait_for()
    assert said + faults(admin.page) == []
    admin.page.keyboard.type("gr")
    admin.page.keyboard.press("Escape")
    admin.page.locator(".palette-in").wait_for(state="detached")  # once is enough, with words in it too


def test_an_open_list_of_choices_breaks_no_rule(admin: Person) -> None:
    admin.go("/f/labor.day_labor_ticket/new")
    box = admin.page.get_by_role("combobox", name="项目")
    box.click()
    admin.page.locator(".pick-l [role=option]:visible").first.wait_for()
    said = faults(admin.page)
    box.press_sequentially("zzzz")
    admin.page.locator(".opt-none:visible").wait_for()
    assert said + faults(admin.page) == []


def test_the_sign_in_page_breaks_no_rule(browser: Browser, server: str, enter: Callable[..., Person]) -> None:
    page = browser.new_page()
    page.goto(server + "/login")
    assert faults(page) == []
    page.close()
