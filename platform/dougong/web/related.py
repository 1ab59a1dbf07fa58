"""What points at a record: of every form the newest few, how many there are and what they come to. One rule: lists, counts
and sums are asked of the same query with the same condition, which adds the reader's rights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ..access import allowed
from ..access import fields as field_access
from ..definition.model import Field, Form
from ..definition.names import is_system
from ..formula.printer import literal_text, name_text
from ..kernel.errors import DougongError, NotFound
from ..pages import formats
from ..pages.values import NUMBERS, Shown, column_title, of, title_of
from ..records import query
from ..records.aggregate import aggregate
from ..records.query import Query
from ..storage.model import Model
from ..storage.transaction import Transaction
from .current import installation, locale, read
from .htmx import fragment, htmx
from .policy import policy
from .recordview import open_page
from .values import amount_field, reader

blueprint = Blueprint("related", __name__)
EACH, MOST, COLUMNS = 10, 30, 4
_COUNTS = "$state in ('in_approval', 'approved', 'closed')"
_NO_COLUMN = frozenset(
    {"subtable", "json", "attachment", "image", "signature", "long_text", "rich_text", "location", "secret"}
)


@dataclass(frozen=True, slots=True)
class Link:
    """One reference that leads here: `name` is "contract", or "lines.worker" in a subtable; `where` its condition."""

    form: Form
    field: Field
    name: str
    where: str
    twice: bool

    @property
    def key(self) -> str:
        """What it is called in addresses."""
        return f"{self.form.full_name}/{self.name}"

    @property
    def title(self) -> str:
        """The form's title, with the field's where the form points here more than once."""
        return f"{self.form.title} · {self.field.title}" if self.twice else self.form.title

    @property
    def list(self) -> str:
        """The address of the list of all of them."""
        return f"/f/{self.form.full_name}?{urlencode({'filter': self.where})}"


@dataclass(frozen=True, slots=True)
class Row:
    """A record; a cell for each column."""

    href: str
    title: str
    state: str
    cells: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A reference with what it brings: `totals` are (title, sum), of a document's rows those in approval or approved.
    `rows` None: not looked at yet."""

    link: Link
    count: int
    totals: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, str, bool], ...] = ()
    rows: tuple[Row, ...] | None = None


@blueprint.get("/f/<form>/<record>/related")
@policy("member")
def everything(form: str, record: str) -> ResponseReturnValue:
    """Every form something of which points here; of one of them, `tab`, the newest are shown."""
    found = read(lambda tx: _all(tx, form, record, request.args.get("tab", "")))
    at = f"/f/{form}/{record}"
    if htmx:
        return fragment(render_template("records/_related.html", related=found, at=at))
    shown = read(lambda tx: open_page(tx, form, record))
    return render_template("records/related.html", related=found, at=at, page=shown)


@blueprint.get("/f/<form>/<record>/related/<other>/<path:name>")
@policy("member")
def one(form: str, record: str, other: str, name: str) -> ResponseReturnValue:
    """The newest of one of them."""

    def act(tx: Transaction) -> Related:
        model = installation().catalog.live(tx)
        query.get(tx, model, form, record)
        link = next((e for e in links(tx, model, form, record) if (e.form.full_name, e.name) == (other, name)), None)
        if link is None:
            raise NotFound("not_found", form=other)
        return _opened(tx, model, _counted(tx, model, link))

    return fragment(render_template("records/_related_rows.html", each=read(act)))


def links(tx: Transaction, model: Model, form: str, record: str) -> Iterator[Link]:
    """The references that lead to the record, of forms and fields the reader may see."""
    pointing = list(model.definitions.pointing_at(form))
    names = [each.full_name for each, _, _ in pointing]
    for each, field, sub in pointing:
        full = each.full_name
        name = f"{sub.name}.{field.name}" if sub is not None else field.name
        if not allowed(tx, model, full, "view") or not field_access(tx, model, full).queryable(name):
            continue
        yield Link(each, field, name, _where(field, sub, record), names.count(full) > 1)


def _where(field: Field, sub: Field | None, record: str) -> str:
    """The condition, as a filter of a list."""
    name, wanted = name_text(tuple(field.name.split("."))), literal_text(record)
    said = f"{wanted} in {name}" if field.value_type == "multi_reference" else f"{name} = {wanted}"
    return said if sub is None else f"any({name_text(tuple(sub.name.split('.')))}, {said})"


def _all(tx: Transaction, form: str, record: str, tab: str) -> list[Related]:
    model = installation().catalog.live(tx)
    query.get(tx, model, form, record)
    found: list[Related] = []
    for link in links(tx, model, form, record):
        if len(found) < MOST and (counted := _counted(tx, model, link)).count:
            found.append(counted)
    at = next((index for index, each in enumerate(found) if each.link.key == tab), 0)
    return [_opened(tx, model, each) if index == at else each for index, each in enumerate(found)]


# ------------------------------------------------------------------------------------------------ one of them


def _counted(tx: Transaction, model: Model, link: Link) -> Related:
    """How many, and what they come to; nothing where the reader may not ask that."""
    name = link.form.full_name
    try:
        count = _measure(tx, model, name, "count()", link.where)
    except DougongError:
        return Related(link, 0)
    if not count:
        return Related(link, 0)
    where = f"({link.where}) and {_COUNTS}" if link.form.is_document else link.where
    sums = []
    for each in _summed(link.form):
        with suppress(DougongError):  # a column one may not sum is left out
            total = _measure(tx, model, name, f"sum({name_text(tuple(each.name.split('.')))})", where)
            scale = 2 if each.value_type == "money" else each.scale
            sums.append((each.title, formats.number(total or 0, scale)))
    return Related(link, int(count), tuple(sums))


def _summed(form: Form) -> list[Field]:
    """What the author's own list sums, the first two; in a form without lists the figure that sums a record up."""
    views = [each for each in form.views if each.kind == "list"]
    if not views:
        amount = amount_field(form)
        return [amount] if amount is not None else []
    names = next((list(each.totals.items()) for each in views if each.totals), [])
    found = [form.find(name) for name, how in names if how == "sum"]
    return [each for each in found if each is not None][:2]


def _measure(tx: Transaction, model: Model, form: str, measure: str, where: str) -> Decimal | int | None:
    found: Decimal | int | None = aggregate(tx, model, form, measures={"it": measure}, filter=where).items[0][1]["it"]
    return found


def _opened(tx: Transaction, model: Model, related: Related) -> Related:
    """With its newest rows."""
    link = related.link
    form = link.form
    title = model.definitions.title_field(form.full_name)
    names = _columns(tx, model, link, title)
    asked = [name_text(tuple(each.split("."))) for each in dict.fromkeys([*names, *([title] if title else [])])]
    page = query.find(
        tx, model, form.full_name,
        Query(filter=link.where, sort=["-$created_at"], fields=asked or ["$id"], limit=EACH),
    )  # fmt: skip
    shown = query.show(tx, model, installation().types, page)
    figures = {each.name for each in form.fields if each.value_type in NUMBERS}
    return Related(
        link, related.count, related.totals,
        tuple((name, column_title(form, name, locale()), name in figures) for name in names),
        tuple(_row(form, each, names, title) for each in shown),
    )  # fmt: skip


def _row(form: Form, record: Mapping[str, Any], names: list[str], title: str | None) -> Row:
    cells = tuple(of(form, name, record, reader()) for name in names)
    return Row(f"/f/{form.full_name}/{record['id']}", title_of(form, record, title, reader()), record["state"], cells)


def _columns(tx: Transaction, model: Model, link: Link, title: str | None) -> list[str]:
    """The first columns of the form's own list, without what names the record and what leads here; its money last."""
    form, access = link.form, field_access(tx, model, link.form.full_name)
    view = next((each for each in form.views if each.kind == "list" and each.columns), None)
    listed = list(view.columns) if view else [each.name for each in form.fields]
    amount = amount_field(form)
    numbers = {each.name for each in form.fields if each.number is not None}
    found = []
    for name in listed:
        field = None if is_system(name) else form.find(name)
        if field is None or field.value_type in _NO_COLUMN or not field.drawn:
            continue
        if name not in (title, link.name, *numbers) and access.level(name) != "hidden":
            found.append(name)
    kept = [name for name in found if amount is None or name != amount.name][: COLUMNS - 1]
    if amount is not None and access.level(amount.name) != "hidden":
        kept.append(amount.name)
    return kept
