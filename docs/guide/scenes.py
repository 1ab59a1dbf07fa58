"""The scenes of the guide's pictures, each a person's few steps. Steps find things by their place, never by their words,
since every scene is played in both languages; words of the demo firm are Chinese in both."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlsxwriter import Workbook

if TYPE_CHECKING:
    from pictures import Stage

FOREMAN, CLERK, ADMIN = "马强", "何静", "管理员"
TICKETS, WORKERS = "/f/labor.day_labor_ticket", "/f/labor.worker"
CONTRACTS, SETTLEMENTS = "/f/cost_center.expense_contract", "/f/cost_center.subcontract_settlement"


@dataclass(frozen=True)
class Scene:
    """`play` stops with the name of a part, "" for the scene itself, wherever a picture is to be taken."""

    name: str
    person: str | None
    play: Callable[[Stage], Iterator[str]]


SCENES: list[Scene] = []


def scene(person: str | None) -> Callable[[Callable[[Stage], Iterator[str]]], Callable[[Stage], Iterator[str]]]:
    def listed(play: Callable[[Stage], Iterator[str]]) -> Callable[[Stage], Iterator[str]]:
        SCENES.append(Scene(play.__name__, person, play))
        return play

    return listed


def prepare(s: Stage) -> None:
    """What the scenes find: a question on a contract, and its answer waiting as a notice."""
    open_record(s, CONTRACTS, "主体结构")
    say(s, "@何静 这份合同的变更单签回来了吗？月底前要结清。")


def open_record(s: Stage, form: str, words: str) -> None:
    s.go(f"{form}?q={words}")
    s.page.locator(".tl-a").first.click()
    s.page.wait_for_load_state("load")
    s.rest()


def say(s: Stage, text: str) -> None:
    box = s.page.locator("#say textarea")
    box.scroll_into_view_if_needed()
    box.fill(text)
    s.page.locator("#say button[type=submit]").click()
    s.rest()


def drop(s: Stage) -> None:
    """Throw away the form that was begun, so that the next scene finds none."""
    s.page.evaluate("document.querySelector('form[action$=\"/drop\"]').submit()")
    s.page.wait_for_load_state("load")


# ---------------------------------------------------------------------------------------------------------- everybody


@scene(None)
def signin(s: Stage) -> Iterator[str]:
    yield ""


@scene(FOREMAN)
def workbench(s: Stage) -> Iterator[str]:
    yield ""


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


def row(s: Stage, worker: str, normal: str, overtime: str) -> None:
    before = s.page.locator("tbody[data-row]").count()
    s.page.locator("button[name='$row'][value^='add:']").click()
    s.page.wait_for_function("n => document.querySelectorAll('tbody[data-row]').length > n", arg=before)
    s.rest()
    s.pick("worker", worker)
    last = s.page.locator("tbody[data-row]").last
    last.locator("[name$=normal_hours]").fill(normal)
    last.locator("[name$=ot_hours]").fill(overtime)
    last.locator("[name$=ot_hours]").press("Tab")
    s.rest()


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


# --------------------------------------------------------------------------------------------------------------- lists


@scene(CLERK)
def views(s: Stage) -> Iterator[str]:
    s.go(CONTRACTS)
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


# --------------------------------------------------------------------------------------------------- forms and records


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


# --------------------------------------------------------------------------------------------------------------- admins


@scene(ADMIN)
def members(s: Stage) -> Iterator[str]:
    s.go("/admin/members")
    yield ""
    s.page.locator("#people .tl-a").filter(has_text="马强").click()
    s.page.wait_for_load_state("load")
    s.rest()
    yield "one"


@scene(ADMIN)
def invited(s: Stage) -> Iterator[str]:
    s.go("/admin/members?q=梁雪")
    s.page.locator("#people .tl-a").first.click()
    s.page.locator("form[action$='/password'] button").click()
    s.page.locator("#secret").wait_for()
    s.page.locator("#secret").evaluate("each => { each.value = each.value.replace(/[^/]{12}$/, '…'); }")
    yield ""


def admin_page(name: str) -> Callable[[Stage], Iterator[str]]:
    def play(s: Stage) -> Iterator[str]:
        s.go(f"/admin/{name}")
        yield ""

    return play


for _name in ("departments", "roles", "modules", "audit", "jobs", "mail", "usage"):
    SCENES.append(Scene(_name, ADMIN, admin_page(_name)))


@scene(ADMIN)
def module(s: Stage) -> Iterator[str]:
    s.go("/admin/modules/labor")
    s.page.locator("details.sure summary").first.click()
    yield ""


@scene(ADMIN)
def bin(s: Stage) -> Iterator[str]:  # noqa: A001 - the name of the picture
    s.go(WORKERS + "/bin")
    yield ""
