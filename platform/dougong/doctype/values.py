"""Names in a condition → values: fields of the record or its rows, and what every document of Frappe has beside its fields.
One rule: a name that leads nowhere is refused, for in JavaScript it would silently be nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ..formula.ast import Call, Chain, In, Items, Literal, Name, Node
from .expressions import Unreadable
from .fieldtypes import Sense
from .known import ZERO, Known, length_of, literal
from .naming import ID, key_of
from .reading import DocType
from .resolve import World, resolve

UNSAVED = ("__islocal", "__unsaved", "is_new")
_STATES = ((0, ("draft", "in_approval", "rejected", "withdrawn")), (1, ("approved", "closed")), (2, ("voided",)))
_SYSTEM: dict[str, tuple[str, Sense, str | None]] = {
    "owner": ("$owner", "thing", "User"),
    "modified_by": ("$updated_by", "thing", "User"),
    "creation": ("$created_at", "moment", None),
    "modified": ("$updated_at", "moment", None),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a condition stands: a record of `doctype`, or, with `outer`, the rows that DocType has of it. `number`: the
    field that is Frappe's `name`."""

    world: World
    doctype: DocType
    outer: DocType | None = None
    number: tuple[str, Sense] | None = None

    @property
    def owner(self) -> DocType:
        return self.outer or self.doctype


def path_value(scene: Scene, parts: tuple[str, ...]) -> Known:
    """`doc.x`, `parent.x`, `doc.rows.length`. Raises Unreadable `name`, `environment`."""
    if parts[:2] == ("cur_frm", "doc") and scene.outer is None:
        parts = ("doc", *parts[2:])
    whole = ".".join(parts)
    if parts[0] not in ("doc", "parent") or len(parts) < 2:
        raise Unreadable("environment" if len(parts) > 1 else "name", whole)
    if len(parts) == 3 and parts[2] == "length":
        return length_of(path_value(scene, parts[:2]))
    if len(parts) > 2 or (parts[0] == "parent" and scene.outer is None):
        raise Unreadable("name", whole)
    here = scene.owner if parts[0] == "parent" else scene.doctype
    inside = scene.outer is not None and parts[0] == "doc"
    found = here.find(parts[1])
    resolved = resolve(scene.world, found, in_rows=inside) if found is not None else None
    before = ("parent",) if parts[0] == "parent" else ()
    if resolved is None:
        return _system(scene, here, parts[1], inside, before)
    node: Node = Name((*before, parts[1]))
    if resolved.sense == "number":
        node = Call("nz", (node, ZERO))
        if resolved.factor != 1:
            node = Chain("*", node, (("*", Literal(Decimal(resolved.factor))),))
    return Known(node, resolved.sense, target=resolved.target)


def key_value(scene: Scene, known: Known) -> Known:
    """What a reference's record is called, where that is a line of text of the form it points at. Raises Unreadable."""
    target = scene.world.doctypes.get(known.target or "")
    if target is None or scene.world.form(target.name) is None or not isinstance(known.node, Name):
        raise Unreadable("record_name", known.target or "")
    fields = {each.name: found for each in target.fields if (found := resolve(scene.world, each)) is not None}
    key = key_of(target, fields)
    if key is None or (key != ID and fields[key].sense != "text"):
        raise Unreadable("record_name", target.name)
    return Known(Name((*known.node.path, key)), "text")


def _system(scene: Scene, here: DocType, name: str, inside: bool, before: tuple[str, ...]) -> Known:
    """What every document of Frappe has."""
    if name in UNSAVED:
        return Known(Literal(False), "flag", literal=True, unsaved=True)
    if name == "docstatus":
        return Known(Name(("$state",)), "text", docstatus=True)
    if name == "doctype" or (name == "parenttype" and inside):
        return literal(here.name if name == "doctype" else scene.owner.name)
    if name == "name" and scene.number is not None and not before:
        return Known(Name((scene.number[0],)), scene.number[1])
    if inside or name not in _SYSTEM:
        raise Unreadable("name", name)
    ours, sense, target = _SYSTEM[name]
    return Known(Name((*before, ours)), sense, target=target)


def states(scene: Scene, operator: str, status: int | None) -> Node:
    """A comparison of `docstatus` as states; what is never submitted is always 0."""
    if status is None:
        raise Unreadable("kinds", "docstatus")
    tests: dict[str, Callable[[int], bool]] = {
        "==": lambda each: each == status, "!=": lambda each: each != status, "<": lambda each: each < status,
        ">": lambda each: each > status, "<=": lambda each: each <= status, ">=": lambda each: each >= status,
    }  # fmt: skip
    if not scene.owner.flag("is_submittable"):
        return Literal(tests[operator](0))
    kept = [state for number, names in _STATES if tests[operator](number) for state in names]
    if len(kept) in (0, sum(len(names) for _, names in _STATES)):
        return Literal(bool(kept))
    return In(Name(("$state",)), Items(tuple(Literal(each) for each in kept)))
