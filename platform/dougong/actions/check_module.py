"""Checks definitions without a tenant: a module folder with the modules it requires, one form, or any JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..definition.link import further
from ..definition.load import load_module, survey_form, survey_module
from ..definition.model import Form, Module
from ..definition.read import parse
from ..fields.registry import field_types
from ..fields.type import FieldType
from ..kernel.problems import Problem
from .module_source import Source, bundled, module_folder_of, read_source
from .reports import has_errors

#: What a file by itself cannot be blamed for: names that only the tenant's other forms could explain.
_ELSEWHERE = frozenset(
    {
        "unknown_form",
        "unknown_module",
        "unknown_total",
        "unknown_role",
        "unknown_field",
        "group",
        "rows",
        "missing_module",
    }
)


def check_path(path: Path) -> list[Problem]:
    """Every problem of what lies at the path; a pointer is into the file as given. Raises NotFound, TooLarge."""
    types = field_types()
    source = read_source(path)
    if source.kind == "folder":
        return _folder(source, types)
    home = module_folder_of(path)
    if home is not None:
        name = f"{path.parent.name}/{path.name}"
        problems = _folder(read_source(home), types)
        return [each for each in problems if each.file == name]
    return _file(source, types)


def _folder(source: Source, types: Mapping[str, FieldType]) -> list[Problem]:
    module, problems = survey_module(source.files, types, name=source.module)
    needed, missing = _required(module, source.path.resolve().parent, types)
    if missing:
        return [*problems, *missing]
    return [*problems, *further([*needed.values(), module], types, problems)]


def _required(module: Module, beside: Path, types: Mapping[str, FieldType]) -> tuple[dict[str, Module], list[Problem]]:
    """The modules it requires, from the folder beside it or from those that come with the program."""
    found: dict[str, Module] = {}
    problems: list[Problem] = []
    waiting = list(module.requires)
    while waiting:
        name = waiting.pop()
        if name in found or name == module.name:
            continue
        folder = beside / name if (beside / name / "module.json").is_file() else bundled(name)
        loaded = load_module(read_source(folder).files, types, name=name)[0] if folder is not None else None
        if loaded is None:
            problems.append(Problem("missing_module", "/requires", {"module": name}, file="module.json"))
            continue
        found[name] = loaded
        waiting += loaded.requires
    return found, problems


def _file(source: Source, types: Mapping[str, FieldType]) -> list[Problem]:
    problems: list[Problem] = []
    data = parse(source.files[source.path.name], problems)
    if has_errors(problems):
        return problems
    form, found = survey_form(data, types, module=source.module or "check", name=source.form or _unnamed(data))
    problems += found
    if form is None:
        return problems
    linked = further([_alone(form)], types, problems)
    outside = {each.ref for each in _every(form) if each.ref and each.ref != form.full_name}
    for each in linked:
        blameless = outside or each.code in ("unknown_form", "unknown_module", "unknown_total", "unknown_role")
        if each.code in _ELSEWHERE and each.level == "error" and blameless:
            problems.append(Problem(each.code, each.pointer, each.params, each.message, "warning", each.file))
        else:
            problems.append(each)
    return problems


def _unnamed(data: Any) -> str | None:
    """A form by itself may leave its name to the file it will be put in."""
    return "form" if isinstance(data, dict) and "name" not in data else None


def _alone(form: Form) -> Module:
    return Module(form.module, form.title, forms=(form,))


def _every(form: Form) -> list:
    return [each for fields in (form.fields, *(sub.fields for sub in form.subtables)) for each in fields]
