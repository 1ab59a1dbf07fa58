"""Takes out of a module what the checker refuses of a translation. One rule: the least part that stands at the place of a
problem goes, and is told; a field itself never does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..kernel.problems import Problem, parts
from .losses import Losses

#: What may be taken out of a property, with what it was in the DocType and what is so without it.
_REMOVABLE = {
    "x-visible": ("depends_on", "shown"),
    "x-required": ("mandatory_depends_on", "optional"),
    "x-readonly": ("read_only_depends_on", "open"),
    "x-default": ("default", "no_default"),
    "default": ("default", "no_default"),
    "x-ref-where": ("link_filters", "all_rows"),
    "x-unique": ("unique", "not_unique"),
    "x-number": ("autoname", "own_numbers"),
    "x-lookup": ("fetch_from", "typed_in"),
    "when": ("depends_on", "shown"),
    "x-index": ("search_index", "left_out"),
}
_LISTS = {"unique": "autoname", "views": "sort_field", "policies": "permissions"}

Plain = Mapping[tuple[str, str], dict[str, Any]]


def mend(
    files: Mapping[str, Any], problems: Iterable[Problem], plain: Plain, owners: Mapping[str, str], losses: Losses
) -> bool:
    """Take out what the errors are about; whether anything was."""
    changed = False
    gone: set[tuple[str, str]] = set()
    errors = [each for each in problems if each.level == "error" and each.file in owners]
    for each in sorted(errors, key=lambda one: (one.file or "", one.pointer), reverse=True):
        place = (each.file or "", each.pointer)
        if place in gone:
            changed = True
            continue
        if _one(files[place[0]], each, plain, owners[place[0]], losses):
            gone.add(place)
            changed = True
    return changed


def _one(content: Any, problem: Problem, plain: Plain, owner: str, losses: Losses) -> bool:
    path = parts(problem.pointer)
    for size in range(len(path), 0, -1):
        holder = _at(content, path[: size - 1])
        key = path[size - 1]
        if isinstance(holder, dict) and key in _REMOVABLE and key in holder:
            return _take(holder, key, path[: size - 1], problem, plain, owner, losses)
        if size == 2 and path[0] in _LISTS and isinstance(holder, list):
            losses.add(owner, "", _LISTS[path[0]], _said(holder.pop(int(key))), "refused", "left_out", problem=problem)
            return True
    return _field(content, path, problem, plain, owner, losses)


def _field(content: Any, path: tuple[str, ...], problem: Problem, plain: Plain, owner: str, losses: Losses) -> bool:
    """A problem of a field as a whole, such as a circle: the first of its formulas goes."""
    holder = _at(content, path)
    if not isinstance(holder, dict):
        return False
    key = next(
        (each for each in ("x-lookup", "x-default", "x-visible", "x-required", "x-readonly") if each in holder), None
    )
    return key is not None and _take(holder, key, path, problem, plain, owner, losses)


def _take(
    holder: dict[str, Any], key: str, path: tuple[str, ...], problem: Problem, plain: Plain, owner: str, losses: Losses
) -> bool:
    what, done = _REMOVABLE[key]
    value = holder[key]
    if key == "x-lookup":
        value = f"{value.get('via')}.{value.get('field')}"
        at = "".join("/" + each.replace("~", "~0").replace("/", "~1") for each in path)
        stands = plain.get((problem.file or "", at))
        if stands is None:
            return False
        holder.clear()
        holder.update(stands)
    else:
        del holder[key]
    name = path[-1] if path and path[0] == "record" else ""
    losses.add(owner, name, what, _said(value), "refused", done, problem=problem)
    return True


def _said(value: Any) -> str:
    return value if isinstance(value, str) else "" if isinstance(value, dict | list) else str(value)


def _at(content: Any, path: tuple[str, ...]) -> Any:
    for each in path:
        if isinstance(content, dict):
            content = content.get(each)
        elif isinstance(content, list) and each.isdecimal() and int(each) < len(content):
            content = content[int(each)]
        else:
            return None
    return content
