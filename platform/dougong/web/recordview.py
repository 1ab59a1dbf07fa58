"""A record as its page shows it: the one amount, the layout's sections with values, subtables with sums, what may be done
and begun from it. One rule: only what `records.present` cut to the reader is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from .. import notify
from ..access import Levels, allowed
from ..definition.model import Field, FieldLevel, Form
from ..definition.sums import summed
from ..forms.layout import plan
from ..formula.rmb import rmb_upper
from ..kernel.errors import DougongError
from ..pages import formats
from ..pages.values import Shown, dig, has, lines, of, title_of
from ..records import files, query
from ..records.present import present
from ..records.pushing import offers
from ..records.record import Record
from ..storage.model import Model
from ..storage.transaction import Transaction
from .current import installation, locale
from .recordacts import Act, acts, editable
from .values import amount_field, reader

#: Kinds of shown values that are files.
FILES = frozenset({"files", "pics"})
#: Amounts up to here are said in words.
_LARGEST = Decimal(10) ** 16


@dataclass(frozen=True, slots=True)
class Value:
    """A field with its value; `span` columns wide."""

    title: str
    shown: Shown
    span: int


@dataclass(frozen=True, slots=True)
class Table:
    """A subtable: heads, rows of cells, sums by column (None = no sum)."""

    name: str
    title: str
    heads: tuple[Field, ...]
    rows: tuple[dict[str, Shown], ...]
    sums: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One section: values, then tables."""

    title: str
    columns: int
    values: tuple[Value, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Headline:
    """The one amount of a record, in words too (Chinese capitals), and whose it is."""

    title: str
    shown: Shown
    words: str
    about: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Push:
    """A document that may be begun from this one, at this address."""

    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the record page draws. `shown` is the record as the API shows it; `told`: the reader has unread notices
    about it."""

    form: Form
    shown: Mapping[str, Any]
    title: str
    headline: Headline | None
    parts: tuple[Part, ...]
    acts: tuple[Act, ...]
    may_edit: bool
    may_create: bool
    deleted: bool
    told: bool
    pushes: tuple[Push, ...]
    pointed_at: bool

    @property
    def at(self) -> str:
        """The record's address."""
        return f"/f/{self.form.full_name}/{self.shown['id']}"

    @property
    def now(self) -> tuple[Act, ...]:
        return tuple(each for each in self.acts if each.now)

    @property
    def rest(self) -> tuple[Act, ...]:
        return tuple(each for each in self.acts if not each.now)

    @property
    def files(self) -> tuple[tuple[str, Shown], ...]:
        """Every file of the record with the field it lies in, where they lie in more than one place."""
        found = [(each.title, each.shown) for part in self.parts for each in part.values if each.shown.kind in FILES]
        for table in (each for part in self.parts for each in part.tables):
            for n, row in enumerate(table.rows, 1):
                cells = ((head, row[head.name]) for head in table.heads if head.name in row)
                found += [(f"{table.title} {n} {head.title}", cell) for head, cell in cells if cell.kind in FILES]
        return tuple(found) if len(found) > 1 else ()

    @property
    def wide(self) -> bool:
        """Whether a table needs the whole width."""
        return any(len(table.heads) > 8 for part in self.parts for table in part.tables)


def open_page(tx: Transaction, name: str, record_id: str) -> Page:
    """The record; one in the recycle bin for who may restore it. Raises NotFound."""
    inst = installation()
    model = inst.catalog.live(tx)
    record, levels = _found(tx, model, name, record_id)
    form = model.definitions.form(name)
    shown = present(tx, model, inst.types, [record], {record.id: levels})[0]
    _name_files(tx, form, shown)
    return Page(
        form, shown, title_of(form, shown, model.definitions.title_field(name), reader()), _headline(form, shown),
        tuple(_parts(form, shown, levels)), tuple(acts(tx, model, form, record)),
        editable(tx, model, form, record), allowed(tx, model, name, "create") and form.kind not in ("log", "settings"),
        record.deleted_at is not None, notify.unread_about(tx, record.id), tuple(_pushes(tx, model, record)),
        any(allowed(tx, model, each.full_name, "view") for each, _, _ in model.definitions.pointing_at(name)),
    )  # fmt: skip


def _headline(form: Form, shown: Mapping[str, Any]) -> Headline | None:
    amount = amount_field(form) if form.is_document else None
    if amount is None or not has(shown["values"], amount.name):
        return None
    value = dig(shown["values"], amount.name)
    words = ""
    if locale() == "zh_CN" and isinstance(value, Decimal | int) and abs(Decimal(value)) < _LARGEST:
        words = rmb_upper(Decimal(value))
    names = [each.name for each in form.fields if each.value_type == "reference" and each.drawn]
    about = [of(form, each, shown, reader()) for each in names if has(shown["values"], each)]
    filled = tuple(each for each in about if not each.empty and each.kind == "link")
    return Headline(amount.title, of(form, amount.name, shown, reader()), words, filled[:3])


def _pushes(tx: Transaction, model: Model, record: Record) -> Iterator[Push]:
    """What may be begun from here; the field is named where a form points here twice."""
    found = list(offers(tx, model, record))
    names = [each.form.full_name for each in found]
    for each in found:
        name = each.form.full_name
        title = f"{each.form.title} · {each.field.title}" if names.count(name) > 1 else each.form.title
        yield Push(title, f"/f/{name}/new?{urlencode({each.field.name: record.id})}")


def _name_files(tx: Transaction, form: Form, shown: dict[str, Any]) -> None:
    """Files are called by their names: own fields only beside `titles`, rows' in theirs."""
    holders = [(shown["values"], shown["titles"], each) for each in form.fields if each.value_type in files.KINDS]
    for sub in form.subtables:
        rows, titles = dig(shown["values"], sub.name) or (), dig(shown["titles"], sub.name) or ()
        columns = [each for each in sub.fields if each.value_type in files.KINDS]
        holders += [(row, named, each) for row, named in zip(rows, titles, strict=False) for each in columns]
    names = files.described(tx, [one for values, _, each in holders for one in _ids(values, each)])
    for values, titles, each in holders:
        titles[each.name] = [names[one].name if one in names else one for one in _ids(values, each)]


def _ids(values: Mapping[str, Any], field: Field) -> list[str]:
    """The ids of the files in a field; a signature is one."""
    held = dig(values, field.name) or ()
    return [held] if isinstance(held, str) else list(held)


def _found(tx: Transaction, model: Model, name: str, record_id: str) -> tuple[Record, Levels]:
    try:
        return query.get(tx, model, name, record_id)
    except DougongError as missing:
        try:
            return query.get(tx, model, name, record_id, "restore")
        except DougongError:
            raise missing from None


# ------------------------------------------------------------------------------------------------ values


def _parts(form: Form, shown: Mapping[str, Any], levels: Levels) -> Iterator[Part]:
    by_name: dict[str, FieldLevel] = {each.name: levels.level(each.name) for each in form.fields}
    planned = plan(form, by_name, ())
    laid = {each.name for section in planned for each, _, _ in section.cells}
    unlaid = [each for each in form.fields if each.drawn and each.name not in laid]
    rest = [each for each in unlaid if by_name[each.name] != "hidden" and form.layout]
    for section in planned:
        made = _part(form, shown, section.title, section.columns, [(each, span) for each, span, _ in section.cells])
        if not _closed(form, section.id, made):
            yield made
    if rest:
        yield _part(form, shown, "", 3, [(each, 1) for each in rest])


def _closed(form: Form, section: str, part: Part) -> bool:
    """A section under a condition that holds nothing is not shown."""
    conditional = any(each.id == section and each.when is not None for each in form.layout)
    return conditional and all(each.shown.empty for each in part.values) and not any(each.rows for each in part.tables)


def _part(form: Form, shown: Mapping[str, Any], title: str, columns: int, cells: list[tuple[Field, int]]) -> Part:
    values, tables = [], []
    for each, span in cells:
        if not has(shown["values"], each.name):
            continue
        if each.is_subtable:
            tables.append(_table(form, each, shown))
        else:
            value = of(form, each.name, shown, reader())
            if not (value.empty and each.visible is not None):
                values.append(Value(each.title, value, 3 if value.kind in ("long", "rich") else min(span, columns)))
    return Part(title, columns, tuple(values), tuple(tables))


def _table(form: Form, sub: Field, shown: Mapping[str, Any]) -> Table:
    rows = tuple(lines(sub, shown, reader()))
    heads = tuple(each for each in sub.fields if each.drawn and (not rows or any(each.name in row for row in rows)))
    added = summed(form, sub)
    wanted = [each for each in heads if each.name in added]
    sums = {each.name: total for each in wanted if (total := _sum(each, sub, shown)) is not None}
    return Table(sub.name, sub.title, heads, rows, sums)


def _sum(each: Field, sub: Field, shown: Mapping[str, Any]) -> str | None:
    found = [dig(row, each.name) for row in dig(shown["values"], sub.name) or ()]
    numbers = [Decimal(value) for value in found if isinstance(value, int | Decimal)]
    scale = 2 if each.value_type == "money" else each.scale
    return formats.number(sum(numbers, Decimal(0)), scale) if numbers else None
