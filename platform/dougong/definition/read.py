"""JSON text of a definition → Python: numbers exact, never through a float; refused are NaN, doubled keys, what is not text
for a database, and more than 256 KB or 20 levels, before any of it is built."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import simplejson

from ..kernel.errors import DefinitionError
from ..kernel.problems import Problem, pointer

SIZE_LIMIT = 256 * 1024
DEPTH_LIMIT = 20
DIGIT_LIMIT = 100


class _Doubled(dict[str, Any]):
    """An object in which keys occur more than once; they are named once it is known where it stands."""

    keys_doubled: tuple[str, ...] = ()


class _Unfit(ValueError):
    """A number JSON does not have, or one that only wants to cost time."""


def read_json(text: bytes | str, *, limit: int = SIZE_LIMIT, depth: int = DEPTH_LIMIT) -> Any:
    """Read one file. Raises DefinitionError with every problem found: too_large, too_deep, not_json, bad_number,
    duplicate_key, bad_text."""
    problems: list[Problem] = []
    value = parse(text, problems, limit=limit, depth=depth)
    if problems:
        raise DefinitionError(problems)
    return value


def parse(text: bytes | str, problems: list[Problem], *, limit: int = SIZE_LIMIT, depth: int = DEPTH_LIMIT) -> Any:
    """Read one file, adding what is wrong to `problems`; None when nothing can be made of it."""
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > limit:
        problems.append(Problem("too_large", "", {"limit": limit, "size": len(raw)}))
        return None
    try:
        decoded = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem("not_json", "", {"reason": "encoding", "position": error.start}))
        return None
    if _depth(decoded) > depth:
        problems.append(Problem("too_deep", "", {"limit": depth}))
        return None
    value = _loads(decoded, problems)
    problems.extend(_unfit(value, ""))
    return value


def _loads(text: str, problems: list[Problem]) -> Any:
    try:
        return simplejson.loads(
            text,
            object_pairs_hook=_object,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_constant,
        )
    except simplejson.JSONDecodeError as error:
        params = {"reason": error.msg, "line": error.lineno, "column": error.colno, "position": error.pos}
        problems.append(Problem("not_json", "", params))
    except _Unfit as error:
        problems.append(Problem("bad_number", "", {"value": str(error)}))
    return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    doubled = _Doubled(made)
    names = [name for name, _ in pairs]
    doubled.keys_doubled = tuple(name for name in made if names.count(name) > 1)
    return doubled


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if len(text) > DIGIT_LIMIT or abs(value.adjusted()) > DIGIT_LIMIT:
        raise _Unfit(text[:40])
    return value


def _integer(text: str) -> int:
    if len(text) > DIGIT_LIMIT:
        raise _Unfit(text[:40])
    return int(text)


def _constant(text: str) -> Any:
    raise _Unfit(text)


def _depth(text: str) -> int:
    """Levels of nesting, counted without building anything: brackets outside of strings."""
    deepest = level = 0
    inside = escaped = False
    for each in text:
        if inside:
            if escaped:
                escaped = False
            elif each == "\\":
                escaped = True
            elif each == '"':
                inside = False
        elif each == '"':
            inside = True
        elif each in "[{":
            level += 1
            deepest = max(deepest, level)
        elif each in "]}":
            level -= 1
    return deepest


def _unfit(value: Any, at: str) -> Iterator[Problem]:
    """Doubled keys and texts that no database can hold, wherever they are."""
    if isinstance(value, dict):
        for key in getattr(value, "keys_doubled", ()):
            yield Problem("duplicate_key", at + pointer(key), {"key": key})
        for key, each in value.items():
            yield from _text(key, at)
            yield from _unfit(each, at + pointer(key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _unfit(each, at + pointer(index))
    elif isinstance(value, str):
        yield from _text(value, at)


def _text(text: str, at: str) -> Iterator[Problem]:
    if "\x00" in text or any("\ud800" <= each <= "\udfff" for each in text):
        yield Problem("bad_text", at)
