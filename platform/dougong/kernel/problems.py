"""One problem found in values or in a definition, and JSON Pointers (RFC 6901) to say where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Level = Literal["error", "warning"]

#: Every problem code a value can meet
#: (docs/api.md, Refusals); definition problems have codes of their own, listed with the loader.
VALUE_CODES = (
    "required",
    "unknown_field",
    "read_only",
    "not_applicable",
    "type",
    "enum",
    "length",
    "range",
    "pattern",
    "format",
    "scale",
    "out_of_range",
    "unique",
    "reference",
    "check",
    "cycle",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """`pointer` points into the document as it was sent; `message` is the author's own sentence, where a definition has
    one (its `{name}` placeholders filled from `params`); `params` are canonical values, not yet formatted; `mend` is what a
    person changes to mend it, where that is another place: a form shows it there."""

    code: str
    pointer: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    message: str | None = None
    level: Level = "error"
    file: str | None = None
    mend: str | None = None

    def at(self, prefix: str) -> Problem:
        """The same problem seen from a document in which this one lies under `prefix`."""
        return replace(self, pointer=prefix + self.pointer, mend=None if self.mend is None else prefix + self.mend)

    @property
    def key(self) -> tuple[str, str, Any]:
        """What tells it from others of one act: two checks may fail at one place."""
        return self.code, self.pointer, self.params.get("check")

    def __str__(self) -> str:
        return f"{self.pointer or '/'} {self.code}" + (f" {dict(self.params)}" if self.params else "")


def pointer(*parts: str | int) -> str:
    """A JSON Pointer from its parts: `pointer("lines", 3, "a/b")` is `/lines/3/a~1b`."""
    return "".join([f"/{part}" if type(part) is int else "/" + _escaped(str(part)) for part in parts])


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1") if "~" in part or "/" in part else part


def parts(text: str) -> tuple[str, ...]:
    """The unescaped parts of a JSON Pointer."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])
