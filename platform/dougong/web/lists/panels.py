"""What stands beside a list to change it: its columns, sorts and groups as they are offered and as a browser sends them
back. One rule: a panel only writes the address; columns alone are kept for the member."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ...formula.printer import name_text
from ...records.sorting import MOST, parse, path_of
from ...records.titles import kind_of
from . import figures
from .asked import FUNCTIONS, quoted
from .kinds import board_fields
from .sight import Sight
from .words import group_title

_BANDS = frozenset({"choice", "boolean", "text", "date", "auto_number"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A column one may have: shown or not, what its total may be and is."""

    name: str
    title: str
    shown: bool
    functions: tuple[str, ...]
    fn: str


@dataclass(frozen=True, slots=True)
class Sort:
    key: str
    down: bool


@dataclass(frozen=True, slots=True)
class Panels:
    """`sorts` are (key, title), `groups` (formula, title) that can be chosen."""

    columns: tuple[Offer, ...] = ()
    sorts: tuple[tuple[str, str], ...] = ()
    sorted_by: tuple[Sort, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    grouped: tuple[str, ...] = ()


def panels(
    seen: Sight, panel: str, shown: Sequence[str], totals: Mapping[str, str], sort: Sequence[str], kind: str
) -> Panels:
    """What the open panel offers."""
    if panel == "columns":
        return Panels(columns=tuple(_columns(seen, shown, totals)))
    if panel == "sort":
        chosen = tuple(Sort(key, down) for key, down in parse(sort))
        return Panels(sorts=tuple(_sorts(seen, [each.key for each in chosen])), sorted_by=chosen)
    if panel != "group":
        return Panels()
    if kind == "board":
        named = ((name_text(tuple(each.name.split("."))), each.title) for each in board_fields(seen))
        return Panels(groups=tuple(named))
    return Panels(groups=tuple(_groups(seen)))


def _columns(seen: Sight, shown: Sequence[str], totals: Mapping[str, str]) -> list[Offer]:
    titles = dict(seen.offered())
    names = [*shown, *(each for each in titles if each not in shown)]
    made = []
    for name in names:
        found = seen.column(name)
        if found is not None:
            may = name in shown and bool(figures.functions(found[0])) and seen.may_total(name, "count")
            fns = figures.functions(found[0]) if may else ()
            made.append(Offer(name, titles.get(name, found[1]), name in shown, fns, totals.get(name, "")))
    return made


def _sorts(seen: Sight, chosen: Sequence[str]) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for name, title in seen.offered():
        if "." not in name or seen.form.find(name) is not None:
            key = seen.sort_key(name)
            if key:
                found.setdefault(key, title)
    for key in chosen:
        column = seen.column(".".join(path_of(key)))
        found.setdefault(key, column[1] if column else key)
    return list(found.items())


def _groups(seen: Sight) -> list[tuple[str, str]]:
    found = []
    for each in seen.form.fields:
        if not each.drawn or not seen.access.queryable(each.name):
            continue
        text = name_text(tuple(each.name.split(".")))
        if each.value_type in _BANDS or (kind_of(each) and each.value_type != "multi_reference"):
            found.append(text)
        if each.value_type in ("date", "datetime"):
            found.append(f"ym({text})")
    found += ["$state", "$owner", "$department"]
    return [(text, group_title(seen, text)) for text in found if seen.may_group(text)]


# ------------------------------------------------------------------------------------------------ what is sent back


def columns_sent(lists: Callable[[str], list[str]], sent: Mapping[str, str]) -> list[str]:
    """Names of the chosen columns in their order, `up` and `down` already pressed."""
    names = list(dict.fromkeys(lists("c")))
    for word, by in (("up", -1), ("down", 1)):
        name = sent.get(word, "")
        if name in names:
            at = names.index(name)
            to = max(0, min(len(names) - 1, at + by))
            names.insert(to, names.pop(at))
    return names


def totals_sent(sent: Mapping[str, str]) -> str:
    """Functions of totals as the address has them."""
    pairs = [(name.removeprefix("t."), fn) for name, fn in sent.items() if name.startswith("t.") and fn in FUNCTIONS]
    return ",".join(f"{quoted(name)}:{fn}" for name, fn in pairs)


def sort_sent(sent: Mapping[str, str]) -> str:
    """Sort keys of `s0 d0 s1 …` as the address has them; `add`, `drop` and `up` are pressed."""
    keys = list[str]()
    for index in range(MOST):
        key = sent.get(f"s{index}", "")
        if key and sent.get("drop") != str(index) and key not in [each.removeprefix("-") for each in keys]:
            keys.append(f"-{key}" if sent.get(f"d{index}") == "down" else key)
    at = int(sent["up"]) if sent.get("up", "").isdecimal() else 0
    if 0 < at < len(keys):
        keys.insert(at - 1, keys.pop(at))
    return ",".join(keys)


def group_sent(sent: Mapping[str, str]) -> str:
    """Groups of `g0 g1` as the address has them."""
    return ",".join(dict.fromkeys(each for name in ("g0", "g1") if (each := sent.get(name, ""))))
