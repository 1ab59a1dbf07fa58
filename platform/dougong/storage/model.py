"""A tenant's live version as the running program holds it: definitions, tables, what is still being built. One rule: it is
immutable; a publish makes another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from ..definition import graph as graphs
from ..definition.columns import INT
from ..definition.graph import Graph
from ..definition.model import Field, Form
from ..fields.type import FieldType
from ..kernel.errors import NotFound
from . import own
from .tables import (
    FieldColumn,
    FormShape,
    FormTables,
    TotalShape,
    build,
    fill_kind,
    key_spec,
    uniques_of,
    value_spec,
)

if TYPE_CHECKING:
    from ..definition.definitions import Definitions

Types = Mapping[str, FieldType]
#: In the memo of a model in a reader's language: the model in the authors' words.
AUTHORED = "authored"
#: (form, subtable's x-id or "", field's x-id) → column
Columns = Mapping[tuple[str, str, str], str]


@dataclass(frozen=True, eq=False)
class Model:
    """`version` 0 = nothing published yet. `building`: (form, subtable's name or None, field's name) whose columns are
    being filled in the background; reads show them as not ready."""

    definitions: Definitions
    tables: Mapping[str, FormTables]
    version: int
    graph: Graph
    types: Types
    building: frozenset[tuple[str, str | None, str]] = frozenset()
    memo: dict[Any, Any] = field(default_factory=dict)

    def form(self, name: str) -> Form:
        """The form "module.form". Raises NotFound."""
        return self.definitions.form(name)

    def table(self, name: str) -> FormTables:
        """The tables of a form. Raises NotFound."""
        try:
            return self.tables[name]
        except KeyError:
            raise NotFound("form", form=name) from None

    def is_building(self, form: str, name: str, sub: str | None = None) -> bool:
        """Whether the field's column is not complete yet."""
        return (form, sub, name) in self.building


def load_model(conn: Connection, definitions: Definitions, types: Types, graph: Graph | None = None) -> Model:
    """The model of what is live: columns and marks are read from the tenant. `definitions` must be those of the live
    version."""
    version = conn.execute(select(own.live.c.version)).scalar_one()
    return make_model(definitions, types, live_columns(conn), version, _building(conn, definitions), graph)


def make_model(
    definitions: Definitions,
    types: Types,
    columns: Columns,
    version: int,
    building: frozenset[tuple[str, str | None, str]] = frozenset(),
    graph: Graph | None = None,
) -> Model:
    """A model from chosen columns."""
    compiled = graph or graphs.compile(definitions)
    shapes = {name: form_shape(definitions, compiled, types, form, columns) for name, form in definitions.forms.items()}
    tables = {name: build(shape) for name, shape in shapes.items()}
    return Model(definitions, tables, version, compiled, types, building)


def form_shape(definitions: Definitions, graph: Graph, types: Types, form: Form, columns: Columns) -> FormShape:
    """What the form's tables look like with these columns."""
    kept: list[FieldColumn] = []
    subtables: list[tuple[str, str]] = []
    for sub in (None, *form.subtables):
        if sub is not None:
            subtables.append((sub.name, columns[form.full_name, "", sub.id].removeprefix("f_")))
        kept.extend(_columns_of(graph, types, form, sub, columns))
    totals = tuple(total_shape(definitions, form, each.name) for each in form.totals)
    uniques = tuple(each.id for each in uniques_of(form))
    return FormShape(form.module, form.name, tuple(subtables), tuple(kept), totals, uniques)


def _columns_of(graph: Graph, types: Types, form: Form, sub: Field | None, columns: Columns) -> list[FieldColumn]:
    found = []
    for each in graph.kept_fields(form.full_name, None if sub is None else sub.name):
        spec = types[each.value_type].column(each)
        if spec is not None:
            column = columns[form.full_name, "" if sub is None else sub.id, each.id]
            found.append(FieldColumn(None if sub is None else sub.name, each.name, column, spec, *fill_kind(each)))
    return found


def total_shape(definitions: Definitions, form: Form, name: str) -> TotalShape:
    """Types of a total's keys and values."""
    total = next(each for each in form.totals if each.name == name)
    keys = tuple(
        (key, key_spec(definitions.checked(expr, form.full_name, total.each).type)) for key, expr in total.key.items()
    )
    values = []
    for value, (fn, expr) in total.values.items():
        spec = value_spec(definitions.checked(expr, form.full_name, total.each).type) if expr is not None else INT
        values.append((value, fn, spec))
    return TotalShape(total.name, keys, tuple(values))


def live_columns(conn: Connection) -> dict[tuple[str, str, str], str]:
    """The columns in use."""
    c = own.field_column.c
    query = select(c.form, c.sub, c.field, c.column).where(c.state == "live")
    return {(row.form, row.sub, row.field): row.column for row in conn.execute(query)}


def _building(conn: Connection, definitions: Definitions) -> frozenset[tuple[str, str | None, str]]:
    marks = set()
    for row in conn.execute(select(own.building.c.form, own.building.c.sub, own.building.c.field)):
        form = definitions.forms.get(row.form)
        if form is None:
            continue
        sub = next((each for each in form.subtables if each.id == row.sub), None) if row.sub else None
        fields = sub.fields if sub is not None else form.fields
        name = next((each.name for each in fields if each.id == row.field), None)
        if name is not None:
            marks.add((row.form, sub.name if sub is not None else None, name))
    return frozenset(marks)
