"""The history of a record as its page tells it: who did what and when, old and new values in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..definition.model import Form
from ..pages import formats
from ..pages.catalogue import mark
from ..pages.environment import state_title
from ..pages.values import SYSTEM, shown
from ..pages.values import who as hand
from ..records.history import field_of
from .current import installation, locale, today
from .language import say
from .values import reader


@dataclass(frozen=True, slots=True)
class Kind:
    """How an event looks."""

    word: str
    icon: str
    hue: str = ""


EVENTS = {
    "create": Kind(mark("created"), icon="plus"),
    "update": Kind(mark("changed"), icon="edit"),
    "submit": Kind(mark("submitted"), icon="send", hue="blue"),
    "approve": Kind(mark("approved"), icon="check", hue="green"),
    "reject": Kind(mark("rejected"), icon="x", hue="red"),
    "withdraw": Kind(mark("withdrew"), icon="arrow-back-up"),
    "void": Kind(mark("voided"), icon="ban", hue="red"),
    "close": Kind(mark("closed"), icon="archive"),
    "disable": Kind(mark("put out of use"), icon="ban"),
    "enable": Kind(mark("put in use"), icon="circle-check"),
    "delete": Kind(mark("deleted"), icon="trash", hue="red"),
    "restore": Kind(mark("restored"), icon="restore"),
    "print": Kind(mark("printed"), icon="printer"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after, in words."""

    title: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One act."""

    who: str
    word: str
    icon: str
    hue: str
    first: bool
    at: str
    changes: list[Change]


def who(name: str) -> str:
    """Whoever acted, by name; the house's own hands in words."""
    return hand(name, locale())


def entry(form: Form, act: Mapping[str, Any]) -> Entry:
    """An act of `records.history` in words."""
    kind = EVENTS.get(act["event"]) or Kind(act["event"], icon="edit")
    by = who(act["by_name"] or "")
    at = formats.moment(act["at"], installation().settings.zone, today())
    changes = [_change(form, each) for each in act["changes"] if not each["field"].startswith("$deleted")]
    real = [each for each in changes if each.old != each.new]
    return Entry(by, say(kind.word), kind.icon, kind.hue, act["event"] == "create", at, real)


def _change(form: Form, change: Mapping[str, Any]) -> Change:
    name = change["field"]
    if name in SYSTEM:
        sides = [_system(name, change.get(f"{side}_title", change[side])) for side in ("old", "new")]
        return Change(say(SYSTEM[name]), *sides)
    field = field_of(form, name)
    if field is None or field.is_subtable:
        return Change(str(change["title"]), *(_row(form, name, change[side]) for side in ("old", "new")))
    sides = [
        "" if change[side] is None else shown(field, change[side], change.get(f"{side}_title"), reader()).text
        for side in ("old", "new")
    ]
    return Change(str(change["title"]), *sides)


def _system(name: str, value: Any) -> str:
    if value is None:
        return ""
    return state_title(str(value), locale()) if name == "$state" else str(value)


def _row(form: Form, name: str, row: Any) -> str:
    """A whole row, by the values it was written with."""
    if not isinstance(row, Mapping):
        return "" if row is None else str(row)
    sub = form.subtable(name)
    fields = [each for each in (sub.fields if sub else ()) if row.get(each.name) is not None and each.ref is None]
    return " · ".join(shown(each, row[each.name], None, reader()).text for each in fields) or say("a row")
