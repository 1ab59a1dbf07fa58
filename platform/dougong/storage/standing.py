"""What physically stands in a tenant: forms, columns, derived tables and indexes, live and retired, as recorded by the
publishes that made them. One rule: a publish compares with this, never with the database's catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.types import TypeEngine

from ..definition.columns import ColumnSpec
from ..definition.model import Expr, Field
from . import own
from .tables import main_name, sub_name
from .types import column_type

SUBTABLE = "subtable"
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """One recorded column (or subtable: `kind` "subtable", `column` its slug). `settings` is what is needed to read its
    values again when the definition has moved on, `source` the column its values were converted from."""

    form: str
    sub: str
    column: str
    field: str
    kind: str
    precision: int
    scale: int
    type: str
    name: str
    settings: Mapping[str, Any]
    state: str
    since: int
    until: int | None
    source: str | None

    @property
    def key(self) -> Key:
        return self.form, self.sub, self.field

    @property
    def spec(self) -> ColumnSpec:
        return ColumnSpec(self.kind, self.precision, self.scale)  # type: ignore[arg-type]

    @property
    def column_type(self) -> TypeEngine[Any]:
        return column_type(self.spec)

    @property
    def rule(self) -> str | None:
        """The text that derives the value; None = an input."""
        return self.settings.get("rule")

    def as_field(self) -> Field:
        """The field as it was when the column was last written, as far as reading its values needs it."""
        return Field(
            self.field,
            self.name,
            str(self.settings.get("title") or self.name),
            self.type,
            self.settings.get("schema") or {},
            ref=self.settings.get("ref"),
            scale=self.settings.get("scale"),
            options=self.settings.get("options") or {},
        )


@dataclass(frozen=True)
class Standing:
    """`forms`: state by name. `retired`: latest first. `taken`: every column name ever given, by (form, sub).
    `building`: columns that are not complete yet."""

    forms: Mapping[str, str]
    live: Mapping[Key, Kept]
    retired: Mapping[Key, tuple[Kept, ...]]
    taken: Mapping[tuple[str, str], frozenset[str]]
    derived: Mapping[str, Any]
    indexes: Mapping[str, Any]
    building: frozenset[Key] = frozenset()

    @classmethod
    def read(cls, conn: Connection) -> Standing:
        """What is recorded now."""
        forms = {row.form: row.state for row in conn.execute(select(own.form))}
        found = [Kept(**row._asdict()) for row in conn.execute(select(own.field_column))]
        retired: dict[Key, list[Kept]] = {}
        taken: dict[tuple[str, str], set[str]] = {}
        for each in sorted(found, key=lambda kept: -(kept.until or 0)):
            taken.setdefault((each.form, each.sub), set()).add(each.column)
            if each.state == "retired":
                retired.setdefault(each.key, []).append(each)
        return cls(
            forms,
            {each.key: each for each in found if each.state == "live"},
            {key: tuple(each) for key, each in retired.items()},
            {key: frozenset(each) for key, each in taken.items()},
            {row.name: row for row in conn.execute(select(own.derived_table))},
            {row.name: row for row in conn.execute(select(own.index))},
            frozenset((row.form, row.sub, row.field) for row in conn.execute(select(own.building))),
        )

    def between(self, old: Kept, earlier: Kept | None) -> tuple[Kept, ...]:
        """The lives by which values went from the column `earlier` to `old`, both left out; () when they did not."""
        known = {each.column: each for each in self.retired.get(old.key, ())}
        way: list[Kept] = []
        at = known.get(old.source) if old.source else None
        while earlier is not None and at is not None and at not in way:
            if at.column == earlier.column:
                return tuple(reversed(way))
            way.append(at)
            at = known.get(at.source) if at.source else None
        return ()

    def table(self, form: str, sub: str) -> str:
        """The physical name of a form's table or of a subtable's, by its x-id."""
        main = main_name(form)
        if not sub:
            return main
        known = self.live.get((form, "", sub)) or self.retired[form, "", sub][0]
        return sub_name(main, known.column)


def settings_of(field: Field) -> dict[str, Any]:
    """What `Kept.as_field` and the comparison with a later definition need."""
    return {
        "title": field.title,
        "schema": dict(field.schema),
        "ref": field.ref,
        "scale": field.scale,
        "options": dict(field.options),
        "required": field.required,
        "rule": rule_text(field),
    }


def rule_text(field: Field) -> str | None:
    """What derives the field's value, as one text; None for inputs, frozen lookups and numbers."""
    if field.formula is not None:
        return field.formula.text
    if field.rollup is not None:
        parts = field.rollup.source, field.rollup.via, field.rollup.fn, field.rollup.field, _text(field.rollup.where)
        by = () if field.rollup.by is None else (field.rollup.by,)
        return "rollup " + " | ".join(str(each) for each in (*parts, *by))
    if field.lookup is not None and field.lookup.freeze is None:
        parts_ = field.lookup.via, field.lookup.source, field.lookup.field, _text(field.lookup.where), field.lookup.sort
        return "lookup " + " | ".join(str(each) for each in parts_)
    return None


def _text(expr: Expr | None) -> str | None:
    return None if expr is None else expr.text
