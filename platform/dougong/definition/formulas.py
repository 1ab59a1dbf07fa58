"""Every formula of a form with where it stands: whose names it may use and what it has to give. One rule: a place of the
language that takes a formula is listed here once, for checking, renaming and documentation alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..formula.types import Kind
from .asked import Held
from .flow import formulas as flow_formulas
from .inference import lookup_start, rows_source
from .linked import Definitions
from .model import Expr, Field, Form

_LOOSE = (Kind.JSON, Kind.ROWS, Kind.NULL, Kind.RECORD, Kind.MEMBER, Kind.DEPARTMENT)
"""Kinds a default may also be of by its text or a list."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A formula and its place. `keyword` is the word it stands under; `expect` the kind it has to give; `queryable`: it is
    asked of the database; `steady`: what it feeds is kept, so it may not change without a write."""

    expr: Expr
    keyword: str
    form: str
    sub: str | None = None
    holder: Held | None = None
    expect: Kind | None = None
    queryable: bool = False
    steady: bool = False


def standing(definitions: Definitions, form: Form) -> Iterator[Standing]:
    """All formulas of a form."""
    for field in form.fields:
        yield from _of_field(definitions, form, None, field)
        for column in field.fields:
            yield from _of_field(definitions, form, field.name, column)
    yield from _of_rules(form)
    yield from _of_screens(form)


def _of_field(definitions: Definitions, form: Form, sub: str | None, field: Field) -> Iterator[Standing]:
    name = form.full_name
    if field.formula is not None:
        expect = _kind(definitions, field) if field.result is not None else None
        yield Standing(field.formula, "x-formula", name, sub, expect=expect)
    for expr, keyword in (
        (field.visible, "x-visible"),
        (field.required_when, "x-required"),
        (field.readonly, "x-readonly"),
    ):
        if expr is not None:
            yield Standing(expr, keyword, name, sub, expect=Kind.BOOLEAN)
    if field.default is not None:
        expect = _kind(definitions, field)
        yield Standing(field.default, "x-default", name, sub, expect=None if expect in _LOOSE else expect)
    yield from _of_sources(definitions, form, sub, field)


def _of_sources(definitions: Definitions, form: Form, sub: str | None, field: Field) -> Iterator[Standing]:
    """Formulas about rows of other forms."""
    held = (form.full_name, sub)
    if field.ref_where is not None and field.ref is not None and field.ref in definitions.forms:
        yield Standing(field.ref_where, "x-ref-where", field.ref, None, held, Kind.BOOLEAN, True)
    if field.lookup is not None and field.lookup.where is not None and field.lookup.source in definitions.forms:
        start, _, _ = lookup_start(definitions, form.full_name, sub, field.lookup)
        yield Standing(field.lookup.where, "x-lookup", start, None, held, Kind.BOOLEAN, True)
    yield from _of_rows(definitions, form, field)
    if field.rollup is not None and field.rollup.where is not None:
        source, _, last = field.rollup.source.rpartition(".")
        if field.rollup.source in definitions.forms:
            yield Standing(field.rollup.where, "x-rollup", field.rollup.source, None, None, Kind.BOOLEAN)
        elif source in definitions.forms:
            yield Standing(field.rollup.where, "x-rollup", source, last, None, Kind.BOOLEAN)


def _of_rows(definitions: Definitions, form: Form, field: Field) -> Iterator[Standing]:
    """Formulas of x-rows: they stand in a row of the record that the reference names."""
    rule = field.rows_from
    found = rows_source(definitions, form, rule) if rule is not None else None
    if rule is None or found is None or found[0].ref is None:
        return
    place, held = (found[0].ref, found[1].name), (form.full_name, None)
    if rule.where is not None:
        yield Standing(rule.where, "x-rows", *place, held, Kind.BOOLEAN)
    columns = {each.name: each for each in field.fields}
    for name, expr in rule.values.items():
        expect = _kind(definitions, columns[name]) if name in columns else None
        yield Standing(expr, "x-rows", *place, held, None if expect in _LOOSE else expect)


def _kind(definitions: Definitions, field: Field) -> Kind | None:
    found = definitions.type_of(field)
    return None if found is None or found.kind in (Kind.JSON, Kind.ROWS) else found.kind


def _of_rules(form: Form) -> Iterator[Standing]:
    name = form.full_name
    for check in form.checks:
        yield Standing(check.rule, "checks", name, check.each, expect=Kind.BOOLEAN)
        if isinstance(check.level, Expr):
            yield Standing(check.level, "checks", name, check.each, expect=Kind.TEXT)
    for unique in form.unique:
        if unique.where is not None:
            sub = next((each.name for each in form.subtables if _names(unique.fields, each.name)), None)
            yield Standing(unique.where, "unique", name, sub, expect=Kind.BOOLEAN, queryable=True, steady=True)
    for total in form.totals:
        for expr in total.key.values():
            yield Standing(expr, "totals", name, total.each)
        for fn, value in total.values.values():
            if value is not None:
                yield Standing(value, "totals", name, total.each, expect=None if fn == "count" else Kind.NUMBER)
        if total.where is not None:
            yield Standing(total.where, "totals", name, total.each, expect=Kind.BOOLEAN)
    for effect in form.effects:
        if effect.where is not None:
            yield Standing(effect.where, "effects", name, effect.each, expect=Kind.BOOLEAN)
        for expr in effect.values.values():
            yield Standing(expr, "effects", name, effect.each)
    for policy in form.policies:
        if isinstance(policy.rows, Expr):
            yield Standing(policy.rows, "policies", name, expect=Kind.BOOLEAN, queryable=True)


def _names(fields: tuple[str, ...], sub: str) -> bool:
    return any(each.startswith(sub + ".") for each in fields)


def _of_screens(form: Form) -> Iterator[Standing]:
    for section in form.layout:
        if section.when is not None:
            yield Standing(section.when, "layout", form.full_name, expect=Kind.BOOLEAN)
    for view in form.views:
        if view.filter is not None:
            yield Standing(view.filter, "views", form.full_name, expect=Kind.BOOLEAN, queryable=True)
    if form.flow is not None:
        for expr, _ in flow_formulas(form.flow, form.file):
            yield Standing(expr, "flow", form.full_name, expect=Kind.BOOLEAN)
