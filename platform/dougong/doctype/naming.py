"""How a DocType names its records → a number of ours, a unique field, or nothing, since every record has an id of its own.
One rule: the first pattern counts where a DocType offers several."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .losses import Losses
from .reading import DocField, DocType

SERIES = "naming_series"
#: The field that Frappe's `name` becomes where records are numbered or called by people.
ID = "name"
DIGITS = 5
_DATES = {"YYYY": "{yyyy}", "YY": "{yy}", "MM": "{mm}", "DD": "{dd}"}
_BRACES = re.compile(r"\{([^{}]*)\}")
_HASHES = re.compile(r"#+")


@dataclass(frozen=True, slots=True)
class Naming:
    """`number`: `pattern` is x-number's; `field`: records are called by the value of `fields[0]`; `unique`: the `fields`
    together are unique; `prompt`: people give the name; `own`: nothing."""

    kind: Literal["number", "field", "unique", "prompt", "own"]
    pattern: str = ""
    fields: tuple[str, ...] = ()


OWN = Naming("own")


def key_of(doctype: DocType, names: Iterable[str]) -> str | None:
    """The field that Frappe's `name` is; None where records have only an id."""
    naming = naming_of(doctype, names, Losses())
    if naming.kind in ("number", "prompt"):
        return ID
    return naming.fields[0] if naming.kind == "field" else None


def naming_of(doctype: DocType, names: Iterable[str], losses: Losses) -> Naming:
    """`autoname`; `names` are the fields a pattern may read."""
    rule, known = doctype.text("autoname"), frozenset(names)
    series = doctype.find(SERIES)
    if series is not None and (not rule or rule.lower().startswith(SERIES)):
        return _series(doctype, series, known, losses)
    word = rule.lower().rstrip(":")
    if word in ("prompt", "set by user"):
        return Naming("prompt")
    if word in ("", "hash", "random", "uuid"):
        if doctype.text("naming_rule") == "By script":
            losses.add(doctype.name, "", "naming_rule", "By script", "naming", "own_numbers")
        return OWN
    if word == "autoincrement":
        return Naming("number", "{seq}")
    if rule.startswith(("field:", "format:")) or "#" in rule or "." in rule:
        return _patterned(doctype, rule, known, losses)
    losses.add(doctype.name, "", "autoname", rule, "naming", "own_numbers")
    return OWN


def _patterned(doctype: DocType, rule: str, known: frozenset[str], losses: Losses) -> Naming:
    if rule.startswith("field:"):
        name = rule[6:].strip()
        if name in known:
            return Naming("field", fields=(name,))
        losses.add(doctype.name, "", "autoname", rule, "naming", "own_numbers")
        return OWN
    if rule.startswith("format:"):
        return _format(doctype, rule, known, losses)
    return Naming("number", _pattern(doctype, "autoname", rule, known, losses))


def _series(doctype: DocType, field: DocField, known: frozenset[str], losses: Losses) -> Naming:
    lines = [each.strip() for each in field.options.split("\n") if each.strip()]
    if not lines:
        losses.add(doctype.name, field.name, "options", "", "naming", "own_numbers")
        return OWN
    default = field.text("default")
    first = default if default in lines else lines[0]
    if len(lines) > 1:
        others = ", ".join(each for each in lines if each != first)
        losses.add(doctype.name, field.name, "options", others, "more_series", "first_series", series=first)
    return Naming("number", _pattern(doctype, field.name, first, known, losses))


def _pattern(doctype: DocType, what: str, series: str, known: frozenset[str], losses: Losses) -> str:
    """`INV-.YYYY.-.#####` as `INV-{yyyy}-{seq:5}`."""
    made, counted = "", False
    for part in series.split("."):
        if _HASHES.fullmatch(part):
            made += "" if counted else _sequence(len(part))
            counted = True
        else:
            made += _part(doctype, what, part, known, losses)
    return made if counted else made + _sequence(DIGITS)


def _part(doctype: DocType, what: str, part: str, known: frozenset[str], losses: Losses) -> str:
    name = part.strip("{}")
    if part in _DATES or name in _DATES:
        return _DATES[name]
    if name in known:
        return f"{{{name}}}"
    if part in ("WW", "FY", "timestamp") or part != name:
        losses.add(doctype.name, "", what, part, "series_part", "part_left_out")
        return ""
    return part.replace("{", "").replace("}", "")


def _format(doctype: DocType, rule: str, known: frozenset[str], losses: Losses) -> Naming:
    """`format:EXP-{MM}-{customer}-{####}`; without a counter its fields are unique together."""
    named: list[str] = []
    counted = False

    def said(found: re.Match[str]) -> str:
        nonlocal counted
        word = found[1].strip()
        if _HASHES.fullmatch(word):
            first, counted = not counted, True
            return _sequence(len(word)) if first else ""
        made = _part(doctype, "autoname", f"{{{word}}}", known, losses)
        named.extend([word] if made == f"{{{word}}}" and word in known else [])
        return made

    pattern = _BRACES.sub(said, rule[7:].strip())
    if counted:
        return Naming("number", pattern)
    if not named:
        return Naming("number", pattern + "-" + _sequence(DIGITS) if pattern else _sequence(DIGITS))
    return Naming("unique", fields=tuple(dict.fromkeys(named)))


def _sequence(digits: int) -> str:
    return f"{{seq:{min(digits, 9)}}}"
