"""What a field type may ask of a column, in words of no database; storage/types.py turns each into a real type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnKind = Literal["id", "text", "int", "dec", "day", "instant", "time", "json", "bool"]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """`precision` and `scale` count decimal digits of a `dec` (at most 18 and 10)."""

    kind: ColumnKind
    precision: int = 0
    scale: int = 0


ID, TEXT, INT, DAY = ColumnSpec("id"), ColumnSpec("text"), ColumnSpec("int"), ColumnSpec("day")
INSTANT, TIME, JSON, BOOL = ColumnSpec("instant"), ColumnSpec("time"), ColumnSpec("json"), ColumnSpec("bool")


def dec(precision: int, scale: int) -> ColumnSpec:
    """An exact decimal of at most `precision` digits, `scale` of them after the point."""
    return ColumnSpec("dec", precision, scale)
