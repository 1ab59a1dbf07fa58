"""What a scene of the guide's pictures is, and what scenes share. Each is a person's few steps; steps find things by their
place, never by their words, since every scene is played in both languages. The demo firm's own names are Chinese in both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
