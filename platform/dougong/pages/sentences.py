"""Turns problems and errors into sentences a person can act on: what is wrong, the figures, what to do next.

One rule: every code has a sentence here and a translation in the catalogue (a test walks them); a check's own message,
written by the form's author, goes before ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..kernel.errors import DougongError, WithProblems
from ..kernel.problems import Problem
from . import formats
from .catalogue import DEFAULT, text
from .environment import STATES, state_title
from .wording import ACTS, DEFINITION, ERRORS, FORMATS, FORMULA, TYPES, VALUES

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def sentence(problem: Problem, locale: str = DEFAULT) -> str:
    """One problem in the reader's language."""
    if problem.message:
        return fill_message(problem.message, problem.params)
    words = next((found for each in _families(problem) if (found := each.get(problem.code))), None)
    if words is None:
        return text(VALUES["other"], locale, code=problem.code)
    if words is VALUES.get(problem.code):
        words = VALUES.get(_variant(problem), words)
    elif words is ERRORS.get(problem.code):
        words = _variant_of(problem) or words
    return text(words, locale, **_shown(problem.params, locale))


def error_sentence(error: DougongError, locale: str = DEFAULT) -> str:
    """A refusal as one sentence; the problems it may carry are said one by one by `sentence`."""
    words = (
        _variant_of(error)
        or ERRORS.get(error.code)
        or FORMULA.get(error.code)
        or VALUES.get(error.code)
        or DEFINITION.get(error.code)
    )
    if words is None:
        words = ERRORS.get(type(error).code, ERRORS["error"])
    said = text(words, locale, **_shown(error.params, locale))
    if isinstance(error, WithProblems) and len(error.problems) == 1 and error.code != "unconfirmed":
        return sentence(error.problems[0], locale)
    return said


def _variant_of(error: DougongError | Problem) -> str | None:
    """The wording of a refusal that has a figure to name: `code.key`, by the first parameter that has one."""
    return next((found for key in error.params if (found := ERRORS.get(f"{error.code}.{key}"))), None)


def fill_message(message: str, params: Mapping[str, Any]) -> str:
    """An author's sentence with its `{field}` placeholders filled; an unknown one stands as written."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        given = params.get(f"{name}_title", params.get(name))
        return found[0] if name not in params else _value(given)

    return _PLACEHOLDER.sub(value, message)


def _families(problem: Problem) -> tuple[Mapping[str, str], ...]:
    """Where to look first: a position speaks of a formula, a file of a definition, anything else of a value."""
    if "position" in problem.params:
        return FORMULA, DEFINITION, VALUES, ERRORS
    return (DEFINITION, VALUES, FORMULA, ERRORS) if problem.file else (VALUES, DEFINITION, FORMULA, ERRORS)


def _variant(problem: Problem) -> str:
    """Which wording of a code the parameters call for."""
    params = problem.params
    for key in ("reason", "keyword", "scale", "min_items", "max_items", "minimum", "maximum", "exclusiveMinimum"):
        if key in params and f"{problem.code}.{params[key]}" in VALUES:
            return f"{problem.code}.{params[key]}"
    for key in ("min_items", "max_items", "min", "max", "depth", "minimum", "maximum", "exclusiveMinimum"):
        if key in params and f"{problem.code}.{key}" in VALUES:
            return f"{problem.code}.{key}"
    for key in ("exclusiveMaximum", "multipleOf", "allowed", "source", "holder_title"):
        if key in params and f"{problem.code}.{key}" in VALUES:
            return f"{problem.code}.{key}"
    return problem.code


def _shown(params: Mapping[str, Any], locale: str) -> dict[str, str]:
    shown = {str(name): _value(value, formats.between(locale)) for name, value in params.items()}
    if "shown_as" in params:
        shown |= {name: limit_text(params[name], params["shown_as"]) for name in _LIMITS if name in params}
    if "retry_after" in params:
        shown["wait"] = wait(int(params["retry_after"]), locale)
    if isinstance(limit := params.get("limit"), int):
        shown["size"] = formats.size(limit)
    if params.get("state") in STATES:
        shown["state"] = state_title(params["state"], locale)
    for name, words in (("format", FORMATS), ("expected", TYPES), ("act", ACTS)):
        if name in shown:
            shown[name] = text(words[shown[name]], locale) if shown[name] in words else shown[name]
    return shown


_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def limit_text(value: Any, shown_as: str) -> str:
    """A limit of a number as its field is shown: 1 is 100% of a share; parts of an amount have two places."""
    exact = Decimal(str(value))
    if shown_as == "percent":
        return formats.number(exact.scaleb(2)) + "%"
    return formats.number(exact, 2 if exact % 1 else 0)


def wait(seconds: int, locale: str = DEFAULT) -> str:
    """A wait in words."""
    if seconds < 60:
        return text(ERRORS["wait_seconds"], locale, count=seconds)
    return text(ERRORS["wait_minutes"], locale, count=(seconds + 59) // 60)


def _value(value: Any, between: str = "、") -> str:
    if isinstance(value, Mapping):
        return _value(value.get("title") or value.get("value"), between)
    if value is None:
        return formats.EMPTY
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal | int):
        return formats.number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return between.join(_value(each, between) for each in list(value)[:8]) + ("…" if len(value) > 8 else "")
    return str(value)[:200]
