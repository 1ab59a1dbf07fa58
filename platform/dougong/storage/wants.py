"""What a form's definition asks of the database, field by field. One rule: a field is asked for by its x-id within its
form or subtable; names are only labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..definition.columns import ColumnSpec
from ..definition.graph import Graph
from ..definition.model import Field, Form
from .model import Types
from .standing import SUBTABLE, Key, rule_text
from .tables import FieldColumn, fill_kind


@dataclass(frozen=True, slots=True)
class Want:
    """`sub` is the subtable's field (None = the record itself); `spec` None = the field is a subtable itself."""

    form: str
    sub: Field | None
    field: Field
    spec: ColumnSpec | None

    @property
    def key(self) -> Key:
        return self.form, self.sub_id, self.field.id

    @property
    def sub_id(self) -> str:
        return "" if self.sub is None else self.sub.id

    @property
    def sub_name(self) -> str | None:
        return None if self.sub is None else self.sub.name

    @property
    def label(self) -> str:
        """How a plan names the field: "price", "lines.price"."""
        return self.field.name if self.sub is None else f"{self.sub.name}.{self.field.name}"

    @property
    def kind(self) -> str:
        return SUBTABLE if self.spec is None else self.spec.kind

    @property
    def rule(self) -> str | None:
        return rule_text(self.field)

    @property
    def place(self) -> tuple[str, str | None, str]:
        return self.form, self.sub_name, self.field.name

    def column(self, name: str) -> FieldColumn:
        """The column of that name for this field."""
        if self.spec is None:
            raise TypeError(f"{self.label} is a subtable")
        return FieldColumn(self.sub_name, self.field.name, name, self.spec, *fill_kind(self.field))


def wants_of(form: Form, graph: Graph, types: Types) -> Iterator[Want]:
    """Every kept field of the form, each subtable before its own fields."""
    yield from _fields(form, None, graph, types)
    for sub in form.subtables:
        yield Want(form.full_name, None, sub, None)
        yield from _fields(form, sub, graph, types)


def _fields(form: Form, sub: Field | None, graph: Graph, types: Types) -> Iterator[Want]:
    for each in graph.kept_fields(form.full_name, None if sub is None else sub.name):
        spec = types[each.value_type].column(each)
        if spec is not None:
            yield Want(form.full_name, sub, each, spec)
