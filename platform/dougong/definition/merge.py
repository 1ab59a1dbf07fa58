"""Joins what modules add to other modules' forms (`extends/`) into those forms. One rule: an extension adds and never
replaces, so whatever already has the name or the id refuses it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..kernel.problems import Problem
from .model import Cell, Check, Extension, Field, Form, Module, Section
from .parts import default_moments, unique_fields
from .record import FIELD_LIMIT


@dataclass(frozen=True, slots=True)
class Merged:
    """`forms` with extensions applied and layouts spread out to single fields."""

    forms: tuple[Form, ...]
    problems: tuple[Problem, ...]


def merge(modules: Sequence[Module]) -> Merged:
    """Every form of the modules, extended."""
    forms = {form.full_name: form for module in modules for form in module.forms}
    problems: list[Problem] = []
    for module in modules:
        for extension in module.extends:
            target = forms.get(extension.form)
            if target is None:
                problems.append(Problem("unknown_form", "", {"form": extension.form}, file=extension.file))
                continue
            if target.module not in (module.name, *module.requires):
                params = {"module": target.module, "form": extension.form}
                problems.append(Problem("not_required", "", params, file=extension.file))
            forms[extension.form] = _extended(target, extension, problems)
    return Merged(tuple(_spread(form) for form in forms.values()), tuple(problems))


def _extended(form: Form, extension: Extension, problems: list[Problem]) -> Form:
    fields = _fields(form, extension, problems)
    checks = tuple(_timed(each, form) for each in extension.checks)
    return replace(
        form,
        fields=(*form.fields, *fields),
        groups={**form.groups, **extension.groups},
        schema=_schema(form, extension),
        checks=_joined(form.checks, checks, problems),
        unique=(*form.unique, *unique_fields(fields, form.kind)),
        totals=_joined(form.totals, extension.totals, problems),
        policies=_policies(form, extension),
        views=_joined(form.views, extension.views, problems),
        layout=_joined(form.layout, extension.layout, problems),
    )


def _fields(form: Form, extension: Extension, problems: list[Problem]) -> tuple[Field, ...]:
    names = {each.name for each in form.fields} | set(form.groups)
    ids = {each.id for field in form.fields for each in (field, *field.fields)}
    kept = []
    for each in extension.fields:
        if each.name in names or each.name.split(".")[0] in names:
            problems.append(Problem("duplicate_name", each.pointer, {"name": each.name}, file=each.file))
        elif ids & (mine := {each.id, *(column.id for column in each.fields)}):
            problems.append(Problem("duplicate_id", each.pointer, {"id": (ids & mine).pop()}, file=each.file))
        else:
            kept.append(each)
    if len(form.fields) + len(kept) > FIELD_LIMIT:
        problems.append(Problem("too_many_fields", "/record", {"limit": FIELD_LIMIT}, file=extension.file))
    return tuple(kept)


def _timed(check: Check, form: Form) -> Check:
    return check if check.on else replace(check, on=default_moments(form.kind))


def _schema(form: Form, extension: Extension) -> dict[str, Any]:
    """The oracle of the extended form: both schemas' properties; the extension's definitions keep their places by being
    put below `$defs` under the extension's file."""
    if not extension.schema:
        return dict(form.schema)
    added = extension.schema
    schema = {**form.schema, "properties": {**form.schema.get("properties", {}), **added.get("properties", {})}}
    schema["required"] = [*form.schema.get("required", ()), *added.get("required", ())]
    for key in ("$defs", "definitions"):
        if key in added:
            schema[key] = {**form.schema.get(key, {}), **added[key]}
    return schema


def _joined(own: tuple[Any, ...], added: Iterable[Any], problems: list[Problem]) -> tuple[Any, ...]:
    """Two lists of items with ids; a doubled id, or name, is refused."""
    ids = {each.id for each in own}
    names = {each.name for each in own if hasattr(each, "name")}
    kept = list(own)
    for each in added:
        if each.id in ids or getattr(each, "name", None) in names:
            problems.append(Problem("duplicate_id", each.pointer, {"id": each.id}, file=each.file))
        else:
            kept.append(each)
    return tuple(kept)


def _policies(form: Form, extension: Extension) -> tuple[Any, ...]:
    """Policies add up; two alike from two files are no mistake, but their ids have to differ."""
    ids = {each.id for each in form.policies}
    made = []
    for each in extension.policies:
        free = each.id
        while free in ids:
            free += "_2"
        ids.add(free)
        made.append(replace(each, id=free))
    return (*form.policies, *made)


def _spread(form: Form) -> Form:
    """A group named in a layout stands for its fields."""
    if not any(cell.field in form.groups for section in form.layout for cell in section.cells):
        return form
    return replace(form, layout=tuple(_spread_section(form, each) for each in form.layout))


def _spread_section(form: Form, section: Section) -> Section:
    cells: list[Cell] = []
    for cell in section.cells:
        inside = [each.name for each in form.fields if each.name.startswith(cell.field + ".")]
        if cell.field in form.groups and form.find(cell.field) is None:
            cells.extend(Cell(name, cell.span, cell.break_before and name == inside[0]) for name in inside)
        else:
            cells.append(cell)
    return replace(section, cells=tuple(cells))
