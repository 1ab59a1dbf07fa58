"""Our own `x-` keywords of one property → the attributes of its Field. One rule: a keyword is read here or reported."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from ..formula.printer import literal_text
from .findings import Place
from .model import Expr, Lookup, MembersRule, NumberRule, Rollup, RowsRule
from .names import is_full_name

#: Every keyword of ours with what it takes, for the documentation and for telling ours from foreign ones.
KEYWORDS: Mapping[str, str] = MappingProxyType(
    {
        "x-id": "text",
        "x-type": "field type",
        "x-ref": "module.form",
        "x-ref-where": "formula",
        "x-ref-reason": "text",
        "x-ref-tree": "boolean",
        "x-formula": "formula",
        "x-lookup": "object",
        "x-rollup": "object",
        "x-number": "pattern or object",
        "x-default": "formula",
        "x-visible": "formula",
        "x-required": "formula",
        "x-readonly": "formula",
        "x-unique": "boolean",
        "x-mask": "text",
        "x-scale": "0 to 10",
        "x-late": "boolean",
        "x-date": "boolean",
        "x-members": "object",
        "x-rows": "object",
        "x-widget": "text",
        "x-help": "text",
        "x-options": "object",
        "x-index": "boolean",
    }
)
FUNCTIONS = ("sum", "count", "min", "max", "avg", "lowest_running", "lowest_running_day")
RUNNING = ("lowest_running", "lowest_running_day")
"""Functions of a roll-up that go by a date, `by`."""
_TOKEN = re.compile(r"\{([^{}]*)\}")
_DATE = re.compile(r"(?:yyyy|yy|mm|dd)+")


def attributes(place: Place, type_name: str) -> dict[str, Any]:
    """The keyword arguments of Field for one property's `x-` keywords."""
    ref = _full_name(place, "x-ref")
    made: dict[str, Any] = {
        "ref": ref,
        "ref_where": place.formula("x-ref-where"),
        "ref_reason": place.text("x-ref-reason"),
        "ref_tree": place.flag("x-ref-tree"),
        "formula": place.formula("x-formula"),
        "default": place.formula("x-default"),
        "visible": place.formula("x-visible"),
        "required_when": place.formula("x-required"),
        "readonly": place.formula("x-readonly"),
        "unique": place.flag("x-unique"),
        "mask": place.text("x-mask", limit=200),
        "scale": place.whole("x-scale", 0, 10),
        "late": place.flag("x-late"),
        "is_date": place.flag("x-date"),
        "widget": place.text("x-widget", limit=60),
        "help": place.text("x-help"),
        "index": place.flag("x-index"),
    }
    options = place.place("x-options")
    made["options"] = dict(options.value) if options else {}
    made["lookup"], made["stored"] = _lookup(place)
    made["rollup"] = _rollup(place)
    made["number"] = _number(place)
    made["members"] = _members(place)
    made["rows_from"] = _rows(place)
    _alone(place, made, type_name)
    return made


def _alone(place: Place, made: Mapping[str, Any], type_name: str) -> None:
    """What only makes sense together, or not together."""
    computed = [key for key in ("x-formula", "x-lookup", "x-rollup", "x-number") if place.has(key)]
    for key in computed[1:]:
        place.found.error("not_together", place.pointer(key), key=key, other=computed[0])
    if type_name == "reference" and not place.has("x-ref") and not computed:
        place.found.error("missing", place.at, key="x-ref")
    for key in ("x-ref-where", "x-ref-tree"):
        if place.has(key) and not place.has("x-ref"):
            place.found.error("missing", place.at, key="x-ref")
    if place.has("x-ref-reason") and not place.has("x-ref-where"):
        place.found.warn("no_effect", place.pointer("x-ref-reason"), key="x-ref-reason")
    frozen = made["lookup"] is not None and made["lookup"].freeze is not None
    if computed and not frozen and place.has("x-default"):
        place.found.warn("no_effect", place.pointer("x-default"), key="x-default")


def _full_name(place: Place, key: str) -> str | None:
    name = place.text(key)
    if name is not None and not is_full_name(name):
        place.found.error("bad_name", place.pointer(key), name=name, expected="module.form")
        return None
    return name


def sort_keys(place: Place, key: str) -> tuple[str, ...]:
    """Paths to sort by, "-" before one for descending: a list, or one text with commas."""
    if isinstance(place.raw(key), str):
        text = place.text(key) or ""
        return tuple(each.strip() for each in text.split(",") if each.strip())
    return place.texts(key)


def _lookup(outer: Place) -> tuple[Lookup | None, bool]:
    place = outer.place("x-lookup")
    if place is None:
        return None, False
    source = place.text("from")
    if source is not None and not is_full_name(source):
        place.found.error("bad_name", place.pointer("from"), name=source, expected="module.form")
        return None, False
    via, field = place.text("via"), place.text("field", required=True)
    freeze = place.word("freeze", ("create", "submit"))
    made = Lookup(field or "", via, source, place.formula("where"), sort_keys(place, "sort"), freeze)
    stored = place.flag("stored")
    if (via is None) == (source is None):
        place.found.error("missing" if via is None else "not_together", place.at, key="via", other="from")
        return None, False
    if via is not None:
        for key in ("where", "sort"):
            if place.has(key):
                place.found.error("not_together", place.pointer(key), key=key, other="via")
    place.close()
    return (made if field else None), stored


def _rollup(outer: Place) -> Rollup | None:
    place = outer.place("x-rollup")
    if place is None:
        return None
    source, via = place.text("from", required=True), place.text("via", required=True)
    fn = place.word("fn", FUNCTIONS, required=True)
    field, where, by = place.text("field"), place.formula("where"), place.text("by")
    for key, wanted, given in (("field", fn not in (None, "count"), field), ("by", fn in RUNNING, by)):
        if wanted and given is None:
            place.found.error("missing", place.at, key=key)
            return None
    if by is not None and fn not in (None, *RUNNING):
        place.found.warn("no_effect", place.pointer("by"), key="by")
        by = None
    if source is not None and not is_full_name(".".join(source.split(".")[:2])):
        place.found.error("bad_name", place.pointer("from"), name=source, expected="module.form")
        return None
    place.close()
    return Rollup(source, via, fn, field, where, by) if source and via and fn else None


def _number(outer: Place) -> NumberRule | None:
    if isinstance(outer.raw("x-number"), str):
        pattern, scope, at = outer.text("x-number", limit=200), None, outer.pointer("x-number")
    else:
        place = outer.place("x-number")
        if place is None:
            return None
        pattern = place.text("pattern", required=True, limit=200)
        scope = place.texts("scope", empty=True) if place.has("scope") else None
        at = place.pointer("pattern")
        place.close()
    if pattern is None:
        return None
    tokens = _TOKEN.findall(pattern)
    sequences = [each for each in tokens if re.fullmatch(r"seq(:[1-9]|:1[0-8])?", each)]
    if len(sequences) != 1 or "{" in _TOKEN.sub("", pattern) or "}" in _TOKEN.sub("", pattern):
        outer.found.error("bad_number_pattern", at, pattern=pattern)
        return None
    return NumberRule(pattern, scope)


def number_fields(rule: NumberRule) -> list[str]:
    """The fields a number's pattern and scope name."""
    named = [each for each in _TOKEN.findall(rule.pattern) if not (_DATE.fullmatch(each) or each.startswith("seq"))]
    return [*named, *(rule.scope or ())]


def _members(outer: Place) -> MembersRule | None:
    place = outer.place("x-members")
    if place is None:
        return None
    user = place.text("user", required=True)
    made = MembersRule(user or "", place.text("role"), place.text("from"), place.text("to"))
    place.close()
    return made if user else None


def _rows(outer: Place) -> RowsRule | None:
    place = outer.place("x-rows")
    if place is None:
        return None
    source = place.text("from", required=True)
    made = RowsRule(source or "", place.formula("where"), place.formulas("values"))
    place.close()
    return made if source else None


def literal(value: Any, type_name: str) -> str | None:
    """A JSON `default` as a formula; None when no formula says it."""
    if isinstance(value, list):
        items = [literal(each, "text") for each in value]
        return f"({', '.join(each for each in items if each)})" if len(items) > 1 and all(items) else None
    if isinstance(value, str):
        if type_name == "datetime":
            return None
        text = literal_text(value)
        return f"{type_name}({text})" if type_name in ("date", "time") else text
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(Decimal(value), "f") if isinstance(value, int | Decimal) else None


def default_of(place: Place, type_name: str | None) -> Expr | None:
    """JSON Schema's own `default` as a formula, where it can be one; `type_name` None = it has no effect, since the object
    around it may be absent."""
    value = place.raw("default")
    if value is None or value in ("", [], {}):
        return None
    text = None if type_name is None else literal(value, type_name)
    if text is None:
        place.found.warn("no_effect", place.pointer("default"), key="default")
        return None
    return Expr(text, place.pointer("default"), place.found.file)
