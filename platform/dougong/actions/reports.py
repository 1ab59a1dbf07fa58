"""Problems as a report shows them: {file, pointer, code, message, level, params}. Sentences are made where people read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..kernel.problems import Problem


def as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Problems as plain data, errors first, in the order they were found."""
    ordered = sorted(problems, key=lambda each: each.level != "error")
    return [
        {
            "file": each.file,
            "pointer": each.pointer,
            "code": each.code,
            "message": each.message,
            "level": each.level,
            "params": dict(each.params),
        }
        for each in ordered
    ]


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether anything forbids going on."""
    return any(each.level == "error" for each in problems)
