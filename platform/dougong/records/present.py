"""Records as the API shows them: `{id, number, state, version, values, titles, owner …}`. One rule: every value passes the
levels of its own row here; a hidden field is absent, a masked one shows its mask, an empty one is null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Protocol

from ..definition.model import Field, Form
from ..fields.masking import masked
from ..fields.type import FieldType
from ..storage.model import Model
from ..storage.transaction import Transaction
from .json_values import nest
from .record import Line, Record
from .titles import DEPARTMENT, MEMBER, Titles

Types = Mapping[str, FieldType]


class RowLevels(Protocol):
    """What access.Levels answers."""

    def level(self, name: str) -> str: ...


class AllLevels:
    """Everything may be seen."""

    def level(self, name: str) -> str:
        del name
        return "edit"


ALL = AllLevels()


def present(
    tx: Transaction,
    model: Model,
    types: Types,
    records: Sequence[Record],
    levels: Mapping[str, RowLevels] | None = None,
) -> list[dict[str, Any]]:
    """The records as JSON-level mappings (Decimals stay Decimals). `levels` by record id; None = everything."""
    titles = Titles(tx, model)
    asked: dict[tuple[str, ...], tuple[Field, ...]] = {}  # of a list's records the same fields were read
    parts = []
    for record in records:
        form = model.definitions.form(record.form)
        key = (record.form, *record.values)
        if key not in asked:
            asked[key] = tuple(each for each in form.fields if each.name in record.values)
        _want(titles, asked[key], record)
        parts.append((form, asked[key], record))
    return [
        _Presenter(form, fields, types, titles, levels[each.id] if levels else ALL).record(each)
        for form, fields, each in parts
    ]


def _want(titles: Titles, fields: Sequence[Field], record: Record) -> None:
    titles.want_ids(MEMBER, (record.owner, record.created_by, record.updated_by))
    titles.want_ids(DEPARTMENT, (record.department,))
    for each in fields:
        value = record.values.get(each.name)
        if each.is_subtable:
            for line in value or ():
                for column in each.fields:
                    titles.want(column, line.values.get(column.name))
        else:
            titles.want(each, value)


class _Presenter:
    """`fields` are those of the form that were read."""

    def __init__(self, form: Form, fields: Sequence[Field], types: Types, titles: Titles, levels: RowLevels) -> None:
        self.form, self.fields, self.types, self.titles, self.levels = form, fields, types, titles, levels

    def record(self, record: Record) -> dict[str, Any]:
        values, titles = self._values(self.fields, record.values, "")
        people = {
            "$owner": self.titles.named(MEMBER, record.owner),
            "$department": self.titles.named(DEPARTMENT, record.department),
            "$created_by": self.titles.named(MEMBER, record.created_by),
            "$updated_by": self.titles.named(MEMBER, record.updated_by),
        }
        return {
            "id": record.id,
            "number": record.number,
            "state": record.state,
            "version": record.version,
            "values": nest(values, self.form.groups),
            "titles": _filled(nest(titles, self.form.groups)) | _filled(people),
            "owner": record.owner,
            "department": record.department,
            "created_at": instant(record.created_at),
            "created_by": record.created_by,
            "updated_at": instant(record.updated_at),
            "updated_by": record.updated_by,
        }

    def _values(
        self, fields: Iterable[Field], values: Mapping[str, Any], prefix: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        shown: dict[str, Any] = {}
        titles: dict[str, Any] = {}
        for each in fields:
            level = self.levels.level(prefix + each.name)
            if level == "hidden" or each.name not in values:
                continue
            value = values[each.name]
            if each.name == self.form.additional:
                shown.update(value if isinstance(value, Mapping) and level != "masked" else {})
            elif each.is_subtable:
                shown[each.name], titles[each.name] = self._lines(each, value or ())
            elif level == "masked":
                shown[each.name] = masked(self.types[each.value_type], each, value)
            else:
                shown[each.name] = json_value(self.types, each, value)
                titles[each.name] = self.titles.of(each, value) or self._named(each, value)
        return shown, titles

    def _named(self, field: Field, value: Any) -> str | None:
        """The names of codes: a region, a branch of a tree."""
        named = self.types[field.value_type].named(value, field) if value is not None else ()
        return "、".join(label for _, label in named) or None

    def _lines(self, sub: Field, lines: Iterable[Line]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        pairs = [(line.id, *self._values(sub.fields, line.values, f"{sub.name}.")) for line in lines]
        groups = self.form.groups
        return (
            [{"$id": line_id, **nest(values, groups)} for line_id, values, _ in pairs],
            [_filled(nest(titles, groups)) for _, _, titles in pairs],
        )


def json_value(types: Types, field: Field, value: Any) -> Any:
    """Canonical → JSON value; null stays null, what nobody reads is its mask."""
    kind = types[field.value_type]
    return masked(kind, field, value) if kind.write_only else None if value is None else kind.write(value, field)


def instant(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    if moment is None:
        return None
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _filled(titles: Mapping[str, Any]) -> dict[str, Any]:
    return {name: title for name, title in titles.items() if title not in (None, {}, []) and _says(title)}


def _says(title: Any) -> bool:
    return any(title) if isinstance(title, list) else True
