"""A record of another form, or of this one (x-ref); with x-ref-tree the form is a tree over it."""

from __future__ import annotations

from typing import Any, ClassVar

from ..definition.model import Field
from ..formula.types import Kind, Type
from ._ids import _Id


class Reference(_Id):
    """JSON: the record's id. A tree's own parent reference is one too; cycles are refused by the record store."""

    name = "reference"
    widget = "picker"
    operators: ClassVar[tuple[str, ...]] = ("=", "<>", "in", "under", "is null", "is not null")

    def formula_type(self, field: Field) -> Type:
        return Type(Kind.RECORD, form=field.ref)

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "string", "x-ref": "base.sample"}
