"""The audit: who did what and when, filtered by person, form and days. One rule: what a value was called then is shown as
it is called now; values themselves are as they were written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ...actions.list_members import directory
from ...actions.read_audit import COMPANY, Act, Asked, read_audit
from ...definition.definitions import Definitions
from ...definition.model import Field, Form
from ...fields.type import Unreadable
from ...kernel.problems import Problem
from ...pages import formats
from ...pages.catalogue import mark as _
from ...pages.environment import state_title
from ...pages.sentences import sentence
from ...pages.values import SYSTEM, shown
from ...records.history import field_of
from ..current import actor, here, installation, locale, read
from ..htmx import is_fragment
from ..language import say
from ..policy import policy
from ..values import reader
from .area import blueprint, page

EVENTS = {
    "create": _("created"), "update": _("changed"), "submit": _("submitted"), "approve": _("approved"),
    "reject": _("rejected"), "withdraw": _("withdrew"), "void": _("voided"), "close": _("closed"),
    "disable": _("put out of use"), "enable": _("put in use"), "delete": _("deleted"), "restore": _("restored"),
    "purge": _("deleted for good"), "export": _("exported"), "print": _("printed"), "import": _("imported"),
    "import_undo": _("took an import back"), "comment_added": _("commented"), "comment_changed": _("changed a comment"),
    "comment_deleted": _("deleted a comment"), "published": _("published definitions"), "repaired": _("repaired"),
    "column_built": _("filled a new field"), "tenant_created": _("made the company"), "member_added": _("added member"),
    "member_changed": _("changed member"), "member_signed_out": _("signed out member"),
    "password_link_made": _("made a password link for"), "department_added": _("added department"),
    "department_changed": _("changed department"), "role_added": _("added role"), "role_changed": _("changed role"),
    "role_removed": _("removed role"), "job_retried": _("took a job up again"),
    "mail_changed": _("changed the mail settings"),
    "own_name_changed": _("changed their own name"), "own_password_changed": _("changed their password"),
    "token_created": _("made an API token"), "token_revoked": _("revoked an API token"),
}  # fmt: skip
ACTORS = {"operator": _("The operator"), "platform": _("Dougong itself")}
FIELDS = {
    "name": _("Full name"), "superior": _("Superior"), "roles": _("Roles"), "departments": _("Departments"),
    "active": _("In use"), "code": _("Code"), "parent": _("Below"), "head": _("Head"), "role": _("Role"),
    "steps": _("Steps"), "reason": _("Reason"), "rows": _("Rows"), "title": _("Title"), "version": _("Version"),
    "host": _("Server"), "port": _("Port"), "security": _("Encryption"), "login": _("Account"),
    "sender": _("Sender"), "sender_name": _("Sender's name"), "password": _("Password"),
    "file": _("File"), "good": _("Rows taken"), "bad": _("Rows left out"), "created": _("new"), "updated": _("Changed"),
    "unchanged": _("the same already"), "problems": _("What is wrong"), "deleted": _("Deleted"),
    "restored": _("Restored"), "$comment": _("Comment"), "left": _("Left as they are"), "print": _("Print"),
}  # fmt: skip
#: What a publish does, in the order of the plan's own steps; what changes nothing for anybody is not told.
STEPS = {
    "enable_module": _("modules put in use: {n}"), "disable_module": _("modules put out of use: {n}"),
    "create_form": _("new forms: {n}"), "restore_form": _("forms that came back: {n}"),
    "retire_form": _("forms taken away: {n}"), "change_form": _("forms changed: {n}"),
    "add_field": _("new fields: {n}"), "restore_field": _("fields that came back: {n}"),
    "retire_field": _("fields taken away: {n}"), "rename_field": _("fields renamed: {n}"),
    "change_type": _("fields of another type: {n}"), "recompute_field": _("fields computed anew: {n}"),
}  # fmt: skip
#: Why something was published, where the program says so itself.
REASONS = (
    (re.compile(r"enable (\w+)"), _("{what} put in use")), (re.compile(r"disable (\w+)"), _("{what} put out of use")),
    (re.compile(r"rollback to version (\d+)"), _("back to version {what}")),
)  # fmt: skip
#: Changes shown at once; the rest unfold.
FIRST = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One act in words; `changes` are (field, old, new)."""

    act: Act
    who: str
    word: str
    form: str
    changes: list[tuple[str, str, str]]


@blueprint.get("/admin/audit")
@policy("admin")
def audit() -> ResponseReturnValue:
    """A page of it; asked for by `before`, its rows alone."""
    given = {name: request.args.get(name, "")[:100] for name in ("who", "form", "since", "until")}
    days, wrong = _days(given)
    given |= {name: day.isoformat() for name, day in days.items()}
    asked = Asked(given["who"], given["form"], days.get("since"), days.get("until"), request.args.get("before", ""))
    acts, following = read_audit(installation(), actor(), asked)
    definitions = read(lambda tx: installation().catalog.live(tx).definitions)
    known = directory(installation(), actor())
    told: dict[str, Any] = {
        "lines": [_line(definitions, known.titles, each) for each in acts],
        "following": following,
        "first": FIRST,
    }
    told |= {"address": urlencode({name: text for name, text in given.items() if text})}
    if asked.before and is_fragment():
        return render_template("admin/_acts.html", **told)
    forms = sorted((form.title, full) for full, form in definitions.forms.items())
    return page(
        "audit", "audit", given=given, wrong=wrong, known=known, forms=forms, company=COMPANY, actors=ACTORS, **told
    )


def _line(definitions: Definitions, titles: Mapping[str, str], act: Act) -> Line:
    form = definitions.forms.get(act.form or "")
    who = act.by_name if act.by_kind == "member" else say(ACTORS.get(act.by_kind, act.by_name))
    told = [each for each in act.changes if not str(each.get("field", "")).startswith("$deleted")]
    if act.event == "published":
        changes = [_published(definitions, each) for each in told]
    else:
        changes = [_change(form, each, titles, act.event) for each in told]
    real = [each for each in changes if each[1] != each[2]]
    return Line(act, who, say(EVENTS.get(act.event, act.event)), form.title if form else act.form or "", real)


def _published(definitions: Definitions, change: Mapping[str, Any]) -> tuple[str, str, str]:
    """A publish in words: its steps by kind, and why."""
    name, new = str(change.get("field", "")), change.get("new")
    if name == "steps":
        counted = Counter(str(each.get("op")) for each in new or () if isinstance(each, Mapping))
        said = [say(words, n=counted[op]) for op, words in STEPS.items() if counted[op]]
        return say(FIELDS[name]), "", formats.between(locale()).join(said)
    if name == "reason":
        return say(FIELDS[name]), "", _reason(definitions, str(new or ""))
    return _change(None, change)


def _reason(definitions: Definitions, text: str) -> str:
    for pattern, words in REASONS:
        if (found := pattern.fullmatch(text)) is not None:
            module = definitions.modules.get(found[1])
            return say(words, what=module.title if module is not None else found[1])
    return text


def _change(
    form: Form | None, change: Mapping[str, Any], titles: Mapping[str, str] | None = None, event: str = ""
) -> tuple[str, str, str]:
    name = str(change.get("field", ""))
    if form is None and name in ("roles", "role"):
        change = {**change, **{side: _role(change.get(side), titles or {}) for side in ("old", "new")}}
    if form is None and name == "name" and event.startswith("department"):
        return say(_("Name")), _plain(change.get("old")), _plain(change.get("new"))
    field = field_of(form, name) if form is not None else None
    if name in SYSTEM:
        return say(SYSTEM[name]), _system(name, change.get("old")), _system(name, change.get("new"))
    if form is None or field is None or field.is_subtable:
        title = field.title if field is not None else say(FIELDS[name]) if name in FIELDS else name
        return title, _plain(change.get("old")), _plain(change.get("new"))
    return field.title, _value(field, change, "old"), _value(field, change, "new")


def _value(field: Field, change: Mapping[str, Any], side: str) -> str:
    value = change.get(side)
    return "" if value is None else shown(field, value, change.get(f"{side}_title"), reader()).text


def _role(value: Any, titles: Mapping[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return [titles.get(str(each), each) for each in value]
    return titles.get(value, value) if isinstance(value, str) else value


def _system(name: str, value: Any) -> str:
    return "" if value is None else state_title(str(value), locale()) if name == "$state" else str(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return say(_("Yes")) if value else say(_("No"))
    if isinstance(value, Mapping):
        return " · ".join(_plain(each) for each in value.values() if each not in (None, ""))[:300]
    if isinstance(value, list | tuple):
        return formats.between(locale()).join(_plain(each) for each in value)[:300]
    return "" if value is None else str(value)[:300]


def _days(given: Mapping[str, str]) -> tuple[dict[str, date], list[str]]:
    """The days as they are typed in any form, and what was wrong with those that are none."""
    kind, found, wrong = installation().types["date"], dict[str, date](), list[str]()
    for name, title in (("since", say("From day")), ("until", say("To day"))):
        field = Field(id=name, name=name, title=title, type="date", schema={})
        try:
            day = kind.read(kind.read_local([given[name]], field, here()), field)
        except Unreadable as error:
            said = sentence(Problem(error.code, params=error.params), locale())
            wrong.append(formats.said_of(title, said, locale()))
        else:
            found |= {name: day} if day is not None else {}
    return found, wrong
