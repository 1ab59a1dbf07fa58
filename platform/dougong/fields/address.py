"""An address: a region of China and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.columns import JSON, ColumnSpec
from ..definition.model import Field
from ..formula.types import Kind, Type
from ._parts import _Parts
from ._trees import tree_of
from .type import Unreadable


class Address(_Parts):
    """JSON {"region": ["44", "4403"], "detail": "福中三路 9 号"}; either may be absent."""

    name = "address"
    widget = "address"
    sortable = False
    known = frozenset({"region", "detail"})

    def column(self, field: Field) -> ColumnSpec | None:
        return JSON

    def formula_type(self, field: Field) -> Type:
        return Type(Kind.JSON)

    def read(self, value: Any, field: Field) -> Any:
        given = self.mapping(value)
        if given is None:
            return None
        made: dict[str, Any] = {}
        if "region" in given:
            made["region"] = self._region(given["region"], field)
        if detail := self.line(given.get("detail", ""), "detail"):
            made["detail"] = detail
        return made or None

    def _region(self, value: Any, field: Field) -> list[str]:
        if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
            raise Unreadable("type", inside="/region", expected="array")
        if tree_of(field).walk(value) is None:
            raise Unreadable("enum", inside="/region", value="/".join(value)[:60])
        return list(value)

    def joined(self, raw: Sequence[str]) -> str:
        """Two inputs: the codes of the region, and the rest."""
        if len(raw) < 2:
            return raw[-1] if raw else ""
        region, detail = raw[-2].strip(), " ".join(raw[-1].split())
        return f"{region}\n{detail}" if region or detail else ""

    def parts(self, text: str) -> tuple[str, ...]:
        region, line, detail = text.partition("\n")
        return (region, detail) if line else ("", region)

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = self.joined(raw)
        if "\n" not in text:
            return self.from_pretty(text, field)
        region, _, detail = text.partition("\n")
        found = tree_of(field).named([each.strip() for each in region.split("/")]) if region.strip() else None
        if region.strip() and found is None:
            return text
        return {"region": list(found or ()), "detail": detail}

    def from_pretty(self, text: str, field: Field) -> Any:
        """广东省/深圳市/福田区 福中三路 9 号: a region, a blank, the rest; without a region all is the rest."""
        region, _, detail = text.strip().replace("\n", " ").partition(" ")
        found = tree_of(field).named(region.replace("／", "/").split("/")) if region else None
        if found is None:
            return {"detail": text.strip()} if text.strip() else None
        return {"region": list(found), "detail": detail.strip()}

    def write_form(self, value: Any, field: Field) -> str:
        if value is None:
            return ""
        return "/".join(value.get("region", ())) + "\n" + str(value.get("detail", ""))

    def pretty(self, value: Any, field: Field) -> str:
        region = "/".join(tree_of(field).labels(value.get("region", ())))
        return f"{region} {value.get('detail', '')}".strip()

    def named(self, value: Any, field: Field) -> Sequence[tuple[str, str]]:
        region = (value or {}).get("region")
        return [("/".join(region), "/".join(tree_of(field).labels(region)))] if region else []

    def samples(self, field: Field) -> Sequence[Any]:
        return [
            {"region": ["44", "4403", "440304"], "detail": "福中三路 9 号"},
            {"region": ["11"]},
            {"detail": "广东省/深圳市 路边"},
        ]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [
            (["44"], "type"),
            ({"region": ["44", "99"]}, "enum"),
            ({"region": "44"}, "type"),
            ({"detail": 9}, "type"),
            ({"detail": "x" * 201}, "length"),
            ({"street": "x"}, "unknown_field"),
        ]
