"""Modules → `Definitions`: extensions joined, every name found, every formula checked, result types known, the graph of
derived values without circles. One rule: all problems at once, each in the file and at the place where it can be mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ..kernel.problems import Problem
from . import graph, wiring
from .formulas import Standing, standing
from .inference import INFERRED
from .kinds import Types
from .linked import Definitions
from .merge import merge
from .model import Check, Field, Form, Module, Total, Unique


def link(modules: Iterable[Module], types: Types) -> tuple[Definitions | None, list[Problem]]:
    """All forms of the modules as one tenant sees them, and all problems; None when one of them is an error."""
    modules = sorted(modules, key=lambda each: (each.order, each.name))
    merged = merge(modules)
    problems = [*_modules(modules), *merged.problems]
    rough = Definitions(modules, merged.forms, types)
    forms = [_completed(rough, form) for form in merged.forms]
    definitions = Definitions(modules, forms, types)
    problems += _circles(rough)
    problems += wiring.problems(definitions, modules)
    for form in forms:
        problems += _formulas(definitions, form, rough)
    if not _fails(problems):
        problems += _graph(definitions)
    problems = list(_once(problems))
    return (None if _fails(problems) else definitions), problems


def further(modules: Iterable[Module], types: Types, known: Sequence[Problem]) -> list[Problem]:
    """What linking finds beyond the problems `known` from loading, in modules that may have been read only in part: nothing
    is said again, or about a place that already has its error."""
    told = {(each.file, each.pointer) for each in known if each.level == "error"}
    _, found = link(modules, types)
    return [each for each in found if each not in known and (each.file, each.pointer) not in told]


def _fails(problems: Iterable[Problem]) -> bool:
    return any(each.level == "error" for each in problems)


def _once(problems: Sequence[Problem]) -> Iterator[Problem]:
    seen: list[Problem] = []
    for each in problems:
        if each not in seen:
            seen.append(each)
            yield each


def _modules(modules: Sequence[Module]) -> Iterator[Problem]:
    """Names once, requirements there and without circles."""
    by_name: dict[str, Module] = {}
    for module in modules:
        if module.name in by_name:
            yield Problem("duplicate_name", "/name", {"name": module.name}, file="module.json")
        by_name[module.name] = module
    for module in modules:
        for index, name in enumerate(module.requires):
            params = {"module": name, "by": module.name}
            if name not in by_name:
                yield Problem("unknown_module", f"/requires/{index}", params, file="module.json")
            elif module.name in _below(name, by_name):
                yield Problem("cycle", f"/requires/{index}", params, file="module.json")


def _below(name: str, modules: dict[str, Module]) -> set[str]:
    """A module and everything it requires."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each in modules and each not in found:
            found.add(each)
            waiting.extend(modules[each].requires)
    return found


def _completed(definitions: Definitions, form: Form) -> Form:
    """The form with the result types of its computed fields."""

    def complete(field: Field, sub: str | None) -> Field:
        columns = tuple(complete(each, field.name) for each in field.fields)
        found = definitions.column(form.full_name, sub, field.name) or field
        if found.type in INFERRED and found.result is None:
            found = replace(found, result="text")
        return replace(found, fields=columns) if columns else found

    return replace(form, fields=tuple(complete(each, None) for each in form.fields))


def _circles(definitions: Definitions) -> Iterator[Problem]:
    """Computed fields whose types depend on each other, by the titles a person knows them by."""
    for circle in sorted(definitions.circles, key=str):
        form, sub, name = circle[0]
        titles = [f"{definitions.forms[each[0]].title}.{_title(definitions, *each)}" for each in (*circle, circle[0])]
        field = _declared(definitions, form, sub, name)
        at = field.pointer if field is not None else ""
        file = (field.file if field is not None else None) or definitions.forms[form].file
        yield Problem("formula_cycle", at, {"form": form, "cycle": titles}, file=file)


def _declared(definitions: Definitions, form: str, sub: str | None, name: str) -> Field | None:
    found = definitions.forms[form]
    table = found.subtable(sub) if sub else None
    return next((each for each in (table.fields if table else found.fields) if each.name == name), None)


def _title(definitions: Definitions, form: str, sub: str | None, name: str) -> str:
    field = _declared(definitions, form, sub, name)
    return field.title if field is not None else name


def _formulas(definitions: Definitions, form: Form, rough: Definitions) -> Iterator[Problem]:
    """Every formula of a form, checked against what it has to give. A stated result type is an expectation; an inferred
    one came from the formula itself."""
    inferred = {
        each.formula.pointer
        for field in rough.forms[form.full_name].fields
        for each in (field, *field.fields)
        if each.formula is not None and each.result is None
    }
    for each in standing(definitions, form):
        if each.sub is not None and not _is_subtable(definitions, each):
            continue
        if each.keyword == "x-formula" and each.expr.pointer in inferred:
            each = replace(each, expect=None)
        yield from _formula(definitions, form, each)


def _is_subtable(definitions: Definitions, place: Standing) -> bool:
    form = definitions.forms.get(place.form)
    return form is not None and place.sub is not None and form.subtable(place.sub) is not None


def _formula(definitions: Definitions, form: Form, place: Standing) -> Iterator[Problem]:
    checked, found = definitions.examine(place.expr, place.form, place.sub, holder=place.holder, expect=place.expect)
    file = place.expr.file or form.file
    for each in found:
        yield replace(each, pointer=place.expr.pointer, file=file)
    if checked is None:
        return
    if place.queryable and not checked.queryable:
        yield Problem("not_queryable", place.expr.pointer, {"formula": checked.text}, file=file)
    if place.steady and checked.volatile:
        yield Problem("volatile", place.expr.pointer, {"chain": [checked.text]}, file=file)


def _graph(definitions: Definitions) -> Iterator[Problem]:
    for each in graph.problems(graph.compile(definitions)):
        form = definitions.forms.get(str(each.params.get("form")))
        yield replace(each, file=each.file or (_file_of(form, each.pointer) if form is not None else None))


def _file_of(form: Form, pointer: str) -> str | None:
    """The file in which something of a form stands: an extension's, where it came from there."""
    fields = (each for field in form.fields for each in (field, *field.fields))
    items: tuple[Check | Unique | Total, ...] = (*form.checks, *form.unique, *form.totals)
    return next((each.file for each in (*fields, *items) if each.pointer == pointer and each.file), form.file)
