"""How changes to people are asked for: what is not given is kept, and all that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..kernel.errors import Invalid
from ..kernel.problems import Problem


class Kept:
    """What an argument says that is not to be changed, where None has a meaning of its own."""


KEEP = Kept()


@contextmanager
def collecting(problems: list[Problem]) -> Iterator[None]:
    """Note the problems of a refusal and go on, so that one answer names everything to mend."""
    try:
        yield
    except Invalid as error:
        problems += error.problems


def line(text: str) -> str:
    """One line as a person meant it: without what cannot be seen, without blanks at the ends."""
    return "".join(each for each in text if each.isprintable()).strip()


def bounded(text: str, name: str, most: int, *, required: bool = False) -> str:
    """A line of at most `most` characters. Raises Invalid at /name: `required`, `length`."""
    said = line(text)
    if required and not said:
        raise Invalid([Problem("required", f"/{name}")])
    if len(said) > most:
        raise Invalid([Problem("length", f"/{name}", {"max": most, "length": len(said)})])
    return said
