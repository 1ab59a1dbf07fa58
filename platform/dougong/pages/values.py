"""One value of a record as people read it, made from the record as `records.present` cut it to the reader: titles instead
of ids, figures grouped and with the places of their field. One rule: what is not in the presented record is not shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ..definition.model import Field, Form
from ..definition.names import is_system
from ..fields.duration import Duration
from ..fields.masking import Masked
from ..fields.rating import Rating
from ..fields.secret import MASK
from . import formats
from .catalogue import mark, text
from .composites import composite

NUMBERS = frozenset({"integer", "decimal", "money", "percent"})
#: What an address begins with that leads to a value of these types.
_AWAY = {"url": "", "email": "mailto:", "phone": "tel:"}
_DURATION, _RATING = Duration(), Rating()
SYSTEM = {
    "$state": mark("State"), "$number": mark("No."), "$owner": mark("Owner"), "$department": mark("Department"),
    "$created_at": mark("Created at"), "$created_by": mark("Created by"), "$updated_at": mark("Changed at"),
    "$updated_by": mark("Changed by"), "$version": mark("Version"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """`kind`: text, number, state, long, link (`href` leads to the record a reference names), away (`href` leads out of
    the house: a web address, mail, a call), files, stars (`raw` of how many are lit, and how many there are), code."""

    text: str
    kind: str = "text"
    href: str = ""
    raw: Any = None

    @property
    def empty(self) -> bool:
        return self.text == formats.EMPTY


@dataclass(frozen=True, slots=True)
class Reader:
    """In whose language and zone values are shown."""

    locale: str
    zone: ZoneInfo


def dig(values: Any, name: str) -> Any:
    """A value by its dotted name out of values nested as the schema nests them; None where something is absent."""
    if isinstance(values, Mapping) and name in values:
        return values[name]
    for part in name.split("."):
        if not isinstance(values, Mapping) or part not in values:
            return None
        values = values[part]
    return values


def has(values: Any, name: str) -> bool:
    """Whether the presented values hold the field at all: a hidden one is absent."""
    if isinstance(values, Mapping) and name in values:
        return True
    for part in name.split("."):
        if not isinstance(values, Mapping) or part not in values:
            return False
        values = values[part]
    return True


def shown(field: Field, value: Any, title: Any, reader: Reader) -> Shown:
    """A JSON-level value of this field with its title."""
    kind = field.value_type
    if isinstance(value, Masked):
        return Shown(str(value), raw=value)
    if value is None or value in ("", [], ()):
        return Shown(formats.EMPTY, "number" if kind in NUMBERS else "text", raw=value)
    if kind == "secret":
        return Shown(MASK, raw=MASK)
    if kind in NUMBERS and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Shown(_figure(field, Decimal(value)), "number", raw=value)
    if kind == "boolean" and isinstance(value, bool):
        return Shown(formats.yes_no(value, reader.locale), raw=value)
    if kind == "datetime" and isinstance(value, str):
        return Shown(formats.moment(value, reader.zone), raw=value)
    if kind == "time" and isinstance(value, str):
        return Shown(value.removesuffix(":00") if value.count(":") == 2 else value, raw=value)
    if kind in _AWAY and isinstance(value, str):
        return Shown(value, "away", _AWAY[kind] + value, raw=value)
    if kind == "duration":
        seconds = int(value) if isinstance(value, int | Decimal) else _DURATION.read(value, field)
        return Shown(formats.duration(seconds, reader.locale), raw=value)
    if kind == "rating" and isinstance(value, int | Decimal):
        most = _RATING.highest(field)
        if value not in range(1, most + 1):
            return Shown(formats.number(value), "number", raw=value)
        return Shown(f"{value} / {most}", "stars", raw=(int(value), most))
    if kind == "barcode" and isinstance(value, str):
        return Shown(value, "text" if field.options.get("qr") is False else "code", raw=value)
    if kind == "reference":
        return Shown(str(title or formats.EMPTY), "link", f"/f/{field.ref}/{value}", raw=value)
    made = composite(field, value, title, formats.between(reader.locale))
    if made is not None:
        return Shown(made[0], made[1], raw=made[2])
    return Shown(*_words(kind, value, title, reader), raw=value)


def _words(kind: str, value: Any, title: Any, reader: Reader) -> tuple[str, str]:
    if isinstance(value, list | tuple):
        return _listed(value, title, reader), "text"
    if kind == "json" or isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, default=str), "long"
    if title is not None:
        return str(title), "text"
    return str(value), "long" if kind == "long_text" else "text"


def _listed(values: Sequence[Any], titles: Any, reader: Reader) -> str:
    names = titles if isinstance(titles, list | tuple) else [None] * len(values)
    return formats.between(reader.locale).join(str(title or value) for value, title in zip(values, names, strict=False))


def _figure(field: Field, value: Decimal) -> str:
    if field.value_type == "percent":
        return formats.percent(value)
    if field.value_type == "money":
        return formats.number(value, 2)
    return formats.number(value, field.scale if field.value_type == "decimal" else None)


def system(name: str, record: Mapping[str, Any], reader: Reader) -> Shown:
    """A system value, `$state` or `$owner`, of a presented record."""
    key = name.removeprefix("$")
    value, titles = record.get(key), record.get("titles", {})
    if name == "$state":
        return Shown(str(value), "state", raw=value)
    if key.endswith("_at"):
        return Shown(formats.moment(value, reader.zone), raw=value)
    return Shown(str(titles.get(name, value) if value is not None else formats.EMPTY), raw=value)


def of(form: Form, name: str, record: Mapping[str, Any], reader: Reader) -> Shown:
    """A column of a presented record: a field, a system value, or a value behind a reference (as it came)."""
    if is_system(name):
        return system(name, record, reader)
    field = form.find(name)
    value = dig(record["values"], name)
    if field is None:
        return Shown(formats.EMPTY if value is None else str(value), raw=value)
    return shown(field, value, dig(record.get("titles", {}), name), reader)


def column_title(form: Form, name: str, locale: str) -> str:
    """The head of a column."""
    field = form.find(name)
    if field is not None:
        return field.title
    return text(SYSTEM[name], locale) if name in SYSTEM else name


#: The house's own hands, by the names they act under.
_HANDS = {"operator": mark("The operator"), "platform": mark("Dougong itself")}


def who(name: str, locale: str) -> str:
    """Whoever acted, by name; the house's own hands in words."""
    return text(_HANDS[name], locale) if name in _HANDS else name


#: Fields that name even a document.
_NAMES = ("name", "title")


def title_of(form: Form, record: Mapping[str, Any], title_field: str | None, reader: Reader) -> str:
    """What people call the record: its number (and its name beside it), its title, else its first filled field."""
    number = record.get("number")
    if number:
        named = title_field and (not form.is_document or title_field in _NAMES)
        title = of(form, title_field, record, reader) if title_field and named else None
        return (
            f"{number} {title.text}" if title is not None and not title.empty and title.text != number else str(number)
        )
    names = [title_field] if title_field else []
    for name in (*names, *(each.name for each in form.fields if each.value_type not in ("subtable", "secret"))):
        cell = of(form, name, record, reader)
        if not cell.empty:
            return cell.text
    return form.title


def lines(sub: Field, record: Mapping[str, Any], reader: Reader) -> Iterator[dict[str, Shown]]:
    """The rows of a subtable, each as columns by name."""
    rows = dig(record["values"], sub.name) or ()
    titles = dig(record.get("titles", {}), sub.name) or [{}] * len(rows)
    for row, named in zip(rows, titles, strict=False):
        yield {
            each.name: shown(each, dig(row, each.name), dig(named, each.name), reader)
            for each in sub.fields
            if has(row, each.name)
        }
