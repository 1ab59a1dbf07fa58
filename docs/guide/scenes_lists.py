"""Scenes of the start, the search and the lists."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scene import ADMIN, CLERK, FOREMAN, SETTLEMENTS, WORKERS, scene
from xlsxwriter import Workbook

if TYPE_CHECKING:
    from pictures import Stage


@scene(None)
def signin(s: Stage) -> Iterator[str]:
    yield ""


@scene(FOREMAN)
def workbench(s: Stage) -> Iterator[str]:
    yield ""


@scene(FOREMAN)
def find(s: Stage) -> Iterator[str]:
    if s.phone:
        s.go("/find")
    else:
        s.page.keyboard.press("Control+k")
    s.page.locator(".palette-in").wait_for()
    s.page.locator(".palette-in").press_sequentially({"zh": "dgd", "en": "ticket"}[s.language], delay=30)
    s.rest()
    yield ""


@scene(CLERK)
def filtered(s: Stage) -> Iterator[str]:
    s.go(SETTLEMENTS + "?panel=filter&filter=gross%20%3E%3D%20300000")
    yield ""


@scene(CLERK)
def grouped(s: Stage) -> Iterator[str]:
    s.go(SETTLEMENTS + "?group=partner")
    yield ""


@scene(CLERK)
def saveview(s: Stage) -> Iterator[str]:
    s.go(SETTLEMENTS + "?filter=gross%20%3E%3D%20300000&group=partner")
    s.page.locator("a[href*='/views/new']").first.click()
    s.page.locator("#view-title").fill("大额结算")
    s.rest()
    yield ""


@scene(FOREMAN)
def bulk(s: Stage) -> Iterator[str]:
    s.go(WORKERS)
    if s.phone:
        s.page.locator("[data-choose]").click()
    boxes = s.page.locator(".choose-x")
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    yield "chosen"
    s.page.locator("#bulk button[hx-post$='/many/edit']").click()
    dialog = s.page.locator("#dialog")
    dialog.locator("#many-field").select_option("trade")
    dialog.locator("select[name=v0]").select_option("钢筋工")
    dialog.locator("button.pri").click()
    dialog.locator("input[name=id]").first.wait_for(state="attached")
    dialog.locator("table.diff").wait_for()
    s.rest()
    yield "preview"
    dialog.locator("button.pri").click()
    dialog.locator("form[action$='/undo']").wait_for()
    s.rest()
    yield "done"
    dialog.locator("form[action$='/undo'] button").click()
    s.rest()


@scene(CLERK)
def export(s: Stage) -> Iterator[str]:
    s.go(SETTLEMENTS)
    s.page.locator(".bar details.menu summary").click()
    s.page.locator("#list-export").click()
    s.page.locator("#dialog form").wait_for()
    s.rest()
    yield ""


@scene(ADMIN)
def tables(s: Stage) -> Iterator[str]:
    s.go(WORKERS + "/import")
    s.page.set_input_files("#file", {"name": "花名册.xlsx", "mimeType": "application/octet-stream", "buffer": roster()})
    s.page.locator("form[action$='/import'] button.pri").click()
    s.page.wait_for_url("**/imports/*")
    s.rest()
    yield "match"
    s.page.locator(".actbar button.pri").click()
    s.page.locator(".imp-figs").wait_for()
    s.rest()
    yield "tried"
    s.page.locator("form[action$='/write-good'] button").click()
    s.page.locator("form[action$='/undo'] button").wait_for()
    s.rest()
    yield "done"
    s.page.locator("form[action$='/undo'] button").click()
    s.page.locator("form[action$='/undo'] button").wait_for(state="detached")
    s.rest()


def roster() -> bytes:
    """A workbook as a team leader sends it, one telephone number too short."""
    rows = [["姓名", "工种", "所属班组", "手机号", "备注"]]
    names = ("周平", "何贵", "邓强", "罗兵")
    rows += [[name, "木工", "木工一班", f"138001380{n:02}", ""] for n, name in enumerate(names)]
    rows += [["彭涛", "木工", "木工一班", "1380013", "新来的"]]
    out = io.BytesIO()
    made = Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet("花名册")
    for n, line in enumerate(rows):
        sheet.write_row(n, 0, line)
    made.close()
    return out.getvalue()
