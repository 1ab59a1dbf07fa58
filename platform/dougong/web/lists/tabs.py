"""The views of a list as tabs: those of the definition first, then the shared ones, then the member's own. One rule: what a
member may open is offered; authored views are never changed, only copied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...definition.model import View
from ...records import saved_views
from ...records.saved_views import KINDS, Chosen, Look, Saved
from ..language import say
from .choices import tree_field
from .sight import Sight


@dataclass(frozen=True, slots=True)
class Tab:
    """One view: `key` stands in addresses; `mine`: the member may change it."""

    key: str
    title: str
    look: Look
    authored: bool = True
    shared: bool = False
    mine: bool = False
    starred: bool = False


def tabs(seen: Sight, chosen: Chosen) -> tuple[Tab, ...]:
    """Every view the member may open; never none."""
    made = [*_authored(seen, chosen)]
    made += [_saved(seen, each, chosen) for each in saved_views.all_of(seen.tx, seen.form.full_name)]
    return tuple(made) or (Tab("all", say("All"), _plain(seen)),)


def begin(every: tuple[Tab, ...], key: str, chosen: Chosen) -> Tab:
    """The view asked for, else the member's own choice, else the first."""
    for wanted in (key, chosen.starred):
        found = next((each for each in every if wanted and each.key == wanted), None)
        if found is not None:
            return found
    return every[0]


def _authored(seen: Sight, chosen: Chosen) -> Iterator[Tab]:
    held = {*seen.tx.actor.roles, "*"}
    mine = [
        each
        for each in seen.form.views
        if each.kind in KINDS and (not each.roles or seen.tx.actor.is_admin or set(each.roles) & held)
    ]
    for each in sorted(mine, key=lambda one: not one.default):
        yield Tab(each.name, each.title, look_of(each), starred=each.name == chosen.starred)
    if not mine:
        yield Tab("all", say("All"), _plain(seen), starred=chosen.starred == "all")


def _plain(seen: Sight) -> Look:
    return Look("tree" if tree_field(seen.form) is not None else "list")


def look_of(view: View) -> Look:
    """What an authored view asks for."""
    text = view.filter.text if view.filter else ""
    return Look(view.kind, view.columns, text, view.sort, view.group, dict(view.totals), dict(view.date))


def _saved(seen: Sight, view: Saved, chosen: Chosen) -> Tab:
    return Tab(
        view.id, view.title, view.look, False, view.shared, saved_views.may_change(seen.tx, seen.model, view),
        view.id == chosen.starred,
    )  # fmt: skip
