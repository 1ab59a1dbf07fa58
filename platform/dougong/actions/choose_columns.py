"""Says what is to become of an import's columns and has the dry run begun. One rule: what was chosen is remembered for the
next file with the same heads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from .. import licence
from ..definition.model import Form
from ..exchange import batches, headers, reading
from ..exchange.batches import Batch, Wanted
from ..exchange.matching import keys_of
from ..exchange.plan import may_fill
from ..kernel.actor import Actor
from ..kernel.errors import Conflict, Malformed
from ..storage import jobs
from ..storage.transaction import Transaction
from .begin_import import guess_for, import_files
from .installation import Installation
from .transaction import transaction

CHECK = "import.check"


def choose_columns(inst: Installation, actor: Actor, batch: str, wanted: Wanted) -> None:
    """Begin the dry run. Raises NotFound, Conflict (somebody else has gone on), Malformed (`duplicate_column`,
    `import_columns`, `import_key`, `unknown_field`)."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> None:
        known = batches.get(tx, batch)
        sound = _sound(inst, tx, known, wanted)
        values = {"wanted": sound.as_json(), "report": None, "error": None}
        batches.move(tx, batch, ("uploaded", "checked"), "checking", **values)
        table = import_files(inst, actor.tenant, batch).table
        batches.remember(tx, known.form, headers.digest(_heads(table, wanted.header)), sound.as_json())
        jobs.enqueue(tx, CHECK, {"batch": batch})

    transaction(inst, actor.tenant, actor, act)
    import_files(inst, actor.tenant, batch).progress.unlink(missing_ok=True)


def choose_header(inst: Installation, actor: Actor, batch: str, header: int) -> None:
    """Take another row for the header; the columns are guessed anew. Raises NotFound, Conflict."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> None:
        known = batches.get(tx, batch)
        wanted = guess_for(inst, tx, known.form, import_files(inst, actor.tenant, batch).table, header)
        values = {"wanted": wanted.as_json(), "report": None, "error": None}
        batches.move(tx, batch, ("uploaded", "checked"), "uploaded", **values)

    transaction(inst, actor.tenant, actor, act)


def choose_again(inst: Installation, actor: Actor, batch: str) -> None:
    """Back to choosing the columns. Raises NotFound, Conflict."""

    def act(tx: Transaction) -> None:
        known = batches.get(tx, batch)
        if known.state not in ("checked", "uploaded"):
            raise Conflict("import_state")
        batches.move(tx, batch, ("checked", "uploaded"), "uploaded")

    transaction(inst, actor.tenant, actor, act)


def _sound(inst: Installation, tx: Transaction, known: Batch, wanted: Wanted) -> Wanted:
    model = inst.catalog.live(tx)
    form = model.definitions.form(known.form)
    names = {each.name for each in headers.targets(form, may_fill(tx, model, known.form))}
    chosen = [each for each in wanted.columns if each]
    if unknown := next((each for each in chosen if each not in names), None):
        raise Malformed("unknown_field", name=unknown[:100])
    if not chosen:
        raise Malformed("import_columns")
    if twice := next((each for each in chosen if chosen.count(each) > 1), None):
        raise Malformed("duplicate_column", name=_title(form, twice))
    key = wanted.key if wanted.mode != "create" else ()
    if wanted.mode != "create" and (key not in keys_of(form) or not set(key) <= set(chosen)):
        named = [_title(form, each) for each in key]
        raise Malformed("import_key", key=named) if named else Malformed("import_key", keyless=True)
    return replace(wanted, key=key)


def _title(form: Form, name: str) -> str:
    found = form.find(name)
    return found.title if found is not None else name


def _heads(table: Path, header: int) -> list[str]:
    rows = reading.rows(table)
    return next(([reading.text_of(cell) for cell in row.cells] for row in rows if row.number == header), [])
