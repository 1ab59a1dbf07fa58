"""All that a record's values alone can be blamed for: required, the types' own keywords, and what else its JSON Schema says.

`compile_form` is called once per definition; the Validator is shared by threads. One rule: every problem is found at once,
each with the JSON Pointer of the value as the sender nests it (`/lines/3/hours`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..definition.model import Field, Form
from ..kernel.problems import Problem, pointer
from .nesting import follow, path_of, place
from .residual import Residual
from .type import FieldType, Rule

#: Types whose limits people read otherwise than they are kept.
SHOWN_AS = frozenset({"percent", "money"})
#: What a draft is asked already; it may be incomplete, and its figures may still be out of bounds.
DRAFT_CODES = frozenset({"type", "format", "length", "pattern", "enum", "scale", "out_of_range", "unique"})


@dataclass(frozen=True, slots=True)
class _Column:
    """One field compiled: where it lies, what is asked of it, and the optional groups it is required in only if used."""

    field: Field
    path: tuple[str, ...]
    at: str
    kind: FieldType
    rules: tuple[Rule, ...]
    required: bool
    optional_groups: tuple[tuple[str, ...], ...]
    rows: tuple[_Column, ...] = ()

    def problems(self, value: Any) -> Iterator[Problem]:
        for rule in self.rules:
            for problem in rule(value):
                yield self._shown(problem.at(self.at))

    def _shown(self, problem: Problem) -> Problem:
        """A limit of a share or an amount is told as the field shows it: the problem says as what."""
        if problem.code != "range" or self.field.value_type not in SHOWN_AS:
            return problem
        return replace(problem, params={**problem.params, "shown_as": self.field.value_type})


class Validator:
    """Judges canonical values of one form's records."""

    def __init__(self, form: Form, types: Mapping[str, FieldType]) -> None:
        self.form = form
        self._columns = tuple(_column(each, form, form.schema, types) for each in form.fields)
        self._residual = Residual(form, types)

    def problems(
        self,
        values: Mapping[str, Any],
        *,
        draft: bool = False,
        exempt: Collection[str] = (),
        rest: Mapping[str, Any] | None = None,
    ) -> list[Problem]:
        """Everything wrong with a record. `values`: canonical by field name; a subtable's rows are mappings, or have them
        as `.values`. `draft`: only what a draft is asked. `exempt`: pointers that do not apply now (not visible), so
        that nothing is required there. `rest`: undeclared keys of a form that keeps them."""
        found = list(_judged(self._columns, values))
        if self._residual:
            found += self._residual.problems({**(rest or {}), **_document(self._columns, values)})
        if draft:
            found = [each for each in found if each.code in DRAFT_CODES and "min_items" not in each.params]
        return _once(each for each in found if each.code != "required" or each.pointer not in exempt)

    def document(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The record as JSON nests it, without nulls and row ids."""
        return _document(self._columns, values)


def compile_form(form: Form, types: Mapping[str, FieldType]) -> Validator:
    """The validator of a form; keep it with the definition."""
    return Validator(form, types)


def missing(field: Field, at: str) -> Problem:
    """What a required place is told that is blank: a subtable wants a row."""
    return Problem("required", at, {"reason": "rows", "table": field.title} if field.is_subtable else {})


def _column(field: Field, form: Form, holder: Any, types: Mapping[str, FieldType]) -> _Column:
    kind = types[field.type if field.is_subtable else field.value_type]
    path = path_of(field.name, form.groups)
    items = field.schema.get("items", {})
    return _Column(
        field=field,
        path=path,
        at=pointer(*path),
        kind=kind,
        rules=tuple(kind.rules(field)),
        required=field.required and not field.computed,
        optional_groups=_optional(path, holder, form.schema),
        rows=tuple(_column(each, form, items, types) for each in field.fields),
    )


def _optional(path: tuple[str, ...], holder: Any, root: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """The groups around a field that may be absent as a whole."""
    found, schema = [], follow(holder, root)
    for depth, name in enumerate(path[:-1], 1):
        if name not in schema.get("required", ()):
            found.append(path[:depth])
        schema = follow(schema.get("properties", {}).get(name), root)
    return tuple(found)


def _judged(columns: Sequence[_Column], values: Mapping[str, Any]) -> Iterator[Problem]:
    used = {column.path[:end] for column in columns if not _blank(values.get(column.field.name))
            for end in range(1, len(column.path))}  # fmt: skip
    for column in columns:
        value = values.get(column.field.name)
        if not _blank(value):
            yield from column.problems(value)
        elif column.required and all(group in used for group in column.optional_groups):
            yield missing(column.field, column.at)
        yield from _judged_rows(column, value or ())


def _judged_rows(column: _Column, rows: Iterable[Any]) -> Iterator[Problem]:
    if column.field.is_subtable:
        for index, row in enumerate(rows):
            yield from (each.at(column.at + pointer(index)) for each in _judged(column.rows, _row(row)))


def _blank(value: Any) -> bool:
    return value is None or value == () or (isinstance(value, list) and not value)


def _row(row: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = row if isinstance(row, Mapping) else row.values
    return found


def _document(columns: Sequence[_Column], values: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for column in columns:
        value = values.get(column.field.name)
        if _blank(value):
            continue
        if column.field.is_subtable:
            place(made, column.path, [_document(column.rows, _row(row)) for row in value or ()])
        else:
            place(made, column.path, column.kind.write(value, column.field))
    return made


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """One problem of a kind at a place: the residual may say again what a type has said."""
    found: dict[tuple[str, str], Problem] = {}
    for each in problems:
        found.setdefault((each.code, each.pointer), each)
    return list(found.values())
