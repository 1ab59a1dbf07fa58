"""What one field of a DocType becomes among the DocTypes imported with it: its type, schema and target. One rule: nothing is
noted as lost here, only told; a condition may ask about a field as often as it likes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .fieldtypes import DATA_OPTIONS, FIELDTYPES, LINE, UNKNOWN, Mapped, Sense
from .losses import Losses
from .reading import DocField, DocType

PLACES = 10
STARS = 10
MEMBER = "User"
DEPARTMENT = "Department"


@dataclass(slots=True)
class World:
    """The DocTypes of one import by name, the forms they become ("module.form") and what was lost."""

    module: str
    doctypes: Mapping[str, DocType]
    forms: Mapping[str, str]
    losses: Losses = field(default_factory=Losses)

    def form(self, doctype: str) -> str | None:
        """The form that links to a DocType point at; None where there is none, or it is rows or settings."""
        found = self.doctypes.get(doctype)
        if found is None or found.flag("istable") or found.flag("issingle"):
            return None
        return self.forms.get(doctype)


@dataclass(frozen=True, slots=True)
class Note:
    """Something lost, not yet told."""

    what: str
    value: str
    why: str
    done: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A field in our language. `target`: the DocType a reference points at, `child`: that of rows, `choices` of a choice."""

    type: str
    sense: Sense
    schema: Mapping[str, Any]
    notes: tuple[Note, ...] = ()
    target: str | None = None
    child: DocType | None = None
    choices: tuple[str, ...] = ()
    factor: int = 1


def resolve(world: World, field: DocField, *, in_rows: bool = False) -> Resolved | None:
    """What the field becomes; None = nothing holds its value, and `lost_field` says why."""
    mapped = FIELDTYPES.get(field.type, UNKNOWN)
    if not mapped.type or field.flag("is_virtual"):
        return None
    special = _SPECIAL.get(field.type)
    if special is not None:
        found = special(world, field, mapped)
        return None if found is not None and in_rows and found.type == "subtable" else found
    return _plain(field, mapped)


def lost_field(world: World, field: DocField, *, in_rows: bool = False) -> Note:
    """Why `resolve` gave nothing."""
    if field.flag("is_virtual"):
        return Note("is_virtual", "1", "virtual", "left_out")
    if field.type in ("Table", "Table MultiSelect"):
        if in_rows:
            return Note("options", field.options, "nested_table", "left_out")
        return Note("options", field.options, "child_missing", "left_out", {"doctype": field.options})
    return Note("fieldtype", field.type, "no_value", "left_out")


def _plain(field: DocField, mapped: Mapped) -> Resolved:
    if field.type == "Data" and field.options:
        mapped = DATA_OPTIONS.get(field.options.strip(), mapped)
    schema = dict(mapped.schema)
    notes = [] if not mapped.why else [Note("fieldtype", field.type, mapped.why, mapped.done, {"type": field.type})]
    if mapped.type == "text" and field.number("length"):
        schema["maxLength"] = min(field.number("length"), 10_000)
    if mapped.type in ("decimal", "money"):
        mapped = _figures(field, mapped, schema, notes)
    if mapped.sense == "number" and field.flag("non_negative") and mapped.type != "duration":
        schema["minimum"] = 0
    if field.type == "Rating" and field.options.isdecimal():
        schema["x-options"] = {"max": min(max(int(field.options), 1), STARS)}
    return Resolved(mapped.type, mapped.sense, schema, tuple(notes), factor=mapped.factor)


def _figures(field: DocField, mapped: Mapped, schema: dict[str, Any], notes: list[Note]) -> Mapped:
    """Decimal places; more than two make an amount a plain number."""
    if field.type == "Currency" and field.options:
        notes.append(Note("options", field.options, "currency", "left_out"))
    if not field.text("precision"):
        return mapped
    places = field.number("precision")
    if places > PLACES:
        notes.append(Note("precision", str(places), "scale", "fewer_places", {"most": PLACES}))
    if mapped.type == "money" and places <= 2:
        return mapped
    schema.pop("x-type", None)
    schema["x-scale"] = min(places, PLACES)
    return replace(mapped, type="decimal")


def _select(world: World, field: DocField, mapped: Mapped) -> Resolved:
    words = tuple(dict.fromkeys(each.strip() for each in field.options.split("\n") if each.strip()))
    if not words or any(len(each) > 200 for each in words):
        note = Note("options", field.options, "options_missing", "as_text")
        return Resolved("text", "text", {"type": "string", "maxLength": LINE}, (note,))
    return Resolved("choice", "text", {"type": "string", "enum": list(words)}, choices=words)


def _link(world: World, field: DocField, mapped: Mapped) -> Resolved:
    target = field.options.strip()
    form = world.form(target)
    if form is not None:
        return Resolved("reference", "thing", {**mapped.schema, "x-ref": form}, target=target)
    if target == MEMBER:
        return Resolved("member", "thing", {**mapped.schema, "x-type": "member"}, target=target)
    if target == DEPARTMENT:
        note = Note("options", target, "department", "converted")
        return Resolved("department", "thing", {**mapped.schema, "x-type": "department"}, (note,), target=target)
    why = "single" if target in world.doctypes else "not_imported"
    note = Note("options", target, why, "as_text", {"doctype": target})
    return Resolved("text", "text", {"type": "string", "maxLength": LINE}, (note,))


def _table(world: World, field: DocField, mapped: Mapped) -> Resolved | None:
    child = world.doctypes.get(field.options.strip())
    if child is None or not child.flag("istable"):
        return None
    return Resolved("subtable", "rows", mapped.schema, child=child)


def _several(world: World, field: DocField, mapped: Mapped) -> Resolved | None:
    """Several of something: references, where the child table is nothing but a link to an imported DocType."""
    child = world.doctypes.get(field.options.strip())
    if child is None or not child.flag("istable"):
        note = Note("options", field.options, "child_missing", "as_tags", {"doctype": field.options})
        return Resolved("tags", "many", {"type": "array", "items": {"type": "string"}}, (note,))
    valued = [each for each in child.fields if (found := FIELDTYPES.get(each.type)) is None or found.type]
    links = [each for each in valued if each.type == "Link"]
    form = world.form(links[0].options.strip()) if len(valued) == 1 and links else None
    if form is None:
        note = Note("fieldtype", field.type, "own_table", "as_rows", {"doctype": child.name})
        return Resolved("subtable", "rows", {"type": "array"}, (note,), child=child)
    return Resolved("multi_reference", "many", {**mapped.schema, "x-ref": form}, target=links[0].options.strip())


_SPECIAL = {"Select": _select, "Link": _link, "Table": _table, "Table MultiSelect": _several}
