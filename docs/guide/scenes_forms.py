"""Scenes of forms, records and one's own page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scene import CLERK, CONTRACTS, FOREMAN, SETTLEMENTS, TICKETS, drop, open_record, row, scene

if TYPE_CHECKING:
    from pictures import Stage


@scene(FOREMAN)
def ticket(s: Stage) -> Iterator[str]:
    s.go(TICKETS + "/new")
    s.pick("/project", "城东")
    s.pick("/team", "木工")
    s.page.locator("[name=content]").fill("三层模板加固，清理现场")
    row(s, "张伟", "8", "2")
    row(s, "李强", "8", "0")
    s.top("#sheet" if s.phone else "")
    yield "head"
    s.top("table.sub" if s.phone else "[data-sub]")
    yield "rows"
    s.top(".pics")
    yield "proof"
    drop(s)


@scene(CLERK)
def paste(s: Stage) -> Iterator[str]:
    s.go(SETTLEMENTS + "/new")
    s.page.locator("[data-paste]").first.click()
    box = s.page.locator("#dialog textarea")
    heads = {"zh": "内容\t数量\t单位\t单价", "en": "Content\tQuantity\tUnit\tUnit price"}[s.language]
    box.fill(heads + "\n三层模板\t1280\tm2\t46.5\n三层钢筋\t62.4\tt\t980\n三层混凝土\t410\tm3\t38")
    s.rest()
    yield "asked"
    s.page.locator("#dialog [data-paste-in]").click()
    s.page.locator("tbody[data-row]").nth(2).wait_for()
    s.rest()
    s.top("[data-sub]")
    yield "done"
    drop(s)


#: A name written by hand, as shares of the box.
STROKES = (
    ((0.32, 0.30), (0.44, 0.28), (0.40, 0.52), (0.30, 0.66)),
    ((0.30, 0.46), (0.46, 0.44)),
    ((0.52, 0.24), (0.50, 0.44), (0.60, 0.40), (0.56, 0.70), (0.48, 0.62)),
    ((0.66, 0.30), (0.74, 0.27), (0.70, 0.66), (0.76, 0.62)),
)


@scene(FOREMAN)
def signature(s: Stage) -> Iterator[str]:
    s.go(TICKETS + "/new")
    s.page.locator("[data-sign]").last.click()
    pad = s.page.locator("#sign-d canvas")
    pad.wait_for()
    box = pad.bounding_box() or {"x": 0, "y": 0, "width": 1, "height": 1}
    for first, *more in STROKES:
        s.page.mouse.move(box["x"] + first[0] * box["width"], box["y"] + first[1] * box["height"])
        s.page.mouse.down()
        for x, y in more:
            s.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=8)
        s.page.mouse.up()
    yield ""
    s.page.keyboard.press("Escape")
    drop(s)


@scene(FOREMAN)
def refused(s: Stage) -> Iterator[str]:
    s.go(TICKETS + "/new")
    s.pick("/project", "城东")
    s.pick("/team", "木工")
    s.page.locator("[name=content]").fill("夜里浇筑，看护模板")
    row(s, "张伟", "8", "17")
    s.page.locator("[data-key=submit]").click()
    s.page.locator(".actbar .errtext").wait_for()
    s.rest()
    yield ""
    drop(s)


@scene(FOREMAN)
def lost(s: Stage) -> Iterator[str]:
    s.go(TICKETS + "/new")
    cookies = s.page.context.cookies()
    s.page.context.clear_cookies(name="sid")
    s.page.locator("[name=location]").fill("4 层西侧")
    s.page.locator("#dialog .dlg").wait_for()
    s.rest()
    yield ""
    s.page.context.add_cookies(cookies)  # type: ignore[arg-type]
    s.page.reload()
    drop(s)


@scene(CLERK)
def record(s: Stage) -> Iterator[str]:
    open_record(s, CONTRACTS, "主体结构")
    yield ""
    s.page.locator("#trail").scroll_into_view_if_needed()
    s.page.locator("#say").wait_for()
    s.rest()
    s.top("#trail")
    yield "said"


@scene(CLERK)
def notices(s: Stage) -> Iterator[str]:
    s.go("/notices?show=all")
    yield ""


@scene(FOREMAN)
def printed(s: Stage) -> Iterator[str]:
    s.go(TICKETS + "?q=DG-1&sort=code")
    s.page.locator(".tl-a").first.click()
    s.page.wait_for_load_state("load")
    address = s.page.locator("a[href*='/print/']").first.get_attribute("href")
    s.go(str(address))
    yield ""


@scene(FOREMAN)
def account(s: Stage) -> Iterator[str]:
    s.go("/me")
    yield ""
