"""Takes a file that is to be imported: checked, read into a table, its columns guessed. One rule: nothing of it reaches the
form yet; a file that cannot be read leaves nothing behind."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from .. import licence
from ..access import require_form
from ..exchange import batches, headers, reading
from ..exchange.batches import Files, Wanted
from ..exchange.headers import Target
from ..exchange.matching import mapped_key
from ..exchange.plan import may_fill
from ..kernel.actor import Actor
from ..kernel.errors import Conflict, Malformed, TooLarge
from ..kernel.ids import new_id
from ..pages.spoken import every_language
from ..records.blobs import clean_name
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read, transaction

#: How long a file waits to be carried out, and how long it stays when it was.
UNUSED, USED = timedelta(days=7), timedelta(days=30)
_CHUNK = 1 << 20
#: Among so many sheets the one that reads like the form is looked for.
SHEETS = 6


def begin_import(inst: Installation, actor: Actor, form: str, name: str, content: BinaryIO) -> str:
    """Keep the file and read it; the id of the import. Raises NotFound, Forbidden, Malformed, TooLarge, Unsupported."""
    licence.require(licence.may_write(actor.tenant))
    read(inst, actor, lambda tx: require_form(tx, inst.catalog.live(tx), form, "import"))
    shown = clean_name(name)
    if not shown:
        raise Malformed("file_name", name=name[:80])
    batch = new_id()
    files = import_files(inst, actor.tenant, batch)
    files.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as unless_kept:
        unless_kept.callback(files.remove)
        _copy(content, files.source, inst.settings.upload_limit)
        found = _best_sheet(inst, actor, form, files, shown)
        transaction(inst, actor.tenant, actor, lambda tx: _add(inst, tx, batch, form, shown, files.table, found))
        unless_kept.pop_all()
    _tidy(inst, actor)
    return batch


def choose_sheet(inst: Installation, actor: Actor, batch: str, sheet: str) -> None:
    """Read another sheet of the workbook. Raises NotFound, Conflict, Malformed."""
    licence.require(licence.may_write(actor.tenant))
    known = read(inst, actor, lambda tx: batches.get(tx, batch))
    if known.state not in ("uploaded", "checked"):
        raise Conflict("import_state")
    files = import_files(inst, actor.tenant, batch)
    limit = inst.settings.upload_limit
    found = reading.extract(files.source, files.table, known.file_name, limit=limit, sheet=sheet)

    def act(tx: Transaction) -> None:
        wanted = _guessed(inst, tx, known.form, files.table)
        values = {"table_": as_json(found), "wanted": wanted.as_json(), "report": None, "error": None}
        batches.move(tx, batch, ("uploaded", "checked"), "uploaded", **values)

    transaction(inst, actor.tenant, actor, act)


def import_files(inst: Installation, tenant: str, batch: str) -> Files:
    """Where an import's files lie."""
    return Files(inst.settings.data / "imports" / tenant, batch)


def as_json(found: reading.Extract) -> dict[str, Any]:
    """What was read, for the import's row."""
    return {"sheets": list(found.sheets), "sheet": found.sheet, "rows": found.rows, "width": found.width}


def guess_for(inst: Installation, tx: Transaction, form: str, table: Path, header: int) -> Wanted:
    """The columns as they were chosen for these heads before, else as the heads suggest."""
    definition = inst.catalog.live(tx).definitions.form(form)
    every, *others = wordings(inst, tx, form)
    row = next((each for each in reading.rows(table) if each.number == header), None)
    heads = [reading.text_of(cell) for cell in row.cells] if row is not None else []
    before = batches.remembered(tx, form, headers.digest(heads))
    if before is not None and len(before["columns"]) == len(heads):
        known = {each.name for each in every}
        columns = tuple(each if each in known else None for each in before["columns"])
        key = mapped_key(definition, columns, tuple(before["key"]))
        return Wanted(header, columns, before["mode"] if key == tuple(before["key"]) else "create", key)
    guessed = tuple(headers.guess(every, heads, *others))
    return Wanted(header, guessed, key=mapped_key(definition, guessed))


def wordings(inst: Installation, tx: Transaction, form: str) -> list[list[Target]]:
    """What the actor may fill in the form: in the reader's words, then in those of every language."""
    model = inst.catalog.live(tx)
    may = may_fill(tx, model, form)
    return [headers.targets(each.definitions.form(form), may) for each in (model, *every_language(model))]


def _guessed(inst: Installation, tx: Transaction, form: str, table: Path) -> Wanted:
    every, *others = wordings(inst, tx, form)
    header = headers.header_row(every, islice(reading.rows(table), headers.LOOK), *others) or 1
    return guess_for(inst, tx, form, table, header)


def _best_sheet(inst: Installation, actor: Actor, form: str, files: Files, name: str) -> reading.Extract:
    """The first sheet that reads like the form; a cover with notes is passed over. The first of all where none does."""
    limit = inst.settings.upload_limit

    def fits(sheet: str) -> tuple[int, reading.Extract]:
        found = reading.extract(files.source, files.table, name, limit=limit, sheet=sheet)
        wanted = read(inst, actor, lambda tx: _guessed(inst, tx, form, files.table))
        return sum(each is not None for each in wanted.columns), found

    fitting, first = fits("")
    for sheet in first.sheets[:SHEETS] if fitting < 2 else ():
        if sheet != first.sheet:
            try:
                better, found = fits(sheet)
            except Malformed:
                continue
            if better > fitting:
                return found
    return first if fitting >= 2 or len(first.sheets) < 2 else fits(first.sheet)[1]


def _add(
    inst: Installation, tx: Transaction, batch: str, form: str, name: str, table: Path, found: reading.Extract
) -> None:
    batches.add(tx, batch, form, name, as_json(found), _guessed(inst, tx, form, table))


def _copy(content: BinaryIO, to: Path, limit: int) -> None:
    size = 0
    with to.open("wb") as target:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise TooLarge("file_too_large", limit=limit)
            target.write(chunk)


def _tidy(inst: Installation, actor: Actor) -> None:
    """Files that nobody has carried out, and those long carried out, go."""
    now = inst.clock.now()
    gone = transaction(inst, actor.tenant, actor, lambda tx: batches.forget_before(tx, now - UNUSED, now - USED))
    for each in gone:
        import_files(inst, actor.tenant, each).remove()
