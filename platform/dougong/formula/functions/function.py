"""What a function is: its names, what it takes and gives, how Python and SQL compute it, and its documentation.

One entry is all a new function needs: the parser, the checker, both back ends, docs/formulas.md and the tests of equality
between Python and SQL read it from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement

from ..types import Kind, Type

Sql = Callable[..., ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter: the kinds it takes (none = any kind), or the words a literal may be. `let_null`: a null is handed to
    the function instead of making its result null."""

    name: str
    kinds: frozenset[Kind]
    optional: bool = False
    repeated: bool = False
    let_null: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Function:
    """`takes`: "text:text, count:number?" with `?` optional, `*` repeated, `~` handed nulls, `{a b}` words, `any` kinds.

    `python` gets canonical values and is not called when an argument is null, unless the parameter lets nulls through.
    `zone`: its first argument is the tenant's ZoneInfo; `context`: it is the Context, and the function has no SQL but
    where all arguments are constant. `postgresql` builds an expression from expressions; on SQLite `python` itself is
    registered. Neither = no SQL form. `special`: the checker and the back ends know the function by name."""

    name: str
    aliases: tuple[str, ...]
    category: str
    takes: str
    gives: Type | None
    en: str
    zh: str
    example: str
    result: str
    python: Callable[..., Any] | None = None
    postgresql: Sql | None = None
    zone: bool = False
    context: bool = False
    volatile: bool = False
    special: bool = False
    params: tuple[Param, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", tuple(map(_param, filter(None, self.takes.split(", ")))))

    @property
    def least(self) -> int:
        """The fewest arguments."""
        return sum(not each.optional for each in self.params)

    @property
    def most(self) -> int | None:
        """The most arguments, None = any number."""
        return None if self.params and self.params[-1].repeated else len(self.params)

    def param(self, index: int) -> Param:
        """The parameter an argument belongs to."""
        return self.params[min(index, len(self.params) - 1)]


def _param(text: str) -> Param:
    name, _, kinds = text.partition(":")
    flags = kinds[len(kinds.rstrip("?*~")) :]
    kinds = kinds.rstrip("?*~")
    words = tuple(kinds.strip("{}").split()) if kinds.startswith("{") else ()
    if words:
        kinds = "text"
    taken = frozenset() if kinds == "any" else frozenset(map(Kind, kinds.split("|")))
    return Param(name, taken, "?" in flags, "*" in flags, "~" in flags, words)
