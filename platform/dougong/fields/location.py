"""A place on earth: where something was done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from ..definition.columns import JSON, ColumnSpec
from ..definition.model import Field
from ..formula.types import Kind, Type
from ._characters import plain
from ._numbers import short
from ._parts import _Parts
from .type import Unreadable

PLACES = 7
_LIMITS = {"lat": 90, "lng": 180}
_PAIR = re.compile(r"([-+]?\d{1,3}(?:\.\d+)?)\s*,\s*([-+]?\d{1,3}(?:\.\d+)?)(?:\s+(.*))?", re.ASCII | re.DOTALL)


class Location(_Parts):
    """JSON {"lat": 22.5431, "lng": 114.0579, "text": "3 号楼"}: degrees north and east (WGS 84) with at most seven places,
    about a centimetre; the text alone will do where nothing could be measured."""

    name = "location"
    widget = "location"
    sortable = False
    known = frozenset({"lat", "lng", "text"})

    def column(self, field: Field) -> ColumnSpec | None:
        return JSON

    def formula_type(self, field: Field) -> Type:
        return Type(Kind.JSON)

    def read(self, value: Any, field: Field) -> Any:
        given = self.mapping(value)
        if given is None:
            return None
        made: dict[str, Any] = {}
        for name, limit in _LIMITS.items():
            if name in given:
                made[name] = _degrees(given[name], limit, "/" + name)
            elif set(_LIMITS) & set(given):
                raise Unreadable("required", inside="/" + name)
        if said := self.line(given.get("text", ""), "text"):
            made["text"] = said
        return made or None

    def joined(self, raw: Sequence[str]) -> str:
        """Three inputs: the text, latitude and longitude."""
        if len(raw) < 3:
            return raw[-1] if raw else ""
        said, lat, lng = (" ".join(text.split()) for text in raw[-3:])
        return f"{lat}\n{lng}\n{said}" if lat or lng or said else ""

    def parts(self, text: str) -> tuple[str, ...]:
        found = text.split("\n")
        return tuple(found) if len(found) == 3 else ("", "", text)

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = self.joined(raw)
        found = text.split("\n")
        if len(found) != 3:
            return self.from_pretty(text, field)
        lat, lng, said = found
        degrees = {name: plain(each) for name, each in (("lat", lat), ("lng", lng)) if each.strip()}
        try:
            numbers: dict[str, Any] = {name: _number(each) for name, each in degrees.items()}
        except InvalidOperation:
            return text
        return {**numbers, "text": said} if numbers or said.strip() else None

    def from_pretty(self, text: str, field: Field) -> Any:
        """22.5431, 114.0579 3 号楼: latitude, longitude, text; without the figures all is text."""
        match = _PAIR.fullmatch(text.strip())
        if match is None:
            return {"text": text.strip()} if text.strip() else None
        return {"lat": _number(match[1]), "lng": _number(match[2]), "text": match[3] or ""}

    def write_form(self, value: Any, field: Field) -> str:
        if value is None:
            return ""
        return "\n".join((*(_shown(value.get(name)) for name in _LIMITS), value.get("text", "")))

    def pretty(self, value: Any, field: Field) -> str:
        at = f"{_shown(value['lat'])}, {_shown(value['lng'])}" if "lat" in value else ""
        return f"{at} {value.get('text', '')}".strip()

    def label(self, value: Any, field: Field) -> str | None:
        if value is None:
            return None
        at = f"{_shown(value['lat'])}, {_shown(value['lng'])}" if "lat" in value else ""
        return f"{value['text']} ({at})" if at and "text" in value else at or value.get("text", "")

    def samples(self, field: Field) -> Sequence[Any]:
        return [
            {"lat": Decimal("22.5431"), "lng": Decimal("114.0579"), "text": "3 号楼"},
            {"lat": Decimal("-33.8568"), "lng": Decimal("0.5")},
            {"text": "工地东门, 1.5 米"},
        ]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [
            ([1, 2], "type"),
            ({"lat": 1}, "required"),
            ({"lat": Decimal("90.1"), "lng": 1}, "range"),
            ({"lat": 1, "lng": -181}, "range"),
            ({"lat": "1", "lng": 1}, "type"),
            ({"lat": True, "lng": 1}, "type"),
            ({"text": 1}, "type"),
            ({"place": "x"}, "unknown_field"),
        ]


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise InvalidOperation
    return number


def _degrees(value: Any, limit: int, at: str) -> Decimal | int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        raise Unreadable("type", inside=at, expected="number")
    if abs(Decimal(value)) > limit:
        raise Unreadable("range", inside=at, minimum=-limit, maximum=limit, value=value)
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_EVEN)
    return short(rounded)


def _shown(value: Any) -> str:
    return "" if value is None else f"{Decimal(value):f}"
