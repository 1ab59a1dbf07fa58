"""Field levels: hidden, masked, read, edit. On a row a field has the best level of the policies that match the row.

For reading count the policies that grant view or edit, for a write those that grant the write itself, so that a right to
create is no right to change later. Where policies differ and match by rows, their conditions are selected as flags beside
the row: one statement, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, FromClause, false, or_, select, true

from ..definition.model import Field, FieldLevel, Policy
from ..storage.model import Model
from ..storage.transaction import Transaction
from .policies import granting
from .rows import matching

ORDER: tuple[FieldLevel, ...] = ("hidden", "masked", "read", "edit")


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels on one row: the best of `layers`, each an explicit level by name and the level of all other names."""

    layers: tuple[tuple[Mapping[str, FieldLevel], FieldLevel], ...]
    _known: dict[str, FieldLevel] = field(default_factory=dict, compare=False, repr=False)

    def level(self, name: str) -> FieldLevel:
        """The level of a field; of a column of a subtable by "lines.price", which else has the subtable's level."""
        if name not in self._known:
            best = max((ORDER.index(_of(layer, name)) for layer in self.layers), default=0)
            self._known[name] = ORDER[best]
        return self._known[name]

    def readable(self, name: str) -> bool:
        return ORDER.index(self.level(name)) >= ORDER.index("read")

    def editable(self, name: str) -> bool:
        return self.level(name) == "edit"


EVERYTHING = Levels((({}, "edit"),))


@dataclass(frozen=True, slots=True)
class FieldAccess:
    """`always` are the layers of every row, `sometimes` those of rows matching the condition at the same index of
    `flags`; `view` the layers of every policy that grants view, of which a query needs all."""

    always: tuple[tuple[Mapping[str, FieldLevel], FieldLevel], ...]
    sometimes: tuple[tuple[Mapping[str, FieldLevel], FieldLevel], ...] = ()
    flags: tuple[ColumnElement[bool], ...] = ()
    view: tuple[tuple[Mapping[str, FieldLevel], FieldLevel], ...] = ()
    _rows: dict[tuple[bool, ...], Levels] = field(default_factory=dict, compare=False, repr=False)

    def on_row(self, flags: Sequence[object] = ()) -> Levels:
        """The levels on a row, by the values that its flags had in the SELECT."""
        held = tuple(map(bool, flags))
        if held not in self._rows:
            more = tuple(layer for layer, flag in zip(self.sometimes, held, strict=True) if flag)
            self._rows[held] = Levels(self.always + more)
        return self._rows[held]

    def level(self, name: str) -> FieldLevel:
        """The best level the field has on any row."""
        return Levels(self.always + self.sometimes).level(name)

    def queryable(self, name: str) -> bool:
        """Whether the actor may filter, sort and group by the field: every view policy must let it be read."""
        return bool(self.view) and all(Levels((layer,)).readable(name) for layer in self.view)

    def readable_where(self, name: str) -> ColumnElement[bool]:
        """The condition under which the field may be read."""
        if Levels(self.always).readable(name):
            return true()
        held = [flag for layer, flag in zip(self.sometimes, self.flags, strict=True) if Levels((layer,)).readable(name)]
        return or_(*held) if held else false()


def fields(
    tx: Transaction, model: Model, form: str, action: str = "view", table: FromClause | None = None
) -> FieldAccess:
    """The actor's access to the form's fields for an action, over the main table or an alias of it."""
    if tx.actor.is_admin:
        return FieldAccess(EVERYTHING.layers, view=EVERYTHING.layers)
    definition = model.definitions.form(form)
    main = model.table(form).main if table is None else table
    speaking = _speaking(tx, model, form, action)
    always = tuple(_layer(each) for each in speaking if each.rows == "all")
    uniform = len({_key(_layer(each)) for each in speaking}) <= 1
    if uniform:
        always = tuple(_layer(each) for each in speaking[:1])
    rest = [] if uniform else [each for each in speaking if each.rows != "all"]
    return FieldAccess(
        always,
        tuple(_layer(each) for each in rest),
        tuple(matching(tx, model, definition, each, main) for each in rest),
        tuple(_layer(each) for each in granting(tx.actor, definition, "view")),
    )


def levels_of(tx: Transaction, model: Model, form: str, action: str, ids: Iterable[str]) -> dict[str, Levels]:
    """The levels on rows that stand in the database, for a write that must ask row by row."""
    access = fields(tx, model, form, action)
    wanted = list(ids)
    if not access.flags:
        return {each: access.on_row() for each in wanted}
    main = model.table(form).main
    flagged = select(main.c.id, *(flag.label(f"flag{n}") for n, flag in enumerate(access.flags)))
    return {row[0]: access.on_row(row[1:]) for row in tx.conn.execute(flagged.where(main.c.id.in_(wanted)))}


def names_of(fields: Iterable[Field]) -> list[str]:
    """Every name a level can be asked for: fields, and "lines.price" for the columns of subtables."""
    return [name for each in fields for name in (each.name, *(f"{each.name}.{column.name}" for column in each.fields))]


def _speaking(tx: Transaction, model: Model, form: str, action: str) -> tuple[Policy, ...]:
    definition = model.definitions.form(form)
    wanted = granting(tx.actor, definition, action)
    if action != "view":
        return wanted
    return wanted + tuple(each for each in granting(tx.actor, definition, "edit") if each not in wanted)


def _layer(policy: Policy) -> tuple[Mapping[str, FieldLevel], FieldLevel]:
    unlisted: FieldLevel = "edit" if policy.actions & {"edit", "create"} else "read"
    return policy.fields, policy.fields.get("*", unlisted)


def _key(layer: tuple[Mapping[str, FieldLevel], FieldLevel]) -> tuple[frozenset[tuple[str, str]], str]:
    return frozenset(layer[0].items()), layer[1]


def _of(layer: tuple[Mapping[str, FieldLevel], FieldLevel], name: str) -> FieldLevel:
    """A name not listed takes the level of what it lies in: a subtable, or a group of fields."""
    explicit, unlisted = layer
    while name not in explicit:
        if "." not in name:
            return unlisted
        name = name.rpartition(".")[0]
    return explicit[name]
