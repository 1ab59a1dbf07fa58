"""The definition language as frozen dataclasses: what LANGUAGE says a module, form and field may state, normalised.

Everything here has been loaded from JSON (load.py), so defaults are filled in, names are checked and every list item has
an id. Formulas are kept as text with their place; they are parsed and typed against a whole tenant by `Definitions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["master", "document", "log", "settings"]
Moment = Literal["save", "submit", "approve", "void"]
Event = Literal["submitted", "approved", "rejected", "voided"]
Action = Literal["view", "create", "edit", "delete", "submit", "void", "import", "export", "print", "comment", "design"]
FieldLevel = Literal["hidden", "masked", "read", "edit"]


@dataclass(frozen=True, slots=True)
class Expr:
    """A formula where it stands: its text and the JSON Pointer of that text in its file. Two are equal when their texts
    are: a formula that only moved has not changed."""

    text: str
    pointer: str = field(default="", compare=False)
    file: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Lookup:
    """x-lookup. By reference: `via` a reference field and `field` a path on its target. By query: `source` a form, `where`
    and `sort` over its rows (first wins; `record.x` is the holder, `parent.x` its owner) and `field`. `freeze`: copied at
    create or submit and an input from then on; None = live."""

    field: str
    via: str | None = None
    source: str | None = None
    where: Expr | None = None
    sort: tuple[str, ...] = ()
    freeze: Literal["create", "submit"] | None = None


@dataclass(frozen=True, slots=True)
class Rollup:
    """x-rollup. `source` is "module.form" or "module.form.subtable", `via` its reference back to this form. `by` is the date
    that the running functions go by, None for the others."""

    source: str
    via: str
    fn: Literal["sum", "count", "min", "max", "avg", "lowest_running", "lowest_running_day"]
    field: str | None = None
    where: Expr | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class NumberRule:
    """x-number. `scope` None = one sequence per text before {seq}; else one per values of these fields."""

    pattern: str
    scope: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class MembersRule:
    """x-members on a subtable: names of its columns, which make the form a group form."""

    user: str
    role: str | None = None
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class RowsRule:
    """x-rows on a subtable: the rows a new record takes over. `source` is "reference.subtable", the reference one of the
    record's own; `where` and `values` (by column) stand in a row there, `record.x` is the new record. No `values`: the
    columns of the same name."""

    source: str
    where: Expr | None = None
    values: Mapping[str, Expr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form or of a subtable row. `pointer` and `file` say where it was declared.

    `id` is the x-id (stable, unique in the form), `name` the property name; a field inside nested objects has the dotted
    path as its name ("address.city"). `schema` is the property's JSON Schema in 2020-12, its local `$ref`s resolved.
    `type` names a field type of the registry: for a formula, lookup or roll-up that is "formula", "lookup", "rollup" and
    `result` the type of its result (None until linked when it has to be inferred). `fields` are a subtable's columns."""

    id: str
    name: str
    title: str
    type: str
    schema: Mapping[str, Any]
    pointer: str = field(default="", compare=False)
    required: bool = False
    result: str | None = None
    ref: str | None = None
    ref_where: Expr | None = None
    ref_reason: str | None = None
    ref_tree: bool = False
    formula: Expr | None = None
    lookup: Lookup | None = None
    rollup: Rollup | None = None
    number: NumberRule | None = None
    default: Expr | None = None
    visible: Expr | None = None
    required_when: Expr | None = None
    readonly: Expr | None = None
    unique: bool = False
    mask: str | None = None
    scale: int | None = None
    late: bool = False
    is_date: bool = False
    stored: bool = False
    members: MembersRule | None = None
    rows_from: RowsRule | None = None
    widget: str | None = None
    help: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    index: bool = False
    fields: tuple[Field, ...] = ()
    file: str | None = field(default=None, compare=False)

    @property
    def computed(self) -> bool:
        """Never an input: a formula, roll-up, live lookup or number of the platform's own."""
        frozen = self.lookup is not None and self.lookup.freeze is not None
        return self.type in ("formula", "rollup", "auto_number") or (self.type == "lookup" and not frozen)

    @property
    def value_type(self) -> str:
        """The field type that stores, shows and compares the value: `result` for computed fields, else `type`."""
        return self.result or self.type

    @property
    def drawn(self) -> bool:
        """Whether pages show it at all; `x-widget: "hidden"` is for figures that only serve others."""
        return self.widget != "hidden"

    @property
    def is_subtable(self) -> bool:
        return self.type == "subtable"


@dataclass(frozen=True, slots=True)
class Check:
    """`each` names a subtable (the rule then speaks of a row), `level` may be a formula giving none, warn or block, `at`
    the field the problem is shown at."""

    id: str
    rule: Expr
    message: str
    at: str | None = None
    each: str | None = None
    on: tuple[Moment, ...] = ("save",)
    level: Literal["block", "warn"] | Expr = "block"
    pointer: str = field(default="", compare=False)
    file: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unique:
    """`fields` may name one subtable's columns ("lines.worker") beside the record's own. A field's `x-unique` is one of
    these too, with the id "x-unique:" + the field's."""

    id: str
    fields: tuple[str, ...]
    where: Expr | None = None
    message: str | None = None
    pointer: str = field(default="", compare=False)
    file: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Total:
    """A keyed summary. `values` maps a name to (fn, formula of the row or None for count())."""

    id: str
    name: str
    key: Mapping[str, Expr]
    values: Mapping[str, tuple[Literal["sum", "count", "avg"], Expr | None]]
    each: str | None = None
    where: Expr | None = None
    pointer: str = field(default="", compare=False)
    file: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Effect:
    id: str
    on: Event
    do: Literal["post", "set", "create"]
    form: str
    values: Mapping[str, Expr]
    each: str | None = None
    where: Expr | None = None
    pointer: str = field(default="", compare=False)
    file: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """`rows` is one of the words all, department, department_tree, own, taking_part, or a formula."""

    id: str
    roles: tuple[str, ...]
    actions: frozenset[str]
    rows: str | Expr = "all"
    fields: Mapping[str, FieldLevel] = field(default_factory=dict)
    pointer: str = field(default="", compare=False)
    file: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """One field in a layout: its columns' span and whether a new line begins before it."""

    field: str
    span: int = 1
    break_before: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    kind: Literal["section", "tab"]
    columns: int
    cells: tuple[Cell, ...]
    when: Expr | None = None
    pointer: str = field(default="", compare=False)
    file: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class View:
    id: str
    name: str
    title: str
    kind: Literal["list", "tree", "board", "calendar", "gantt"] = "list"
    columns: tuple[str, ...] = ()
    filter: Expr | None = None
    sort: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    totals: Mapping[str, str] = field(default_factory=dict)
    date: Mapping[str, str] = field(default_factory=dict)
    default: bool = False
    roles: tuple[str, ...] = ()
    pointer: str = field(default="", compare=False)
    file: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Print:
    id: str
    name: str
    title: str
    paper: str
    landscape: bool
    blocks: tuple[Mapping[str, Any], ...]
    pointer: str = field(default="", compare=False)
    file: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Form:
    """One record type. `full_name` is "module.form", `fields` in the author's order (nested objects flattened), `groups` the
    titles of nested objects by dotted path (those inside rows too), `additional` the json field that keeps undeclared keys
    (None = they are refused), `schema` the whole record schema in 2020-12 (the oracle), `flow` the checked structure of the
    flow nodes (None = approved when submitted)."""

    module: str
    name: str
    title: str
    kind: Kind
    schema: Mapping[str, Any]
    fields: tuple[Field, ...]
    groups: Mapping[str, str] = field(default_factory=dict)
    additional: str | None = None
    checks: tuple[Check, ...] = ()
    unique: tuple[Unique, ...] = ()
    totals: tuple[Total, ...] = ()
    effects: tuple[Effect, ...] = ()
    policies: tuple[Policy, ...] = ()
    layout: tuple[Section, ...] = ()
    views: tuple[View, ...] = ()
    prints: tuple[Print, ...] = ()
    flow: Mapping[str, Any] | None = None
    help: str | None = None
    file: str | None = field(default=None, compare=False)

    @property
    def full_name(self) -> str:
        return f"{self.module}.{self.name}"

    @property
    def is_document(self) -> bool:
        return self.kind == "document"

    def find(self, name: str) -> Field | None:
        """The record's own field of that name."""
        return next((each for each in self.fields if each.name == name), None)

    def subtable(self, name: str) -> Field | None:
        """The subtable of that name."""
        found = self.find(name)
        return found if found is not None and found.is_subtable else None

    @property
    def subtables(self) -> tuple[Field, ...]:
        return tuple(each for each in self.fields if each.is_subtable)

    @property
    def approved_by_people(self) -> bool:
        """Whether a submit leaves the document in approval: somebody has to act."""
        return _asks_people(self.flow.get("nodes", ())) if self.flow else False


def _asks_people(nodes: Any) -> bool:
    return any(
        node.get("type") in ("approve", "handle")
        or any(_asks_people(branch.get("nodes", ())) for branch in node.get("branches", ()))
        for node in nodes
    )


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class MenuGroup:
    title: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extension:
    """What a module adds to another module's form (extends/): the same parts as the form itself."""

    form: str
    fields: tuple[Field, ...] = ()
    groups: Mapping[str, str] = field(default_factory=dict)
    schema: Mapping[str, Any] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    totals: tuple[Total, ...] = ()
    policies: tuple[Policy, ...] = ()
    views: tuple[View, ...] = ()
    layout: tuple[Section, ...] = ()
    file: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Module:
    """`files` are the module's own files as parsed JSON by relative path: what is stored, exported and loaded again."""

    name: str
    title: str
    version: str = "1"
    requires: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    menu: tuple[str | MenuGroup, ...] = ()
    order: int = 100
    icon: str | None = None
    forms: tuple[Form, ...] = ()
    extends: tuple[Extension, ...] = ()
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    files: Mapping[str, Any] = field(default_factory=dict, compare=False)
