"""Uploaded files as rows, and who may have them. One rule: the right to a file is the right to the record and field that
hold it now; a file nobody holds yet belongs to its uploader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import BinaryIO, TypeAlias

from sqlalchemy import and_, delete, insert, select

from ..access import levels_of, scope
from ..definition.model import Field, Form
from ..kernel.errors import Malformed, NotFound
from ..kernel.ids import is_id, new_id
from ..kernel.problems import Problem
from ..storage.model import Model
from ..storage.transaction import Transaction
from . import blobs
from .entry import Entry
from .rows import chunks
from .tables import file_holders, files
from .write_set import RowChange, WriteSet

#: A file and the record that holds it.
Holding: TypeAlias = tuple[str, str]
KINDS = frozenset({"attachment", "image", "signature"})


@dataclass(frozen=True, slots=True)
class File:
    """`size` in bytes, `type` a media type, `uploaded_by` a member's id."""

    id: str
    sha256: str
    name: str
    size: int
    type: str
    uploaded_by: str | None
    created_at: datetime


def add(tx: Transaction, folder: Path, name: str, content: BinaryIO, limit: int) -> File:
    """Keep an uploaded file. Raises Malformed (no name, empty), TooLarge, Unsupported."""
    clean = blobs.clean_name(name)
    if not clean:
        raise Malformed("file_name", name=name[:80])
    blob = blobs.keep(folder, clean, content, limit)
    made = File(new_id(), blob.sha256, clean, blob.size, blob.type, tx.actor.member, tx.now)
    row = {
        "id": made.id,
        "sha256": made.sha256,
        "name": made.name,
        "size": made.size,
        "type": made.type,
        "uploaded_by": made.uploaded_by,
        "created_at": made.created_at,
    }
    tx.conn.execute(insert(files).values(row))
    return made


def get(tx: Transaction, model: Model, file_id: str) -> File:
    """A file the actor may have. Raises NotFound for any other."""
    if is_id(file_id) and file_id in permitted(tx, model, [file_id]):
        row = tx.conn.execute(select(files).where(files.c.id == file_id)).one()
        return _file(row)
    raise NotFound("not_found", file=file_id[:80])


def described(tx: Transaction, ids: Iterable[str]) -> dict[str, File]:
    """These files by id, for showing what a record holds; the record's own right has been asked."""
    wanted = sorted({each for each in ids if is_id(each)})
    rows = (row for some in chunks(wanted) for row in tx.conn.execute(select(files).where(files.c.id.in_(some))))
    return {row.id: _file(row) for row in rows}


def permitted(tx: Transaction, model: Model, ids: Iterable[str]) -> set[str]:
    """Those of the files that exist and the actor may have: uploaded by the actor and held by nobody, or held by a record
    and field the actor may read."""
    wanted = sorted({each for each in ids if is_id(each)})
    found: set[str] = set()
    for some in chunks(wanted):
        rows = tx.conn.execute(select(files.c.id, files.c.uploaded_by).where(files.c.id.in_(some))).all()
        held = tx.conn.execute(select(file_holders).where(file_holders.c.file.in_(some))).all()
        taken = {row.file for row in held}
        mine = {row.id for row in rows if tx.actor.is_admin or row.uploaded_by == tx.actor.member is not None}
        found |= mine if tx.actor.is_admin else mine - taken
        for form in {row.form for row in held}:
            found |= _readable(tx, model, form, [row for row in held if row.form == form])
    return found


def _readable(tx: Transaction, model: Model, form: str, held: Iterable[object]) -> set[str]:
    if form not in model.definitions.forms:
        return set()
    rows = [(row.file, row.record, row.field) for row in held]  # type: ignore[attr-defined]
    main = model.table(form).main
    records = sorted({record for _, record, _ in rows})
    visible = and_(main.c.id.in_(records), main.c.deleted_at.is_(None), scope(tx, model, form, "view"))
    seen = set(tx.conn.scalars(select(main.c.id).where(visible)))
    levels = levels_of(tx, model, form, "view", seen)
    return {file for file, record, field in rows if record in levels and levels[record].readable(field)}


def file_fields(form: Form) -> list[tuple[str | None, Field]]:
    """The fields that hold files, each with its subtable's name."""
    own = [(None, each) for each in form.fields if each.value_type in KINDS]
    return [*own, *((sub.name, each) for sub in form.subtables for each in sub.fields if each.value_type in KINDS)]


def unfit(field: Field, file: File, at: str) -> list[Problem]:
    """Why a field does not take this file: a picture that can be shown is asked for, its ending is not accepted, it is
    too large."""
    said, options = {"name": file.name}, field.options
    found = []
    if field.value_type in ("image", "signature") and file.type not in blobs.DRAWN:
        found.append(Problem("format", at, {**said, "reason": "not_a_picture"}))
    accepted = options.get("accept")
    endings = (
        {f".{str(each).lower().lstrip('.')}" for each in accepted} if isinstance(accepted, list | tuple) else set()
    )
    if endings and PurePosixPath(file.name).suffix.lower() not in endings:
        found.append(Problem("format", at, {**said, "reason": "file_ending", "endings": "、".join(sorted(endings))}))
    most = options.get("max_size")
    if isinstance(most, int | Decimal) and not isinstance(most, bool) and file.size > most * 1024 * 1024:
        found.append(Problem("length", at, {**said, "reason": "file_size", "megabytes": most}))
    return found


def field_at(form: Form, place: str) -> Field | None:
    """The field of files at "photos", or "lines.photo" in a subtable."""
    return next(
        (each for sub, each in file_fields(form) if place == (f"{sub}.{each.name}" if sub else each.name)), None
    )


def lost(tx: Transaction, folder: Path) -> list[File]:
    """Files whose bytes are not where they should be, or not as many."""
    found = map(_file, tx.conn.execute(select(files).order_by(files.c.id)))
    return [each for each in found if blobs.length(folder, each.sha256) != each.size]


def held_by(tx: Transaction, model: Model, form: str) -> dict[str, tuple[set[Holding], set[Holding]]]:
    """Of each field that holds files: what is written down of it, and what the records say."""
    c, tables = file_holders.c, model.table(form)
    found: dict[str, tuple[set[Holding], set[Holding]]] = {}
    for sub, each in file_fields(model.form(form)):
        if not tables.has(each.name, sub):
            continue
        name = f"{sub}.{each.name}" if sub else each.name
        noted = select(c.file, c.record).where(c.form == form, c.field == name)
        column = tables.column(each.name, sub)
        record = tables.main.c.id if sub is None else tables.subtables[sub].c.parent
        said = tx.conn.execute(select(record, column).where(column.is_not(None)))
        holding = {(str(file), str(row_id)) for row_id, ids in said for file in ids}
        found[name] = {(row.file, row.record) for row in tx.conn.execute(noted)}, holding
    return found


def hold_again(tx: Transaction, form: str, field: str, holding: Iterable[Holding]) -> None:
    """Write down anew who holds which file in this field."""
    c = file_holders.c
    tx.conn.execute(delete(file_holders).where(c.form == form, c.field == field))
    rows = [{"file": file, "form": form, "record": record, "field": field} for file, record in sorted(holding)]
    if rows:
        tx.conn.execute(insert(file_holders), rows)


def hold(ws: WriteSet, entries: Iterable[Entry]) -> None:
    """Write down which files these records hold now."""
    for entry in entries:
        form, record = entry.form.full_name, entry.record
        for sub, each in file_fields(entry.form):
            rows = [record] if sub is None else ws.children(form, sub, record.id)
            before, after = _ids(rows, each, old=True), _ids(rows, each, old=False)
            if before != after:
                _hold(ws, form, record.id, f"{sub}.{each.name}" if sub else each.name, before, after)


def _hold(ws: WriteSet, form: str, record: str, field: str, before: set[str], after: set[str]) -> None:
    c = file_holders.c
    if gone := before - after:
        where = and_(c.file.in_(sorted(gone)), c.record == record, c.field == field)
        ws.tx.conn.execute(delete(file_holders).where(where))
    if new := sorted(after - before):
        rows = [{"file": each, "form": form, "record": record, "field": field} for each in new]
        ws.tx.conn.execute(insert(file_holders), rows)


def _ids(rows: Iterable[RowChange], field: Field, *, old: bool) -> set[str]:
    return {each for row in rows for each in ((row.side(old) or {}).get(field.name) or ())}


def _file(row: object) -> File:
    return File(*row)  # type: ignore[misc]
