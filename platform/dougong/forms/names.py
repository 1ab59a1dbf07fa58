"""How inputs are called. One rule: `amount` is the record's own field, `lines.<row id>.hours` a row's; row ids hold no dot,
and the record's own names win, so any property name may hold one. A field called as something the page itself posts gets
an equals sign in front."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2s

from ..definition.model import Field, Form

#: What pages post beside inputs.
_OURS = frozenset(
    {"csrf_token", "act", "confirm", "tried", "version", "$row", "$q", "$live", "$file", "$input", "$seen"}
)
_OUR_BEGINNINGS = ("=", "keep:")


@dataclass(frozen=True, slots=True)
class Spot:
    """One input's place: `sub` and `row` are "" for the record's own fields."""

    field: Field
    sub: str = ""
    row: str = ""

    @property
    def name(self) -> str:
        """The input's name."""
        return input_name(self.field.name, self.sub, self.row)


def input_name(field: str, sub: str = "", row: str = "") -> str:
    """The name of an input."""
    if sub:
        return f"{sub}.{row}.{field}"
    return f"={field}" if field in _OURS or field.startswith(_OUR_BEGINNINGS) else field


def dom_id(name: str) -> str:
    """An id for HTML and CSS selectors, whatever characters the name has."""
    return "f" + blake2s(name.encode(), digest_size=8).hexdigest()


def spot_of(form: Form, name: str) -> Spot | None:
    """The place an input's name means; None for names that are no input of this form."""
    own = form.find(name.removeprefix("=")) or form.find(name)
    if own is not None and input_name(own.name) == name:
        return Spot(own)
    for sub in form.subtables:
        row, dot, column = name[len(sub.name) + 1 :].partition(".") if name.startswith(sub.name + ".") else ("", "", "")
        field = next((each for each in sub.fields if each.name == column), None)
        if dot and row and field is not None:
            return Spot(field, sub.name, row)
    return None


def by_row(form: Form, names: Mapping[str, object]) -> dict[tuple[str, str], dict[str, Field]]:
    """The posted inputs of this form, gathered as (subtable, row) → fields, in the order they were posted."""
    found: dict[tuple[str, str], dict[str, Field]] = {}
    for name in names:
        spot = spot_of(form, name)
        if spot is not None and not spot.field.is_subtable:
            found.setdefault((spot.sub, spot.row), {})[spot.field.name] = spot.field
    return found
