"""Says which computed value no column could keep. One rule: it is asked only after the database has refused, so a write that
fits pays nothing for it."""

from __future__ import annotations

from ..fields.nesting import path_of
from ..kernel.problems import Problem, pointer
from ..storage.types import Dec, Unstorable
from .cases import row_pointer
from .write_set import RowChange, WriteSet


def overflows(ws: WriteSet) -> list[Problem]:
    """The changed values that their columns refuse, each at its place."""
    return [problem for change in ws.all() if change.dirty and change.now for problem in _of(ws, change)]


def _of(ws: WriteSet, change: RowChange) -> list[Problem]:
    found = []
    groups = ws.model.form(change.form).groups
    for name, column in ws.shape(*change.kind).columns.items():
        value = (change.now or {}).get(name)
        if value is None or not isinstance(column.type, Dec):
            continue
        try:
            column.type.exact(value)
        except Unstorable as error:
            at = row_pointer(ws, change) + pointer(*path_of(name, groups))
            found += [Problem(each.code, at, each.params) for each in error.problems]
    return found
