"""A department of the tenant."""

from __future__ import annotations

from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Type
from ._ids import _Id


class Department(_Id):
    """JSON: the department's id."""

    name = "department"
    widget = "picker"

    def formula_type(self, field: Field) -> Type:
        return formula.DEPARTMENT
