"""What a formula sees of a row in the write set: the row as it is now, or as it was before the act.

One rule: everything is read through the write set, so a formula sees what the act has changed so far, and on the old side
nothing of it. Values that are computed at read are computed here, on either side."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ..definition.names import is_system
from ..definition.reads import Slot
from ..formula.to_python import Env
from ..formula.types import Context, Value
from . import totals
from .fitting import fit
from .moment import context_of
from .plan import Plan, plan_of
from .write_set import RowChange, WriteSet


class RowEnv:
    """The names of one row. `old`: as it stands in the database, else as it will stand; `before`: the row itself as it
    will stand, everything beyond it as it stood. `holder`: the row that holds a lookup by query, when this is a row it
    looks at; `outer`: the row whose formula this row's aggregate stands in."""

    __slots__ = ("before", "change", "context", "holder", "old", "outer", "plan", "ws")

    def __init__(
        self,
        ws: WriteSet,
        change: RowChange,
        *,
        old: bool = False,
        before: bool = False,
        holder: RowEnv | None = None,
        outer: RowEnv | None = None,
    ) -> None:
        self.ws = ws
        self.change = change
        self.old = old
        self.before = before or old
        self.holder = holder
        self.outer = outer
        self.plan: Plan = plan_of(ws.model)
        self.context: Context = context_of(ws.tx)

    def get(self, anchor: str, path: tuple[str, ...]) -> Value:
        """The value a name stands for; null where a reference on the way is."""
        if anchor == "holder" and self.holder is not None:
            return self.holder.held(path)
        if anchor == "parent" and self.outer is not None:
            return self.outer.held(path)
        return self._follow(self._base(anchor), path)

    def held(self, path: tuple[str, ...]) -> Value:
        """A name seen by an aggregate's rows or by a lookup: of this row, else of the record that owns it."""
        here = self.change
        if here.sub is not None and (is_system(path[0]) or self.plan.first(here.form, here.sub, path) is None):
            here = self.ws.owner_of(here)
        return self._follow(here, path)

    def rows(self, anchor: str, path: tuple[str, ...]) -> Iterable[Env]:
        """The rows of a subtable: of the row's own record, or of one that a reference leads to."""
        base = self._rows_base(anchor, path)
        *hops, sub = _parts(self, base, path)
        for each in hops:
            base = self._target(base, each)
        if base is None or base.side(self.old) is None:
            return []
        old = self._side(base)
        rows = [each for each in self.ws.children(base.form, sub, base.id) if each.side(old) is not None]
        return [RowEnv(self.ws, each, old=old, before=self.before, holder=self.holder, outer=self) for each in rows]

    def total(self, name: str, keys: tuple[Value, ...], value: str) -> Value:
        """A value of a total's row, with what this act adds to it."""
        return totals.value(self.ws, name, keys, value, old=self.before)

    def beside(self, change: RowChange) -> RowEnv:
        """The names of another row, seen at the same moment."""
        return RowEnv(self.ws, change, old=self.before)

    # ------------------------------------------------------------------------------------------------ following names

    def _base(self, anchor: str) -> RowChange | None:
        if anchor != "parent":
            return self.change
        return self.outer.change if self.outer is not None else self.ws.owner_of(self.change)

    def _rows_base(self, anchor: str, path: tuple[str, ...]) -> RowChange | None:
        """The row a path to rows begins at: a row's own reference, else its record."""
        if anchor == "holder" and self.holder is not None:
            return self.holder.change
        here = self._base(anchor)
        if here is None or here.sub is None or self.plan.first(here.form, here.sub, path) is not None:
            return here
        return self.ws.owner_of(here)

    def _side(self, change: RowChange) -> bool:
        """Which side of a row is seen: `before` shows other records as they stood."""
        own = self.change if self.outer is None else self.outer.change
        mine = change is self.change or self.ws.owner_of(change) is self.ws.owner_of(own)
        return self.old if mine else self.before

    def _follow(self, change: RowChange | None, path: tuple[str, ...]) -> Value:
        while change is not None:
            row = change.side(self._side(change) if self.before != self.old else self.old)
            if row is None:
                return None
            if is_system(path[0]):
                return plain(row.get(path[0]))
            found = self.plan.first(change.form, change.sub, path)
            if found is None:
                return None
            field, size = found
            value = self._value(change, row, field.name)
            path = path[size:]
            if not path or value is None or field.ref is None:
                return value if not path else None
            change = self.ws.get(field.ref, value)
        return None

    def _value(self, change: RowChange, row: dict[str, Any], name: str) -> Value:
        slot = Slot(change.form, change.sub, name)
        run = self.plan.computed.get(slot)
        if run is None:
            return plain(row.get(name))
        env = self if change is self.change and self.outer is None else RowEnv(self.ws, change, old=self._side(change))
        return fit(run(env), self.plan.types[slot])

    def _target(self, base: RowChange | None, reference: str) -> RowChange | None:
        row = base.side(self._side(base)) if base is not None else None
        if base is None or row is None:
            return None
        field = self.plan.fields[base.form, base.sub][reference]
        return self.ws.get(field.ref, row.get(reference)) if field.ref is not None else None


def _parts(env: RowEnv, base: RowChange | None, path: tuple[str, ...]) -> tuple[str, ...]:
    """A path to rows as names of fields: references, then the subtable."""
    names: list[str] = []
    form, sub, rest = base.form if base is not None else "", base.sub if base is not None else None, path
    while rest:
        found = env.plan.first(form, sub, rest)
        if found is None:
            return (*names, ".".join(rest))
        field, size = found
        names.append(field.name)
        form, sub, rest = field.ref or form, None, rest[size:]
    return tuple(names)


def plain(value: Any) -> Value:
    """A value as formulas know it: every number is a Decimal."""
    return Decimal(value) if type(value) is int else value
