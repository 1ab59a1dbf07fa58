"""The field types there are: those of this package and those of the entry-point group `dougong.field_types`."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ..kernel.registry import Registry, discover
from .type import FieldType

GROUP = "dougong.field_types"


@cache
def field_types() -> Registry[FieldType]:
    """Every field type by its name; found once, at the first asking."""
    return discover(import_module(__package__), FieldType, GROUP)
