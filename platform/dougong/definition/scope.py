"""What a name means where a formula stands: in a record, in a row of a subtable, in a row that a lookup looks at, or inside
an aggregate. Names of fields may be written part by part ("address.city"); a Ref's path is made of whole field names.

Anchors: "self" is the row the formula speaks of; "parent" what encloses it: the record that owns the row, or, inside an
aggregate, the row or record whose formula it is; "holder" the row or record that holds a lookup. A path below "parent" or
"holder" is sought in that row first and then in the record that owns it."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from ..formula.check import Ref, Scope, TotalShape
from ..formula.types import Kind, Type
from .asked import Forms, Held

Path: TypeAlias = "tuple[str, ...]"
ROWS = Type(Kind.ROWS)


class _Enclosing(Protocol):
    """What an aggregate's rows see around them."""

    def resolve(self, path: Path) -> Ref | None: ...


class FormScope:
    """A record of `form`, a row of its subtable `sub`, or, with `holder`, a row looked at from there."""

    def __init__(self, definitions: Forms, form: str, sub: str | None, holder: Held | None) -> None:
        self._all = definitions
        self._form = form
        self._sub = sub
        self._holder = holder

    def resolve(self, path: Path) -> Ref | None:
        """The value a path means; None = unknown."""
        if len(path) > 1 and path[0] in ("record", "parent"):
            found = self._explicit(path[0], path[1:])
            if found is not None or self._sub is not None or self._holder is not None:
                return found
        return self._named(self._form, self._sub, path, "self")

    def _named(self, form: str, sub: str | None, path: Path, anchor: str) -> Ref | None:
        """A row's field, else its record's."""
        found = self._all.walk(form, sub, path)
        if found is not None:
            return _ref(anchor, *found)
        if sub is None:
            return None
        found = self._all.walk(form, None, path)
        return _ref("parent" if anchor == "self" else anchor, *found) if found is not None else None

    def _explicit(self, word: str, path: Path) -> Ref | None:
        """`record.x` and `parent.x`."""
        if self._holder is not None:
            return self._held(word, path)
        if self._sub is not None:
            found = self._all.walk(self._form, None, path)
            return _ref("parent", *found) if found is not None else None
        return self._named(self._form, None, path, "self") if word == "record" else None

    def _held(self, word: str, path: Path) -> Ref | None:
        form, sub = self._holder or (self._form, None)
        if word == "record":
            return self._named(form, sub, path, "holder")
        if sub is None or self._all.walk(form, sub, path) is not None:
            return None
        found = self._all.walk(form, None, path)
        return _ref("holder", *found) if found is not None else None

    def rows(self, path: Path) -> tuple[Ref, Scope] | None:
        """A subtable of the record, of its owner, or of a record that references lead to."""
        if len(path) > 1 and path[0] in ("record", "parent"):
            base = self._rows_of(path[0])
            found = self._subtable(base[0], base[1], path[1:], base[2]) if base else None
            if found is not None:
                return found
        own = self._subtable(self._form, self._sub, path, "self")
        if own is None and self._sub is not None:
            own = self._subtable(self._form, None, path, "parent")
        return own

    def _rows_of(self, word: str) -> tuple[str, str | None, str] | None:
        if self._holder is not None:
            form, sub = self._holder
            return (form, None, "holder") if sub is not None or word == "record" else None
        if self._sub is not None:
            return self._form, None, "parent"
        return (self._form, None, "self") if word == "record" else None

    def _subtable(self, form: str, sub: str | None, path: Path, anchor: str) -> tuple[Ref, Scope] | None:
        for size in range(1, len(path) + 1):
            names, name = path[:-size], ".".join(path[-size:])
            found = self._all.walk(form, sub, names) if names else ((), Type(Kind.RECORD, form=form))
            if found is None or (not names and sub is not None):
                continue
            hops, kind = found
            target = self._all.forms.get(kind.form) if kind.kind is Kind.RECORD and kind.form else None
            if target is not None and target.subtable(name) is not None:
                inside = RowScope(self._all, target.full_name, name, self)
                return _ref(anchor, (*hops, name), ROWS), inside
        return None

    def total(self, name: str) -> TotalShape | None:
        """The shape of a total of any form."""
        return self._all.total_shape(name)

    def group(self, path: Path) -> bool:
        """Whether a path leads to a record that has members."""
        found = self.resolve(path)
        return found is not None and found.type.kind is Kind.RECORD and self._all.is_group(found.type.form)


class RowScope:
    """A row inside an aggregate: its own fields first, then all that the formula around it sees, as "parent"."""

    def __init__(self, definitions: Forms, form: str, sub: str, around: _Enclosing) -> None:
        self._all = definitions
        self._form = form
        self._sub = sub
        self._around = around

    def resolve(self, path: Path) -> Ref | None:
        """The row's field, else what the path means around it."""
        found = self._all.walk(self._form, self._sub, path)
        if found is not None:
            return _ref("self", *found)
        outer = self._around.resolve(path)
        if outer is None or outer.anchor == "holder":
            return outer
        return _ref("parent", outer.path, outer.type)

    def rows(self, path: Path) -> None:
        """Aggregates are not nested."""

    def total(self, name: str) -> TotalShape | None:
        """The shape of a total of any form."""
        return self._all.total_shape(name)

    def group(self, path: Path) -> bool:
        """Whether a path leads to a record that has members."""
        found = self.resolve(path)
        return found is not None and found.type.kind is Kind.RECORD and self._all.is_group(found.type.form)


def _ref(anchor: str, path: Path, kind: Type) -> Ref:
    return Ref("self" if anchor == "self" else "parent" if anchor == "parent" else "holder", path, kind)
