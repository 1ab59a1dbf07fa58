"""Each field type of Frappe and what becomes of it. One rule: this table is the whole mapping; docs/from-doctype.md shows it
and a test compares the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

#: What a condition may ask of a value: truth, number, text, day or moment, another record, a list, rows, or only whether
#: there is one.
Sense = Literal["flag", "number", "text", "moment", "thing", "many", "rows", "opaque"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """`type`: ours, "" = there is no field; `schema`: the property; `why`: what is lost, as a code of losses.WHY, with
    what was `done`; `factor`: a value of ours times this is Frappe's."""

    type: str
    sense: Sense = "opaque"
    schema: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    done: str = "converted"
    factor: int = 1


def _text(kind: str = "", limit: int | None = None, why: str = "") -> Mapped:
    schema: dict[str, Any] = {"type": "string"}
    if kind:
        schema["x-type"] = kind
    if limit is not None:
        schema["maxLength"] = limit
    return Mapped(kind or "text", "text", schema, why, "kept")


def _day(kind: str) -> Mapped:
    return Mapped(kind, "moment", {"type": "string", "format": "date-time" if kind == "datetime" else kind})


def _figure(kind: str, json: str = "number", why: str = "", factor: int = 1) -> Mapped:
    schema = {"type": json} if kind in ("integer", "decimal") else {"type": json, "x-type": kind}
    return Mapped(kind, "number", schema, why, factor=factor)


def _file(kind: str) -> Mapped:
    return Mapped(kind, "many", {"type": "array", "items": {"type": "string"}, "maxItems": 1, "x-type": kind})


#: The length of a line that says nothing of its own.
LINE = 140
NOTHING = Mapped("", why="no_value", done="left_out")

FIELDTYPES: Mapping[str, Mapped] = MappingProxyType(
    {
        "Data": _text(limit=LINE),
        "Small Text": _text("long_text"),
        "Text": _text("long_text"),
        "Long Text": _text("long_text"),
        "Code": _text("long_text"),
        "HTML Editor": _text("long_text"),
        "Markdown Editor": _text("long_text"),
        "Text Editor": _text("rich_text"),
        "Int": _figure("integer", "integer"),
        "Long Int": _figure("integer", "integer"),
        "Float": _figure("decimal"),
        "Currency": _figure("money"),
        "Percent": _figure("percent", why="percent", factor=100),
        "Check": Mapped("boolean", "flag", {"type": "boolean"}),
        "Date": _day("date"),
        "Datetime": _day("datetime"),
        "Time": _day("time"),
        "Duration": Mapped("duration", "number", {"type": "string", "x-type": "duration"}),
        "Select": Mapped("choice", "text", {"type": "string"}),
        "Autocomplete": _text(limit=LINE),
        "Link": Mapped("reference", "thing", {"type": "string"}),
        "Dynamic Link": Mapped("text", "text", {"type": "string", "maxLength": LINE}, "dynamic_link", "as_text"),
        "Table": Mapped("subtable", "rows", {"type": "array"}),
        "Table MultiSelect": Mapped("multi_reference", "many", {"type": "array", "items": {"type": "string"}}),
        "Read Only": _text(limit=LINE),
        "Password": Mapped("secret", "opaque", {"type": "string", "x-type": "secret"}),
        "Rating": Mapped("rating", "opaque", {"type": "integer", "x-type": "rating"}, "rating"),
        "Phone": _text("phone", why="phone"),
        "Barcode": _text("barcode"),
        "Color": _text(limit=LINE),
        "Icon": _text(limit=LINE),
        "JSON": Mapped("json", "opaque", {"x-type": "json"}),
        "Geolocation": Mapped("location", "opaque", {"type": "object", "x-type": "location"}, "shapes"),
        "Attach": _file("attachment"),
        "Attach Image": _file("image"),
        "Signature": _file("signature"),
        "Section Break": Mapped(""),
        "Column Break": Mapped(""),
        "Tab Break": Mapped(""),
        "Heading": Mapped(""),
        "Fold": Mapped(""),
        "HTML": NOTHING,
        "Button": NOTHING,
        "Image": NOTHING,
    }
)

#: What a Data field is whose `options` say more.
DATA_OPTIONS: Mapping[str, Mapped] = MappingProxyType(
    {
        "Email": _text("email"),
        "Phone": _text("phone", why="phone"),
        "URL": _text("url"),
        "Barcode": _text("barcode"),
        "Name": _text(limit=LINE),
        "IBAN": _text(limit=LINE, why="property"),
    }
)
#: A field type nobody knows keeps its values as text.
UNKNOWN = Mapped("long_text", "text", {"type": "string", "x-type": "long_text"}, "fieldtype", "as_long_text")
