"""The area of the admins: its blueprint, its tabs, and how its forms come back. One rule: what was typed comes back with
every refusal, each reason beside the field it is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ...kernel.errors import DougongError, Malformed, WithProblems
from ...kernel.problems import parts
from ...pages.catalogue import mark as _
from ...pages.sentences import error_sentence, sentence
from ..current import locale
from ..errors import status_of
from ..language import say

blueprint = Blueprint("admin", __name__)
#: Address and title of each page, in the order of the tabs.
TABS = (
    ("members", _("Members")),
    ("departments", _("Departments")),
    ("roles", _("Roles")),
    ("modules", _("Modules")),
    ("audit", _("Audit")),
    ("jobs", _("Jobs")),
    ("mail", _("Mail")),
    ("usage", _("Usage")),
)
_DONE = {
    "saved": _("Saved"),
    "added": _("{name} has been added"),
    "disabled": _("{name} is out of use now"),
    "enabled": _("{name} is in use again"),
    "mailed": _("The link is on its way to {name}"),
    "signed_out": _("{name} is signed out everywhere"),
    "module_on": _("{name} is on now"),
    "module_off": _("{name} is off now; its data stay"),
    "mail_off": _("No mail is sent any more"),
    "retried": _("The job will be tried again"),
    "removed": _("{name} has been removed"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form came back: `notes` by field, `whole` what is about none of its fields."""

    notes: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    status: int = 200


def refusal(error: DougongError, fields: Iterable[str] = ()) -> Refusal:
    """The sentences of a refusal, those about one of `fields` beside it."""
    mine, notes, whole = set(fields), dict[str, str](), list[str]()
    for each in error.problems if isinstance(error, WithProblems) else ():
        place = next(iter(parts(each.pointer)), "")
        said = sentence(each, locale())
        if place in mine:
            notes.setdefault(place, said)
        else:
            whole.append(said)
    if not notes and not whole:
        whole.append(error_sentence(error, locale()))
    status = status_of(error)
    return Refusal(notes, tuple(dict.fromkeys(whole)), 422 if status >= 500 else status)


def seen() -> dict[str, Any] | None:
    """What the form showed when it was opened, as it says itself; None where it does not. Raises Malformed."""
    text = request.form.get("shown", "")[:20_000]
    if not text:
        return None
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Malformed from error
    if not isinstance(found, dict) or not all(_is_shown(each) for each in found.values()):
        raise Malformed
    return found


def _is_shown(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(each, str) for each in value))


def typed_over(error: DougongError, given: Mapping[str, Any], stands: Mapping[str, Any]) -> dict[str, Any]:
    """A form that comes back: `values` as typed and `shown`. When somebody else was quicker, what they wrote stands where
    nothing was typed, and the next save is against that."""
    before = seen()
    if before is None or error.code != "overtaken":
        return {"values": dict(given), "shown": stands if before is None else before}
    kept = {name: each for name, each in given.items() if each != before.get(name)}
    return {"values": {**stands, **kept}, "shown": stands}


def page(template: str, tab: str, refused: Refusal | None = None, **shown: Any) -> ResponseReturnValue:
    """A page of the area, with what has just been done."""
    no = refused or Refusal()
    said = _DONE.get(request.args.get("done", "")) if request.method == "GET" else None
    done = say(said, name=request.args.get("name", "")[:100]) if said else None
    answer = render_template(f"admin/{template}.html", tab=tab, tabs=TABS, refused=no, done=done, **shown)
    return answer, no.status


def typed(*names: str, most: int = 1000) -> dict[str, str]:
    """These fields of the posted form, cut where they are longer than any of them may be."""
    return {name: request.form.get(name, "")[:most] for name in names}
