"""Scenes of the admins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from scene import ADMIN, SCENES, WORKERS, Scene, scene

if TYPE_CHECKING:
    from pictures import Stage


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
