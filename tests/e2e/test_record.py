"""The record page as people talk over it: a question with a name in it rings at the other desk, is answered there, and the
next document begins from the record."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Person

pytestmark = pytest.mark.browser


def worker(person: Person, name: str) -> str:
    """Open a worker from the list; the address of the page."""
    person.go(f"/f/labor.worker?q={name}")
    person.page.locator(".tl-a").first.click()
    person.page.wait_for_url("**/f/labor.worker/*")
    person.page.evaluate("document.getElementById('trail').scrollIntoView()")
    person.page.locator("#say textarea").wait_for()
    return person.page.url.removeprefix(person.server)


def say(person: Person, text: str, letters: str = "", name: str = "") -> None:
    """Write a comment; a colleague is found by the letters of his name's pinyin."""
    box = person.page.locator("#say textarea")
    box.fill(text)
    if letters:
        box.press_sequentially(f"@{letters}", delay=30)
        person.page.locator(".mention-l button", has_text=name).wait_for()
        box.press("Enter")
        assert box.input_value() == f"{text}@{name} "
    person.page.get_by_role("button", name="发表").click()
    person.page.locator(".said-x", has_text=text).wait_for()
    assert person.page.locator("#say textarea").input_value() == ""


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_a_question_rings_and_is_answered(screen: str, enter: Callable[..., Person]) -> None:
    boss, question = enter("管理员", screen), f"工价谈好了吗（{screen}）"
    address = worker(boss, "李强")
    boss.page.locator("#say textarea").press_sequentially("写到一半")
    boss.page.locator("#trail").get_by_role("link", name="修改痕迹").click()
    boss.page.locator("[name=field]").wait_for()
    boss.page.locator("#trail").get_by_role("link", name="评论").click()
    boss.page.locator("#say textarea").wait_for()
    assert boss.page.locator("#say textarea").input_value() == "写到一半"
    say(boss, question, "mq", "马强")
    foreman = enter("马强", screen)
    bell = foreman.page.locator("#bell-tab" if screen == "phone" else "#bell")
    assert "1" in bell.inner_text()
    bell.click()
    foreman.page.locator(".ntc", has_text=question).get_by_role("link").click()
    foreman.page.wait_for_url(f"**{address}#trail")
    foreman.page.locator(".said-x", has_text=question).wait_for()
    say(foreman, f"谈好了，见 https://example.test/{screen}")
    assert foreman.page.get_by_role("link", name="https://example.test").first.get_attribute("rel")
    assert foreman.width() <= foreman.page.viewport_size["width"]  # type: ignore[index]
    mine = foreman.page.locator(".said-x", has_text=f"example.test/{screen}")
    mine.get_by_role("link", name="修改").click()
    foreman.page.locator(".said-x textarea").fill(f"算了（{screen}）")
    foreman.page.get_by_role("button", name="保存").click()
    said = foreman.page.locator(".said-x", has_text=f"算了（{screen}）")
    said.wait_for()
    said.get_by_role("link", name="删除").click()
    foreman.page.get_by_role("alertdialog").get_by_role("button", name="删除").click()
    foreman.page.get_by_text("已删除").first.wait_for()
    foreman.go("/notices")
    assert "没有未读通知" in foreman.page.locator("main").inner_text()


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_the_next_document_begins_here_and_what_points_here_is_found(screen: str, enter: Callable[..., Person]) -> None:
    boss = enter("管理员", screen)
    boss.go("/f/base.project")
    boss.page.locator(".tl-a").first.click()
    boss.page.wait_for_url("**/f/base.project/*")
    related = boss.page.locator("#related")
    boss.page.evaluate("document.getElementById('related').scrollIntoView()")
    related.locator(".rel-p:not([hidden]) .tl-a").first.wait_for()
    tabs = related.locator("[data-rel]")
    assert tabs.count() >= 2
    tabs.first.focus()
    boss.page.keyboard.press("ArrowRight")
    boss.page.keyboard.press("Enter")
    related.locator("#rel-2 .tl-a").first.wait_for()
    assert (tabs.first.get_attribute("aria-current"), tabs.nth(1).get_attribute("aria-current")) == (None, "true")
    assert related.locator(".rel-p:visible").count() == 1
    asked: list[str] = []
    boss.page.on("request", lambda request: asked.append(request.url))
    tabs.first.click()
    related.locator("#rel-1 .tl-a").first.wait_for()
    tabs.nth(1).click()
    related.locator("#rel-2 .tl-a").first.wait_for()
    assert [each for each in asked if "/related" in each] == []
    assert boss.width() <= boss.page.viewport_size["width"]  # type: ignore[index]
    boss.page.evaluate("scrollTo(0, 0)")
    if screen == "desk":
        boss.page.keyboard.press("j")
        boss.page.locator("[data-near=back]:visible").wait_for()
    boss.page.locator("details.menu summary").nth(-1 if screen == "phone" else 0).click()
    boss.page.locator(".menu-l a:visible", has_text="工价").first.click()
    boss.page.wait_for_url(re.compile(r"/f/labor\.wage_rate/new"))
    boss.page.locator("#sheet").wait_for()
    assert boss.page.locator("#sheet").get_by_role("combobox", name="项目").input_value()
