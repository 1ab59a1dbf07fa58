"""What a tenant's modules would be after a publish: those that are enabled, with one replaced or added. One rule: it is
always the whole tenant that is linked and planned, never one module by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from ..definition.definitions import Definitions
from ..definition.link import further, link
from ..definition.load import load_module, survey_module
from ..definition.model import Module
from ..definition.read import parse
from ..kernel.errors import DefinitionError, Malformed
from ..kernel.problems import Problem
from ..storage import versions
from .installation import Installation
from .module_source import Source, bundled, read_source
from .reports import has_errors


@dataclass(frozen=True)
class Proposal:
    """`definitions` None: the problems forbid it."""

    definitions: Definitions | None
    modules: tuple[Module, ...]
    problems: tuple[Problem, ...]


def propose(inst: Installation, conn: Connection, source: Source) -> Proposal:
    """The tenant with the source in it; modules it requires and that are not enabled come along."""
    files = source.files if source.kind == "folder" else _with_form(conn, source)
    return propose_files(inst, conn, files, source.module, source.path.resolve().parent)


def propose_files(
    inst: Installation, conn: Connection, files: Mapping[str, Any], name: str | None, beside: Path | None = None
) -> Proposal:
    """The tenant with these module files in it."""
    module, problems = survey_module(files, inst.types, name=name)
    modules = {each.name: each for each in inst.catalog.modules(conn)} | {module.name: module}
    problems += _add_required(inst, conn, modules, module, beside)
    return _linked(inst, modules.values(), problems)


def propose_without(inst: Installation, conn: Connection, name: str) -> Proposal:
    """The tenant without one of its modules. Raises DefinitionError `required` while another needs it."""
    modules = {each.name: each for each in inst.catalog.modules(conn)}
    needing = sorted(each.name for each in modules.values() if name in each.requires)
    if needing:
        raise DefinitionError([Problem("required_by", "/requires", {"module": name, "by": needing})])
    modules.pop(name, None)
    return _linked(inst, modules.values(), [])


def propose_version(inst: Installation, conn: Connection, number: int) -> Proposal:
    """The tenant as it was in an earlier version. Raises NotFound."""
    modules, problems = [], list[Problem]()
    for name, files in versions.files_at(conn, number).items():
        module, found = load_module(files, inst.types, name=name)
        problems += found
        if module is not None:
            modules.append(module)
    return _linked(inst, modules, problems)


def _linked(inst: Installation, modules: Iterable[Module], problems: list[Problem]) -> Proposal:
    every = tuple(modules)
    if has_errors(problems):
        return Proposal(None, every, (*problems, *further(every, inst.types, problems)))
    definitions, found = link(every, inst.types)
    merged = [*problems, *(each for each in found if each not in problems)]
    return Proposal(None if has_errors(merged) else definitions, every, tuple(merged))


def _add_required(
    inst: Installation, conn: Connection, modules: dict[str, Module], module: Module, beside: Path | None
) -> list[Problem]:
    problems: list[Problem] = []
    waiting = list(module.requires)
    while waiting:
        name = waiting.pop()
        if name in modules:
            continue
        files = _files_of(conn, name, beside)
        loaded, found = load_module(files, inst.types, name=name) if files is not None else (None, [])
        if loaded is None:
            problems += found or [Problem("missing_module", "/requires", {"module": name}, file="module.json")]
            continue
        modules[name] = loaded
        waiting += loaded.requires
    return problems


def _files_of(conn: Connection, name: str, beside: Path | None) -> Mapping[str, Any] | None:
    """A module's files: as installed but not enabled, beside the given one, or as bundled."""
    if any(each.name == name for each in versions.installed(conn)):
        return versions.files_of(conn, name)
    near = beside / name if beside is not None and (beside / name / "module.json").is_file() else bundled(name)
    return read_source(near).files if near is not None else None


def _with_form(conn: Connection, source: Source) -> dict[str, Any]:
    """The files of the module the form is to be in, with that one form replaced or added."""
    if source.module is None or source.form is None:
        raise Malformed("as_missing", path=source.path.name)
    known = {each.name for each in versions.installed(conn)}
    files = dict(versions.files_of(conn, source.module)) if source.module in known else {}
    problems: list[Problem] = []
    data = parse(source.files[source.path.name], problems)
    if has_errors(problems):
        raise DefinitionError(problems)
    if isinstance(data, dict) and "record" in data:
        data = {**data, "name": source.form}
    title = data.get("title") if isinstance(data, dict) else None
    files.setdefault("module.json", {"name": source.module, "title": title or source.module})
    return files | {f"forms/{source.form}.json": data}
