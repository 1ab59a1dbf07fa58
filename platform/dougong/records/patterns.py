"""The patterns of `x-number`: literal text with {yyyy} {yy} {mm} {dd} (in any run: {yyyymm}), {seq:n} and {field}. One rule:
a pattern is split once into parts and never interpreted otherwise, so a field's text can never be read as a pattern."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

_PLACE = re.compile(r"\{([^{}]+)\}")
_DAY = re.compile(r"(?:yyyy|yy|mm|dd)+")
_RUN = re.compile(r"yyyy|yy|mm|dd")
_SEQ = re.compile(r"seq(?::(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Part:
    """`text` is literal text, a run of date letters or a field's name; `width` the digits a sequence is padded to."""

    kind: Literal["text", "day", "seq", "field"]
    text: str = ""
    width: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """A number without its sequence: what stands before and after it, and its least width (None: no sequence)."""

    before: str
    width: int | None
    after: str

    def number(self, sequence: int) -> str:
        """The whole number; a sequence longer than its width is written out, never cut."""
        return self.before if self.width is None else f"{self.before}{sequence:0{self.width}d}{self.after}"

    def sequence(self, number: str) -> int | None:
        """The sequence inside a number that was given by hand, if it has this frame's shape."""
        if self.width is None or not number.startswith(self.before) or not number.endswith(self.after):
            return None
        digits = number[len(self.before) : len(number) - len(self.after)]
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None


@lru_cache(maxsize=1024)
def split(pattern: str) -> tuple[Part, ...]:
    """The parts of a pattern, in order."""
    found: list[Part] = []
    end = 0
    for place in _PLACE.finditer(pattern):
        found.append(Part("text", pattern[end : place.start()]))
        found.append(_place(place[1]))
        end = place.end()
    found.append(Part("text", pattern[end:]))
    return tuple(part for part in found if part.kind != "text" or part.text)


def _place(name: str) -> Part:
    if sequence := _SEQ.fullmatch(name):
        return Part("seq", width=int(sequence[1] or 1))
    if _DAY.fullmatch(name):
        return Part("day", name)
    return Part("field", name)


def frame(pattern: str, day: date, text_of: Callable[[str], str]) -> Frame:
    """Fill everything but the sequence; `text_of` gives the text of a field."""
    sides: list[str] = ["", ""]
    width: int | None = None
    for part in split(pattern):
        if part.kind == "seq" and width is None:
            width = part.width
        else:
            sides[width is not None] += _text(part, day, text_of)
    return Frame(sides[0], width, sides[1])


def _text(part: Part, day: date, text_of: Callable[[str], str]) -> str:
    if part.kind == "day":
        return "".join(_DATE[run](day) for run in _RUN.findall(part.text))
    return text_of(part.text) if part.kind == "field" else part.text


_DATE: dict[str, Callable[[date], str]] = {
    "yyyy": lambda day: f"{day.year:04d}",
    "yy": lambda day: f"{day.year % 100:02d}",
    "mm": lambda day: f"{day.month:02d}",
    "dd": lambda day: f"{day.day:02d}",
}
