"""Columns that are being filled in the background. One rule: a mark remembers how far the filling has come, moves only
forward and by compare-and-set, so a job that was killed or doubled goes on where the rows say.

A column converted from another one is filled here: a row whose new column is still null takes its value from the old one,
so what a writer has put there meanwhile stays. A derived column is filled by who can compute it, with `advance`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlalchemy import func as sql

from ..definition.model import Field
from ..kernel.errors import Conflict
from . import own
from .changes import converter
from .model import Model
from .rows import LOST, loose
from .standing import Standing
from .transaction import Transaction
from .types import Id, column_type
from .wants import Want

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Mark:
    """One column being built. `sub` and `field` are x-ids ("" = the record itself), `source` the column it is converted
    from (None = derived), `cursor` the last id that is done."""

    form: str
    sub: str
    field: str
    column: str
    source: str | None
    cursor: str | None
    rows_done: int
    rows_all: int
    version: int


def marks(tx: Transaction) -> list[Mark]:
    """All columns that are being built, in the order of their names; those of a form out of sight wait until it is back."""
    b = own.building.c
    query = select(own.building).where(b.form == own.form.c.form, own.form.c.state == "live")
    query = query.order_by(b.form, b.sub, b.field)
    return [Mark(**row._asdict()) for row in tx.conn.execute(query)]


def advance(tx: Transaction, mark: Mark, cursor: str, rows: int) -> None:
    """These rows are done too. Raises Conflict `building_moved` when another worker was quicker."""
    b = own.building.c
    same = b.cursor.is_(None) if mark.cursor is None else b.cursor == mark.cursor
    values = {"cursor": cursor, "rows_done": mark.rows_done + rows}
    if tx.conn.execute(update(own.building).where(*_at(mark), same).values(values)).rowcount != 1:
        raise Conflict("building_moved", form=mark.form, field=mark.field)


def finish(tx: Transaction, mark: Mark) -> None:
    """The column is complete: reads show it, checks on it begin."""
    tx.conn.execute(delete(own.building).where(*_at(mark)))
    tx.audit(mark.form, None, "column_built", [{"field": mark.field, "old": None, "new": mark.rows_all}])


def convert_batch(tx: Transaction, model: Model, mark: Mark, size: int = BATCH) -> bool:
    """Convert the next rows of a column that has a source; True when it is complete (the mark is gone then)."""
    kept = next(
        each for each in Standing.read(tx.conn).retired[mark.form, mark.sub, mark.field] if each.column == mark.source
    )
    want = _want(model, mark)
    if want.spec is None:
        raise TypeError("a subtable is never converted")
    table = model.table(mark.form).table(want.sub_name)
    of = loose(table.name, **{kept.column: kept.column_type, mark.column: column_type(want.spec)})
    query = select(of.c.id, of.c[kept.column], of.c[mark.column]).order_by(of.c.id).limit(size)
    if mark.cursor is not None:
        query = query.where(of.c.id > mark.cursor)
    found = tx.conn.execute(query.with_for_update(key_share=True)).all()
    if not found:
        finish(tx, mark)
        return True
    by = converter(model.types, kept, want)
    change = of.update().where(of.c.id == bindparam("b_id", type_=Id()), of.c[mark.column].is_(None))
    change = change.values({mark.column: bindparam("b_value", type_=of.c[mark.column].type)})
    values = [(row[0], by.forward(row[1], tx.conn.dialect)) for row in found if row[1] is not None and row[2] is None]
    parameters = [{"b_id": row, "b_value": value} for row, value in values if value is not LOST]
    if parameters:
        tx.conn.execute(change, parameters)
    advance(tx, mark, found[-1][0], len(found))
    return False


def unfinished(tx: Transaction) -> int:
    """How many columns are being built."""
    return int(tx.conn.execute(select(sql.count()).select_from(own.building)).scalar_one())


def _want(model: Model, mark: Mark) -> Want:
    form = model.form(mark.form)
    sub = next((each for each in form.subtables if each.id == mark.sub), None)
    field = _named(sub.fields if sub is not None else form.fields, mark.field)
    return Want(mark.form, sub, field, model.types[field.value_type].column(field))


def _named(fields: tuple[Field, ...], x_id: str) -> Field:
    return next(each for each in fields if each.id == x_id)


def _at(mark: Mark) -> tuple[ColumnElement[bool], ...]:
    b = own.building.c
    return b.form == mark.form, b.sub == mark.sub, b.field == mark.field, b.version == mark.version
