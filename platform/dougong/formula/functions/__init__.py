"""All functions of the language, by family. `FUNCTIONS` is the only list there is."""

from __future__ import annotations

from collections.abc import Mapping

from . import dates, lists, logic, numbers, people, rows, texts
from .function import Function, Param

FUNCTIONS: Mapping[str, Function] = {
    each.name: each for family in (logic, numbers, texts, dates, lists, rows, people) for each in family.FUNCTIONS
}

__all__ = ["FUNCTIONS", "Function", "Param"]
