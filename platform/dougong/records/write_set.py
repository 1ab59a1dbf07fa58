"""The write set: everything one act will write, by field name, in memory until one flush at the end.

A row is `old` (as it stands in the database, None = not there) and `now` (None = it goes). Rows that are only looked at
are here too, with `old` equal to `now`. One rule: there is one write set in a transaction, and on PostgreSQL it changes
no row that `locks` has not locked: whoever needs another row raises Late, and the act starts again with a larger set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..kernel.errors import Busy
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import rows as table_rows
from .rows import Row, Shape

Kind: TypeAlias = tuple[str, str | None]
"""("module.form", None) for its records, ("module.form", "lines") for the rows of a subtable."""


class Late(Busy):
    """Records that must be locked first, {form: ids}: `locks` starts the act again."""

    def __init__(self, wanted: Mapping[str, Iterable[str]]) -> None:
        super().__init__(retry_after=1)
        self.wanted = {form: frozenset(ids) for form, ids in wanted.items()}


@dataclass(slots=True, eq=False)
class RowChange:
    """One row. `owner` is the record a subtable's row lies in. `written`: somebody's act, not an upkeep of derived
    values. `given`: names whose values were sent, which frozen lookups then leave alone. `pointer`: where the row stands
    in what was sent ("", "/lines/3"); None = it was not sent. `derived`: names of the values `derive` has changed: these
    alone raise no version and leave no audit row. `known`: on a screen, the row as the evaluation before has left it: what
    follows from the same inputs need not be computed anew (settled.py)."""

    form: str
    sub: str | None
    id: str
    old: Row | None
    now: Row | None
    owner: str | None = None
    written: bool = False
    given: set[str] = field(default_factory=set)
    pointer: str | None = None
    derived: set[str] = field(default_factory=set)
    known: Row | None = None

    @property
    def kind(self) -> Kind:
        return self.form, self.sub

    @property
    def is_new(self) -> bool:
        return self.old is None

    @property
    def is_gone(self) -> bool:
        return self.now is None

    def side(self, old: bool) -> Row | None:
        """The row before or after."""
        return self.old if old else self.now

    def changed(self, name: str) -> bool:
        """Whether this value differs from the database's (all do when the row comes or goes)."""
        if self.old is None or self.now is None:
            return self.old is not self.now
        return bool(self.old.get(name) != self.now.get(name))

    def moved(self, name: str) -> bool:
        """Whether what follows from this value has to be computed anew."""
        if self.known is None:
            return self.changed(name)
        return self.now is None or bool(self.known.get(name) != self.now.get(name))

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Every value that differs: {name: (old, new)}."""
        old, now = self.old or {}, self.now or {}
        return {name: (old.get(name), now.get(name)) for name in {**old, **now} if old.get(name) != now.get(name)}

    @property
    def dirty(self) -> bool:
        return self.old != self.now


class WriteSet:
    """Rows by kind and id. Reads through it see what the act has changed so far. `locked` and `wanted` belong to
    `locks`; `memo` is scratch of whoever works on it, `at_flush` is run at the end of the flush."""

    def __init__(self, tx: Transaction, model: Model) -> None:
        self.tx = tx
        self.model = model
        self.rows: dict[Kind, dict[str, RowChange]] = {}
        self.locked: dict[str, set[str]] | None = None
        self.wanted: dict[str, set[str]] = {}
        self._missing: set[tuple[Kind, str]] = set()
        self._whole: set[tuple[Kind, str]] = set()
        self._by_owner: dict[tuple[str, str, str], list[str]] = {}
        self._shapes: dict[Kind, Shape] = {}
        self.memo: dict[Any, Any] = {}
        self.at_flush: list[Callable[[], None]] = []
        self.flushed = False

    # ------------------------------------------------------------------------------------------------ changing

    def insert(self, form: str, values: Row, *, pointer: str | None = "") -> RowChange:
        """A new record; `values` carries its system names, "$id" above all."""
        change = RowChange(form, None, values["$id"], None, values, written=True, pointer=pointer)
        self._keep(change)
        for sub in self.model.form(form).subtables:
            self._whole.add(((form, sub.name), change.id))
        return change

    def insert_row(self, owner: RowChange, sub: str, values: Row, *, pointer: str | None = None) -> RowChange:
        """A new row of a subtable; `values` carries "$id" and "$position"."""
        values["$parent"] = owner.id
        change = RowChange(owner.form, sub, values["$id"], None, values, owner.id, written=True, pointer=pointer)
        self._keep(change)
        return change

    def missing_row(self, owner: RowChange, sub: str, known: Row) -> None:
        """A row that an evaluation before has seen and that nobody has kept since: what was computed of it moves."""
        self._keep(RowChange(owner.form, sub, known["$id"], None, None, owner.id, known=known))

    def remove_row(self, change: RowChange) -> None:
        """Take a subtable's row away."""
        change.now, change.written = None, True

    def touch(self, change: RowChange, *, pointer: str | None = "") -> RowChange:
        """Mark a row as written by the act itself."""
        change.written = True
        if change.pointer is None:
            change.pointer = pointer
        return change

    # ------------------------------------------------------------------------------------------------ reading

    def get(self, form: str, row_id: str | None, sub: str | None = None) -> RowChange | None:
        """One row, read from the database when it is not here yet; None when there is none."""
        return None if row_id is None else self.load(form, (row_id,), sub).get(row_id)

    def load(self, form: str, ids: Iterable[str], sub: str | None = None) -> dict[str, RowChange]:
        """Those of the rows that exist, by id."""
        kind = (form, sub)
        wanted = set(ids)
        here = self.rows.get(kind, {})
        absent = [each for each in wanted if each not in here and (kind, each) not in self._missing]
        if absent:
            found = table_rows.read_ids(self.tx.conn, self.shape(form, sub), absent)
            for row in found:
                self._adopt(kind, row)
            self._missing.update((kind, each) for each in set(absent) - {row["$id"] for row in found})
            here = self.rows.get(kind, {})
        return {each: here[each] for each in wanted if each in here}

    def children(self, form: str, sub: str, owner: str) -> list[RowChange]:
        """All rows of one record's subtable in their order, those that go included."""
        self.load_children(form, sub, (owner,))
        here = self.rows.get((form, sub), {})
        return sorted((here[each] for each in self._by_owner.get((form, sub, owner), ())), key=_order)

    def load_children(self, form: str, sub: str, owners: Iterable[str]) -> None:
        """Read the rows of these records' subtable in one statement for all."""
        kind = (form, sub)
        absent = sorted({each for each in owners if (kind, each) not in self._whole})
        of = self.shape(form, sub)
        for some in table_rows.chunks(absent):
            for row in table_rows.read(self.tx.conn, of, of.columns["$parent"].in_(some)):
                self._adopt(kind, row)
        self._whole.update((kind, each) for each in absent)

    def load_by(self, form: str, sub: str | None, name: str, values: Iterable[str]) -> None:
        """Read every row whose field `name` holds one of these ids (the fan-out of a reference)."""
        of = self.shape(form, sub)
        for some in table_rows.chunks(sorted(set(values))):
            for row in table_rows.read(self.tx.conn, of, of.columns[name].in_(some)):
                self._adopt((form, sub), row)

    def take(self, kind: Kind, rows: Iterable[Row]) -> list[RowChange]:
        """Rows somebody has read, as they stand in the database."""
        found = list(rows)
        for row in found:
            self._adopt(kind, row)
        return [self.rows[kind][row["$id"]] for row in found]

    def of(self, form: str, sub: str | None = None) -> list[RowChange]:
        """The rows of a kind that are here, by id."""
        return [change for _, change in sorted(self.rows.get((form, sub), {}).items())]

    def all(self) -> Iterator[RowChange]:
        """Every row that is here."""
        for some in list(self.rows.values()):
            yield from list(some.values())

    def owner_of(self, change: RowChange) -> RowChange:
        """The record a subtable's row lies in; a record is its own owner."""
        if change.sub is None or change.owner is None:
            return change
        owner = self.get(change.form, change.owner)
        if owner is None:
            raise LookupError(change.owner)
        return owner

    def shape(self, form: str, sub: str | None = None) -> Shape:
        """Table and columns of a kind."""
        kind = (form, sub)
        if kind not in self._shapes:
            self._shapes[kind] = table_rows.shape(self.model.tables[form], sub)
        return self._shapes[kind]

    # ------------------------------------------------------------------------------------------------ locks

    def need(self, form: str, ids: Iterable[str]) -> None:
        """These records will be changed or must not change under us. While looking ahead they are noted; under the
        locks a record that is not locked raises Late. A record that this act creates needs no lock."""
        here = self.rows.get((form, None), {})
        missing = (form, None)
        mine = {each for each in ids if (missing, each) not in self._missing}
        mine = {each for each in mine if each not in here or here[each].old is not None}
        if self.locked is None:
            self.wanted.setdefault(form, set()).update(mine)
        elif late := mine - self.locked.get(form, set()):
            raise Late({form: late})

    def need_row(self, change: RowChange) -> None:
        """As `need`, for the record a row belongs to."""
        self.need(change.form, (change.owner or change.id,))

    # ------------------------------------------------------------------------------------------------ the end

    def flush(self) -> None:
        """Write everything, once: records before their rows, one UPDATE for each set of columns,
        then what others have left in `at_flush` (totals)."""
        if self.flushed:
            raise RuntimeError("a write set is flushed once")
        self.flushed = True
        for kind in sorted(self.rows, key=lambda each: (each[1] is not None, each[0], each[1] or "")):
            self._flush_kind(kind)
        for last in self.at_flush:
            last()

    def _flush_kind(self, kind: Kind) -> None:
        of, conn = self.shape(*kind), self.tx.conn
        dirty = [change for change in self.rows[kind].values() if change.dirty]
        gone = [change.id for change in dirty if change.now is None and change.old is not None]
        table_rows.delete(conn, of, gone)
        table_rows.insert(conn, of, [c.now for c in sorted(dirty, key=_order) if c.old is None and c.now is not None])
        kept = [change for change in dirty if change.old is not None and change.now is not None]
        table_rows.update(conn, of, {c.id: {name: new for name, (_, new) in c.changes().items()} for c in kept})

    def _keep(self, change: RowChange) -> None:
        self.rows.setdefault(change.kind, {})[change.id] = change
        if change.sub is not None and change.owner is not None:
            self._by_owner.setdefault((change.form, change.sub, change.owner), []).append(change.id)

    def _adopt(self, kind: Kind, row: Row) -> None:
        """Take a row of the database in, unless it is here already."""
        if row["$id"] not in self.rows.setdefault(kind, {}):
            self._keep(RowChange(*kind, row["$id"], row, dict(row), row.get("$parent")))


def _order(change: RowChange) -> tuple[int, str]:
    row = change.now or change.old or {}
    return row.get("$position") or 0, change.id
