"""What a field type is: how one kind of value is read, checked, stored, compared and shown. One subclass per file.

Canonical Python values are what records, formulas and columns share: str, int, Decimal, bool, date, aware UTC datetime,
time, tuple of these, or JSON. `read` takes a JSON value to a canonical one, `write` takes it back; nothing in between
goes through a float."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from ..definition.columns import TEXT, ColumnSpec
from ..definition.model import Field
from ..formula.types import Type
from ..kernel.problems import Problem

Rule = Callable[[Any], Iterable[Problem]]


class Unreadable(ValueError):
    """A value that is not of the type at all: `code` is a problem code (`type`, `format`, `scale`, `out_of_range` …), and
    `inside` the JSON Pointer of the culprit within the value ("/3" = its fourth item)."""

    def __init__(self, code: str = "type", *, inside: str = "", **params: Any) -> None:
        self.code = code
        self.inside = inside
        self.params = params
        super().__init__(code, params)


@dataclass(frozen=True, slots=True)
class Here:
    """Where and when a person types: the tenant's zone and its date of today."""

    zone: ZoneInfo
    today: date


def blank(value: Any) -> bool:
    """Whether a value says nothing: null, or text without a letter."""
    return value is None or (isinstance(value, str) and not value.strip())


class FieldType:
    """One kind of field. Class attributes say what is fixed, methods what depends on the field's own settings.

    name: word of LANGUAGE. json_type: type of the JSON value. operators: of the filter builder, in order. widget:
    file in templates/fields/ without suffix. multiple: the value is a tuple. sortable, filterable: may a query use
    it. inputs: may a person ever fill it in. write_only: nobody ever reads it, `write` gives its mask. keywords: the
    JSON Schema keywords this type checks itself (the rest is left to jsonschema). converts_from: the types whose
    values `convert` may turn into this one's."""

    name: ClassVar[str] = ""
    json_type: ClassVar[str | tuple[str, ...]] = "string"
    operators: ClassVar[tuple[str, ...]] = ("=", "<>", "is null", "is not null")
    widget: ClassVar[str] = "text"
    multiple: ClassVar[bool] = False
    sortable: ClassVar[bool] = True
    filterable: ClassVar[bool] = True
    inputs: ClassVar[bool] = True
    write_only: ClassVar[bool] = False
    keywords: ClassVar[frozenset[str]] = frozenset({"type", "enum", "const"})
    converts_from: ClassVar[tuple[str, ...]] = ()

    def column(self, field: Field) -> ColumnSpec | None:
        """The column that holds the value; None = no column of its own (a subtable, a value computed at read)."""
        return TEXT

    def formula_type(self, field: Field) -> Type:
        """The type formulas see."""
        raise TypeError(f"{self.name} has no formula type")

    def read(self, value: Any, field: Field) -> Any:
        """JSON value → canonical value. Raises Unreadable. Blank text is null on every path."""
        raise TypeError(f"{self.name} cannot be read")

    def write(self, value: Any, field: Field) -> Any:
        """Canonical value → JSON value (Decimal stays Decimal: JSON is written exactly)."""
        return value

    def settle(self, value: Any, field: Field) -> Any:
        """A value a formula gave → the canonical value this field keeps: a number rounded half-up to its scale
        (docs/derived-values.md, What is kept),
        blank text null. Raises Invalid `out_of_range` where the column is too small."""
        return None if blank(value) else value

    def rules(self, field: Field) -> Sequence[Rule]:
        """The scalar keywords of `field.schema` compiled once into closures over a canonical, non-null value."""
        return ()

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        """What a browser posted for this input → a JSON value for `read` (None when blank). Never raises: text that makes
        no sense is handed on, so that `read` refuses it and the person sees what was typed."""
        text = raw[-1] if raw else ""
        return text if text.strip() else None

    def write_form(self, value: Any, field: Field) -> str:
        """Canonical value → text of the input."""
        return "" if value is None else str(value)

    def joined(self, raw: Sequence[str]) -> str:
        """What the inputs of one field posted, as the one text `read_form` and `write_form` know; `parts` takes it apart."""
        return raw[-1] if raw else ""

    def parts(self, text: str) -> tuple[str, ...]:
        """The text as its several inputs show it; () = there is one input."""
        return ()

    def label(self, value: Any, field: Field) -> str | None:
        """What people read where that is not what stands in the input: the names of codes, a text without its markup."""
        return None

    def named(self, value: Any, field: Field) -> Sequence[tuple[str, str]]:
        """Parts of a value that have a name of their own: (text of the input, what people read)."""
        return ()

    def read_local(self, raw: Sequence[str], field: Field, here: Here) -> Any:
        """`read_form` for what depends on place and day: a time of day without an offset, `昨天`."""
        return self.read_form(raw, field)

    def write_local(self, value: Any, field: Field, here: Here) -> str:
        """`write_form` for what depends on the zone."""
        return self.write_form(value, field)

    def read_text(self, text: str, field: Field) -> Any:
        """One cell of an import or a pasted block → a JSON value for `read`."""
        return self.read_form([text], field)

    def write_text(self, value: Any, field: Field) -> str:
        """Canonical value → one cell of an export; `read_text` takes it back without loss."""
        return self.write_form(value, field)

    def convert(self, value: Any, source: FieldType, old: Field, new: Field) -> Any:
        """Canonical value of another type → of this one, for a type change. Raises Unreadable when it would lose
        something, or when that kind never becomes this one."""
        if source.name != self.name and source.name not in self.converts_from:
            raise Unreadable("type", source=source.name)
        return self.read(self.read_text(source.write_text(value, old), new), new)

    def mask(self, value: Any, field: Field) -> str:
        """What may be told of a canonical, non-null value to somebody who may not read it (see masking.py)."""
        return "****"

    def choices(self, field: Field) -> Sequence[tuple[Any, str]]:
        """The canonical values a person may choose from, each with its label; () = not a matter of choice."""
        return ()

    def samples(self, field: Field) -> Sequence[Any]:
        """Some canonical values in ascending order (for sortable types), for the contract tests."""
        return ()

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        """JSON values that must be refused, each with the problem code."""
        return ()

    def sample_schema(self) -> dict[str, Any]:
        """The smallest property schema that makes a field of this type, for the contract tests and the docs."""
        return {"type": self.json_type, "x-type": self.name}
