"""Photos, signatures, files, regions, periods, places and rich text in a browser: filled in, looked at, saved."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dougong.assets import ROOT
from tests.pictures import picture

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import Person

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("server", ["sqlite"], indirect=True)]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def sign(boss: Person) -> None:
    """Draw two strokes and be done."""
    page = boss.page
    page.get_by_role("button", name="签名", exact=True).click()
    canvas = page.locator("#sign-d canvas")
    canvas.wait_for()
    box = canvas.bounding_box()
    assert box is not None
    for at in (0.3, 0.6):
        page.mouse.move(box["x"] + box["width"] * at, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * (at + 0.2), box["y"] + box["height"] * 0.7, steps=8)
        page.mouse.up()
    page.get_by_role("button", name="完成").click()
    page.locator(".signed img").wait_for()


def place(page: Page, label: str, words: str, whole: str) -> None:
    """Choose a place of a tree by typing."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.press_sequentially(words, delay=30)
    page.locator(".tree-x .pick-l [role=option]:visible").filter(has_text=whole).first.click()


def violations(page: Page) -> list[str]:
    """What axe-core finds; its source goes in by the debugger, which no CSP keeps out."""
    page.evaluate(AXE.read_text("utf-8") + ";0")
    found: dict[str, Any] = page.evaluate(
        "async () => await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
    )
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]


def stamped(page: Page) -> bool:
    """Whether the lower left corner of the picture one looks at is darker than its middle."""
    corner, middle = page.locator("#view-d img").evaluate("""each => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [each.naturalWidth, each.naturalHeight];
        const drawing = canvas.getContext("2d", {willReadFrequently: true});
        drawing.drawImage(each, 0, 0);
        return [[4, canvas.height - 4], [canvas.width / 2, 20]].map(([x, y]) => drawing.getImageData(x, y, 1, 1).data[1]);
    }""")
    return bool(corner < middle - 40)


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_a_day_on_site_is_told_with_pictures_a_signature_and_a_place(
    screen: str, enter: Callable[..., Person], tmp_path: Path
) -> None:
    boss = enter("管理员", screen)
    page = boss.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 22.5431, "longitude": 114.0579})
    boss.go("/f/probe.all/new")
    (tmp_path / "模板.jpg").write_bytes(picture("JPEG", (3200, 1600)))
    (tmp_path / "合同.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    page.locator("[data-upload=image]").set_input_files(tmp_path / "模板.jpg")
    page.locator(".pics img").wait_for()
    page.locator("[data-upload=attachment]").set_input_files([tmp_path / "合同.pdf", tmp_path / "模板.jpg"])
    page.locator(".file-r").nth(1).wait_for()
    boss.settle()
    sign(boss)
    place(page, "cascade", "福田", "广东省/深圳市/福田区")
    boss.settle()
    place(page, "address：省市区", "南山", "广东省/深圳市/南山区")
    boss.settle()
    page.get_by_label("address：街道、门牌号").fill("深南大道 1 号")
    page.get_by_label("date_range：第一天").fill("2025/8/1")
    page.get_by_label("date_range：最后一天").fill("2025-08-31")
    page.get_by_role("button", name="定位").click()
    page.wait_for_function("() => document.querySelector('[data-lat]').value === '22.543100'")
    page.get_by_label("location：地点").fill("3 号楼")
    page.get_by_role("textbox", name="rich_text").click()
    page.get_by_role("button", name="加粗").click()
    page.keyboard.type("今天封顶")
    for turn in range(2):
        page.get_by_role("combobox", name="multi_reference").click()
        page.locator(".many-x .pick-l [role=option]:visible").nth(turn).click()
        boss.settle()
    assert page.locator(".many-x .tag").count() == 2
    assert violations(page) == []
    assert boss.width() <= page.viewport_size["width"]  # type: ignore[index]
    page.locator("[data-key=save]").click()
    page.wait_for_url(re.compile(r"/f/probe\.all/[0-9a-f-]{36}$"))
    said = page.locator("main").inner_text()
    shown = [
        "合同.pdf",
        "福田区",
        "广东省/深圳市/南山区 深南大道 1 号",
        "2025-08-01 ~ 2025-08-31",
        "3 号楼 (22.5431, 114.0579)",
    ]
    assert [text for text in [*shown, "今天封顶"] if text not in said] == []
    assert page.locator(".rich b, .rich strong").inner_text() == "今天封顶"
    assert page.locator(".shown-pics img").evaluate_all("all => all.every(each => each.naturalWidth > 0)")
    page.locator(".shown-pics a").first.click()
    wide = page.locator("#view-d img").evaluate("async each => { await each.decode(); return each.naturalWidth; }")
    assert wide == 2560
    assert stamped(page)
    page.keyboard.press("Escape")
    assert not page.locator("#view-d").is_visible()
    assert boss.width() <= page.viewport_size["width"]  # type: ignore[index]
    assert violations(page) == []


def test_a_picture_that_is_none_is_refused_beside_its_field(enter: Callable[..., Person], tmp_path: Path) -> None:
    boss = enter("管理员")
    boss.go("/f/probe.all/new")
    (tmp_path / "假.jpg").write_text("<html>", encoding="utf-8")
    boss.page.locator("[data-upload=image]").set_input_files(tmp_path / "假.jpg")
    said = boss.page.locator(".pics .up-said")
    said.get_by_text("内容和文件名不符").wait_for()
    said.get_by_role("button", name="关闭").click()
    assert said.inner_text() == ""
    boss.complaints[:] = [each for each in boss.complaints if "status of 415" not in each]
