"""One field of a DocType → one property of a record. One rule: whatever of the field is not said by the property is told as
a loss, here and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from ..definition.wiring import NO_KEY
from ..formula.ast import Chain, Literal, Name, Node
from ..formula.printer import to_text
from .conditions import condition
from .expressions import Unreadable
from .fetching import fetched
from .filters import reference_filter
from .known_keys import APPEARANCE, SILENT, USED
from .names import plain_title
from .reading import DocField
from .resolve import Resolved, World, lost_field, resolve
from .values import Scene

_CONDITIONS = (
    ("depends_on", "x-visible", "shown"),
    ("mandatory_depends_on", "x-required", "optional"),
    ("read_only_depends_on", "x-readonly", "open"),
)
_NOW = {"today": ("date", "datetime"), "now": ("date", "datetime", "time"), "nowdate": ("date",)}
_FORMULAS = {
    ("date", "today"): "today()", ("date", "now"): "today()", ("date", "nowdate"): "today()",
    ("datetime", "now"): "now()", ("datetime", "today"): "datetimeat(today())", ("time", "now"): "timeof(now())",
}  # fmt: skip
_TEMPLATE = re.compile(r"([^{}]*)\{(\w*)\}")
_TAGS = re.compile(r"<[^<>]{0,200}>")


@dataclass(slots=True)
class Made:
    """A property, whether it is required, and what stands for it where its lookup has to go."""

    schema: dict[str, Any]
    required: bool = False
    plain: dict[str, Any] | None = None
    notes: list[str] = field(default_factory=list)


def property_of(scene: Scene, given: DocField) -> Made | None:
    """The property of a field; None = it has none, and that has been told."""
    return _Writer(scene, given).made()


class _Writer:
    def __init__(self, scene: Scene, given: DocField) -> None:
        self.scene = scene
        self.field = given
        self.world: World = scene.world

    def lost(self, what: str, value: object, why: str, done: str, /, **params: Any) -> None:
        self.world.losses.add(self.scene.doctype.name, self.field.name, what, value, why, done, **params)

    def made(self) -> Made | None:
        in_rows = self.scene.outer is not None
        found = resolve(self.world, self.field, in_rows=in_rows)
        if found is None:
            note = lost_field(self.world, self.field, in_rows=in_rows)
            self.lost(note.what, note.value, note.why, note.done, **note.params)
            return None
        for note in found.notes:
            self.lost(note.what, note.value, note.why, note.done, **note.params)
        schema: dict[str, Any] = {**found.schema, "title": self.title()}
        help_ = _plain(self.field.text("description"))
        if help_:
            schema["x-help"] = help_[:1_000]
        made = Made(schema, required=self.field.flag("reqd") and found.type != "boolean")
        self.conditions(made)
        self.limits(made, found)
        self.default(made, found)
        self.flags(made, found)
        self.source(made, found)
        self.told()
        return made

    def title(self) -> str:
        return (self.field.label or plain_title(self.field.name))[:200]

    # ------------------------------------------------------------------------------------------------ conditions

    def conditions(self, made: Made) -> None:
        for key, keyword, done in _CONDITIONS:
            text = self.field.text(key)
            if not text:
                continue
            formula = self.formula(key, text, done)
            if formula is not None:
                made.schema[keyword] = formula

    def formula(self, key: str, text: str, done: str) -> str | bool | None:
        """A condition as a formula, or as what it always is here; None = it could not be said, or says nothing."""
        try:
            told = condition(text, self.scene)
        except Unreadable as wrong:
            self.lost(key, text, wrong.reason, done, piece=wrong.piece)
            return None
        if key == "depends_on" and told.text is not None and self.field.name in told.reads:
            self.lost(key, text, "own_value", done)
            return None
        if told.saved_only:
            self.lost(key, text, "saved_only", "saved_meaning" if told.text is not None else done)
        if told.text is not None:
            return told.text
        ordinary = key == "depends_on"  # visible, not required and open is what a field is without a condition
        return None if told.saved_only or told.always is ordinary else told.always

    # ------------------------------------------------------------------------------------------------ values

    def limits(self, made: Made, found: Resolved) -> None:
        if found.type == "subtable" and made.required:
            made.schema["minItems"] = 1
        if found.type in ("reference", "multi_reference") and self.field.text("link_filters"):
            where = reference_filter(self.scene, found, self.field.text("link_filters"))
            if where is None:
                self.lost("link_filters", self.field.text("link_filters"), "filters", "all_rows")
            else:
                made.schema["x-ref-where"] = where

    def default(self, made: Made, found: Resolved) -> None:
        text = self.field.text("default")
        if found.type == "boolean":
            made.schema["default"] = text.lower() in ("1", "1.0", "true", "yes")
            return
        if not text and found.type == "choice" and self.field.options.split("\n")[0].strip():
            text = found.choices[0]
        if not text:
            return
        value = self.template(text) if found.type == "text" and "{" in text else default_value(text, found)
        if value is None:
            self.lost("default", text, "default", "no_default")
        else:
            made.schema.update(value)

    def template(self, text: str) -> Mapping[str, Any] | None:
        """`{customer} - {date}`: values of the record put together."""
        pieces: list[Node] = []
        for words, name in _TEMPLATE.findall(text + "{}"):
            pieces += [Literal(words)] if words else []
            given = self.scene.doctype.find(name)
            other = resolve(self.world, given, in_rows=self.scene.outer is not None) if given is not None else None
            if name and (other is None or other.sense not in ("text", "number", "moment")):
                return None
            pieces += [Name((name,))] if name else []
        if not pieces:
            return None
        chain = Chain("&", pieces[0], tuple(("&", each) for each in pieces[1:]))
        return {"x-default": to_text(chain if len(pieces) > 1 else pieces[0])}

    def flags(self, made: Made, found: Resolved) -> None:
        given, schema = self.field, made.schema
        if given.flag("unique"):
            if found.type in NO_KEY or found.type == "long_text":
                self.lost("unique", "1", "unique_type", "not_unique", type=found.type)
            else:
                schema["x-unique"] = True
        if given.flag("search_index") and found.type not in NO_KEY and found.type not in ("long_text", "boolean"):
            schema["x-index"] = True
        if given.flag("hidden"):
            schema["x-widget"] = "hidden"
        if given.flag("allow_on_submit") and self.scene.owner.flag("is_submittable"):
            schema["x-late"] = True
        if given.flag("set_only_once"):
            self.lost("set_only_once", "1", "once", "open")

    def source(self, made: Made, found: Resolved) -> None:
        """`fetch_from`, and fields that nobody may fill in."""
        closed = self.field.flag("read_only") or self.field.type == "Read Only"
        path = self.field.text("fetch_from")
        if path:
            looked = fetched(self.scene, found, path)
            if looked is None:
                self.lost("fetch_from", path, "fetch", "typed_in")
                closed = self.field.type != "Read Only" and closed
            elif closed and not made.schema.get("x-unique"):
                self.looked_up(made, looked)
                return
            else:
                made.schema.pop("default", None)
                made.schema["x-default"] = f"{looked[0]}.{looked[1]}"
        if closed and found.type != "subtable":
            self.closed(made)

    def looked_up(self, made: Made, looked: tuple[str, str]) -> None:
        """A value that is always the other record's; a document keeps the one it was handed in with."""
        made.plain = {**{k: v for k, v in made.schema.items() if k not in ("default", "x-default")}, "x-readonly": True}
        rule = {"via": looked[0], "field": looked[1]}
        if self.scene.owner.flag("is_submittable"):
            rule["freeze"] = "submit"
        kept = ("title", "x-help", "x-visible", "x-widget")
        made.schema = {**{key: made.schema[key] for key in kept if key in made.schema}, "x-lookup": rule}
        made.required = False

    def closed(self, made: Made) -> None:
        made.schema["x-readonly"] = True
        self.lost("read_only", "1", "program", "read_only")
        if made.required and not {"default", "x-default"} & made.schema.keys():
            made.required = False
            self.lost("reqd", "1", "program", "optional")
        made.schema.pop("x-required", None)

    # ------------------------------------------------------------------------------------------------ the rest

    def told(self) -> None:
        """What the field says beside all this."""
        for key, value in self.field.given.items():
            if key in USED or key in SILENT or key in APPEARANCE or value in (None, "", 0, "0", False, [], {}):
                continue
            self.lost(key, value if not isinstance(value, list | dict) else "", "property", "left_out")


def default_value(text: str, found: Resolved) -> Mapping[str, Any] | None:
    """`default` as our keyword; None where no literal or formula says it."""
    word = text.lower()
    if (found.type, word) in _FORMULAS:
        return {"x-default": _FORMULAS[found.type, word]}
    if found.type == "member":
        return {"x-default": "me()"} if word in ("__user", "user") else None
    if found.type in ("integer", "decimal", "money", "percent"):
        return _number(text, found)
    if found.type == "choice":
        return {"default": text} if text in found.choices else None
    if found.type in ("text", "long_text", "rich_text", "barcode"):
        return {"default": text} if not text.startswith((":", "__")) else None
    return _moment(text, found.type)


def _number(text: str, found: Resolved) -> Mapping[str, Any] | None:
    try:
        value = Decimal(text) / found.factor
    except InvalidOperation:
        return None
    scale = found.schema.get("x-scale", {"integer": 0, "money": 2}.get(found.type, 6))
    if not value.is_finite() or abs(value) > Decimal(10) ** 12 or value != round(value, scale):
        return None
    whole = value == value.to_integral_value()
    return {"default": int(value) if whole else value}


def _moment(text: str, kind: str) -> Mapping[str, Any] | None:
    readers: Mapping[str, Any] = {"date": date, "datetime": datetime, "time": time}
    if kind not in readers:
        return None
    try:
        value = readers[kind].fromisoformat(text)
    except ValueError:
        return None
    return None if kind == "datetime" else {"default": value.isoformat()}


def _plain(text: str) -> str:
    """A description without its markup."""
    return " ".join(_TAGS.sub(" ", text).split())
