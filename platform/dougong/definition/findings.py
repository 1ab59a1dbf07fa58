"""Reading JSON objects of a definition so that every problem is found at once and nothing is silently ignored: each key is
asked for by name, and `Place.close` reports the keys that nobody asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..kernel.problems import Level, Problem, pointer
from .model import Expr
from .names import text_problem

TEXT_LIMIT = 10_000


@dataclass(slots=True)
class Found:
    """The problems of one file, in the order they were met."""

    file: str | None = None
    problems: list[Problem] = field(default_factory=list)

    def error(self, code: str, at: str, **params: Any) -> None:
        """Something that keeps the definition from being used."""
        self._add(code, at, params, "error")

    def warn(self, code: str, at: str, **params: Any) -> None:
        """Something the author should know of."""
        self._add(code, at, params, "warning")

    def _add(self, code: str, at: str, params: Mapping[str, Any], level: Level) -> None:
        problem = Problem(code, at, dict(params), level=level, file=self.file)
        if problem not in self.problems:
            self.problems.append(problem)


def kind_of(value: Any) -> str:
    """The JSON name of a value's type."""
    if value is None:
        return "null"
    for name, kinds in (("boolean", bool), ("string", str), ("array", list | tuple), ("object", Mapping)):
        if isinstance(value, kinds):
            return name
    return "number"


class Place:
    """One JSON object of a definition and where it stands. A reader returns the default and reports, when what stands
    there is of the wrong kind; `null` counts as absent."""

    def __init__(
        self, value: Mapping[str, Any], at: str, found: Found, places: Mapping[str, str] | None = None
    ) -> None:
        self.value = value
        self.at = at
        self.found = found
        self._places = places or {}
        self._asked: set[str] = set()

    def pointer(self, key: str | int, *keys: str | int) -> str:
        """The JSON Pointer of something inside; `places` knows the keys that stand elsewhere."""
        return self._places.get(str(key), self.at + pointer(key)) + pointer(*keys)

    def raw(self, key: str) -> Any:
        """Whatever stands under the key; None when absent."""
        self._asked.add(key)
        return self.value.get(key)

    def has(self, key: str) -> bool:
        """Whether the key is there and not null."""
        return self.value.get(key) is not None

    def refuse(self, key: str, expected: str) -> None:
        """Report that the value under the key is not what it has to be."""
        self.found.error("wrong_kind", self.pointer(key), expected=expected, got=kind_of(self.value.get(key)))

    def _kind(self, key: str, kind: type | tuple[type, ...], expected: str, *, required: bool = False) -> Any:
        value = self.raw(key)
        if value is None:
            if required:
                self.found.error("missing", self.at, key=key)
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.refuse(key, expected)
            return None
        return value

    def text(self, key: str, *, required: bool = False, limit: int = TEXT_LIMIT) -> str | None:
        """A text with something in it."""
        value: str | None = self._kind(key, str, "string", required=required)
        if value is not None and (bad := text_problem(value, limit)):
            self.found.error(bad, self.pointer(key), limit=limit)
            return None
        return value

    def flag(self, key: str) -> bool:
        """true or false; absent is false."""
        return bool(self._kind(key, bool, "boolean"))

    def whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number between the two."""
        value: int | None = self._kind(key, int, "integer")
        if value is not None and not low <= value <= high:
            self.found.error("out_of_bounds", self.pointer(key), low=low, high=high)
            return None
        return value

    def word(self, key: str, known: Collection[str], default: str | None = None, *, required: bool = False) -> Any:
        """One of the known words."""
        value = self._kind(key, str, "string", required=required)
        if value is not None and value not in known:
            self.found.error("not_one_of", self.pointer(key), value=value, known=list(known))
            return default
        return default if value is None else value

    def texts(self, key: str, *, required: bool = False, empty: bool = False) -> tuple[str, ...]:
        """A list of texts, each once."""
        values = self._kind(key, list, "array", required=required)
        if values is None:
            return ()
        kept: dict[str, None] = {}
        for index, each in enumerate(values):
            if not isinstance(each, str):
                self.found.error("wrong_kind", self.pointer(key, index), expected="string", got=kind_of(each))
            elif bad := text_problem(each, TEXT_LIMIT):
                self.found.error(bad, self.pointer(key, index), limit=TEXT_LIMIT)
            elif each in kept:
                self.found.warn("repeated", self.pointer(key, index), value=each)
            else:
                kept[each] = None
        if not values and not empty:
            self.found.error("empty", self.pointer(key))
        return tuple(kept)

    def words(self, key: str, known: Collection[str], *, required: bool = False) -> tuple[str, ...]:
        """A list of known words, each once."""
        values = self.texts(key, required=required)
        for each in values:
            if each not in known:
                where = list(self.value[key]).index(each)
                self.found.error("not_one_of", self.pointer(key, where), value=each, known=list(known))
        return tuple(each for each in values if each in known)

    def formula(self, key: str, *, required: bool = False) -> Expr | None:
        """A formula's text. A bare true, false or number may stand for its text."""
        value = self.raw(key)
        if isinstance(value, bool | int | Decimal):
            words = format(value, "f") if isinstance(value, Decimal) else str(value).lower()
            return Expr(words, self.pointer(key), self.found.file)
        text = self.text(key, required=required, limit=64 * 1024)
        return None if text is None else Expr(text, self.pointer(key), self.found.file)

    def formulas(self, key: str, *, required: bool = False) -> dict[str, Expr]:
        """An object of formulas by name."""
        inner = self.place(key, required=required)
        if inner is None:
            return {}
        return {name: expr for name in inner.value if (expr := inner.formula(name)) is not None}

    def place(self, key: str, *, required: bool = False) -> Place | None:
        """An object inside."""
        value = self._kind(key, dict, "object", required=required)
        return None if value is None else Place(value, self.pointer(key), self.found)

    def places(self, key: str, limit: int = 1_000) -> Iterator[tuple[int, Place]]:
        """The objects of a list with their index; other things in it are reported."""
        values = self._kind(key, list, "array")
        for index, each in enumerate(values or ()):
            if index >= limit:
                self.found.error("too_many", self.pointer(key), limit=limit)
                return
            if isinstance(each, dict):
                yield index, Place(each, self.pointer(key, index), self.found)
            else:
                self.found.error("wrong_kind", self.pointer(key, index), expected="object", got=kind_of(each))

    def close(self) -> None:
        """Report every key that nobody has asked for."""
        for key in self.value:
            if key not in self._asked:
                self.found.warn("unknown_key", self.pointer(key), key=key)


class Ids:
    """Gives the items of one list their ids: as written (each once), else made from what the item is about."""

    def __init__(self, written: Collection[str]) -> None:
        self._written = set(written)
        self._given: set[str] = set()

    @classmethod
    def of(cls, items: Any) -> Ids:
        """Knowing all ids written in a raw list, so that a made one never takes a written one's place."""
        kept = items if isinstance(items, list) else ()
        return cls({each["id"] for each in kept if isinstance(each, dict) and isinstance(each.get("id"), str)})

    def take(self, place: Place, about: str) -> str:
        """The item's own id, or one made from `about`: the same text always gives the same id."""
        written = place.text("id", limit=200)
        if written is not None:
            if written in self._given:
                place.found.error("duplicate_id", place.pointer("id"), id=written)
            self._given.add(written)
            return written
        return self.make(about)

    def make(self, about: str) -> str:
        """A free id made from `about`."""
        made, number = about, 1
        while made in self._given or made in self._written:
            number += 1
            made = f"{about}_{number}"
        self._given.add(made)
        return made
