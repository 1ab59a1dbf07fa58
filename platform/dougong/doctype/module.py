"""DocTypes → the files of a module, and the report of what was lost. One rule: what comes out passes the checker of
definitions; what the checker refuses of a translation is taken out again and told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..definition.kinds import Types
from ..definition.link import further
from ..definition.load import survey_module
from ..kernel.problems import Problem
from .access import roles_of
from .forms import form_of, looks_lost
from .losses import Loss
from .mending import mend
from .names import form_names, plain_title
from .reading import DocType
from .resolve import World

ROUNDS = 20
TITLE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Made:
    """`files` by path inside the module; `problems` are what the checker still says: errors where the import failed."""

    files: Mapping[str, Any]
    losses: tuple[Loss, ...]
    problems: tuple[Problem, ...]


def set_problems(doctypes: Sequence[DocType]) -> list[Problem]:
    """What is wrong with DocTypes taken together: one that comes twice, child tables that hold each other, no form."""
    problems: list[Problem] = []
    seen: dict[str, DocType] = {}
    for each in doctypes:
        if each.name in seen:
            problems.append(Problem("duplicate_name", "/name", {"name": each.name}, file=each.file))
        seen[each.name] = each
    problems += [circle for each in seen.values() if (circle := _circle(each, seen)) is not None]
    if not any(not each.flag("istable") and not each.flag("is_virtual") for each in doctypes):
        problems.append(Problem("no_doctype", "", {}))
    return problems


def _circle(doctype: DocType, known: Mapping[str, DocType]) -> Problem | None:
    """A child table whose rows hold, in the end, tables of itself."""
    waiting, seen = [doctype.name], set[str]()
    while waiting and doctype.flag("istable"):
        here = known.get(waiting.pop())
        if here is None or here.name in seen:
            continue
        seen.add(here.name)
        for field in here.fields:
            if field.type == "Table" and field.options.strip() == doctype.name:
                return Problem("child_cycle", "/fields", {"name": doctype.name, "field": field.name}, file=here.file)
            if field.type == "Table":
                waiting.append(field.options.strip())
    return None


def make_module(doctypes: Iterable[DocType], types: Types, *, name: str, title: str | None = None) -> Made:
    """The module `name` of DocTypes that `set_problems` finds nothing wrong with."""
    ordered = sorted(doctypes, key=lambda each: each.name)
    forms = [each for each in ordered if not each.flag("istable") and not each.flag("is_virtual")]
    names = {doctype: f"{name}.{form}" for doctype, form in form_names(each.name for each in forms).items()}
    world = World(name, {each.name: each for each in ordered if not each.flag("is_virtual")}, names)
    for each in ordered:
        if each.flag("is_virtual"):
            world.losses.add(each.name, "", "is_virtual", "1", "virtual", "not_made")
        elif each.flag("istable"):
            looks_lost(world, each)
    written = {f"forms/{names[each.name].partition('.')[2]}.json": form_of(world, each) for each in forms}
    files: dict[str, Any] = {"module.json": _head(name, title, forms, names)}
    files.update({path: each.content for path, each in written.items()})
    owners = {f"forms/{names[each.name].partition('.')[2]}.json": each.name for each in forms}
    plain = {(path, at): node for path, each in written.items() for at, node in each.plain.items()}
    problems: list[Problem] = []
    for _ in range(ROUNDS):
        problems = check_files(files, types, name)
        if not mend(files, problems, plain, owners, world.losses):
            break
    return Made(files, world.losses.all(), tuple(problems))


def check_files(files: Mapping[str, Any], types: Types, name: str) -> list[Problem]:
    """Everything the checker says of a module's files."""
    module, problems = survey_module(files, types, name=name)
    return [*problems, *further([module], types, problems)]


def _head(name: str, title: str | None, forms: list[DocType], names: Mapping[str, str]) -> dict[str, Any]:
    grouped: dict[str, list[str]] = {}
    for each in forms:
        grouped.setdefault((each.module or name)[:TITLE_LIMIT], []).append(names[each.name].partition(".")[2])
    only = next(iter(grouped)) if len(grouped) == 1 else ""
    menu: list[Any] = (
        grouped[only] if only else [{"title": key, "items": each} for key, each in sorted(grouped.items())]
    )
    head = {
        "name": name,
        "title": (title or only or plain_title(name))[:TITLE_LIMIT],
        "version": "1",
        "roles": roles_of(forms),
        "menu": menu,
    }
    return {key: each for key, each in head.items() if each}
