"""The way into the checker: text or tree in, a checked formula or all its problems out."""

from __future__ import annotations

from ..kernel.errors import FormulaError
from ..kernel.problems import Problem
from .ast import Node
from .checker import UNKNOWN, Checker
from .facts import checked_of
from .parser import parse
from .scope import AggregateRead, Checked, Scope, TotalShape
from .special import SPECIAL
from .types import Kind, Ref

__all__ = ["AggregateRead", "Checked", "Ref", "Scope", "TotalShape", "check", "compile_text"]


def check(node: Node | str, scope: Scope, *, expect: Kind | None = None) -> tuple[Checked | None, list[Problem]]:
    """The checked formula, or None, and all problems; `params["position"]` is the 0-based character.

    Codes: those of the parser; unknown_field, unknown_function, unknown_total, arguments, type, words, literal, rows,
    nested, group; null_comparison is a warning."""
    if isinstance(node, str):
        try:
            node = parse(node)
        except FormulaError as error:
            return None, [Problem(error.code, params=error.params)]
    checker = Checker(scope, SPECIAL, [])
    typed = checker.node(node)
    if expect is not None and typed is not UNKNOWN:
        typed = checker.fit(typed, frozenset({expect}))
    if any(each.level == "error" for each in checker.problems):
        return None, checker.problems
    return checked_of(typed, node), checker.problems


def compile_text(text: str, scope: Scope, *, expect: Kind | None = None) -> Checked:
    """As `check`, for formulas that have no place to report to: the first problem is raised as FormulaError."""
    checked, problems = check(text, scope, expect=expect)
    if checked is None:
        first = next(each for each in problems if each.level == "error")
        raise FormulaError(first.code, **dict(first.params))
    return checked
