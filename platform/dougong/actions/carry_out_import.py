"""Has an import carried out, undone, or dropped. One rule: the work itself is a job; here the state moves and the job is
left, in one transaction, so that a second press of the button is refused and never done twice."""

from __future__ import annotations

from datetime import timedelta

from .. import licence
from ..access import require_form
from ..exchange import batches
from ..exchange.batches import BUSY, Batch
from ..kernel.actor import Actor
from ..kernel.errors import Conflict
from ..storage import jobs
from ..storage.transaction import Transaction
from .begin_import import import_files
from .installation import Installation
from .transaction import transaction

COMMIT, UNDO = "import.commit", "import.undo"
#: Work that has shown no progress for so long may be given up by hand.
STUCK = timedelta(minutes=15)


def carry_out_import(inst: Installation, actor: Actor, batch: str, *, good_only: bool = False) -> None:
    """Write the rows: all of them, or the good ones. Raises NotFound, Forbidden, Conflict."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> None:
        known = batches.get(tx, batch)
        require_form(tx, inst.catalog.live(tx), known.form, "import")
        if known.report is None or not known.report["good"] or (known.report["bad"] and not good_only):
            raise Conflict("import_state")
        batches.move(tx, batch, ("checked",), "committing", error=None)
        jobs.enqueue(tx, COMMIT, {"batch": batch, "good_only": good_only})

    transaction(inst, actor.tenant, actor, act)
    import_files(inst, actor.tenant, batch).progress.unlink(missing_ok=True)


def undo_import(inst: Installation, actor: Actor, batch: str, *, leave: bool = False) -> None:
    """Take everything back; `leave`: but for what has been changed since. Raises NotFound, Forbidden, Conflict."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> None:
        known = batches.get(tx, batch)
        for action in undo_needs(known):
            require_form(tx, inst.catalog.live(tx), known.form, action)
        batches.move(tx, batch, ("done",), "undoing", error=None)
        jobs.enqueue(tx, UNDO, {"batch": batch, "leave": leave, "by": actor.member})

    transaction(inst, actor.tenant, actor, act)
    import_files(inst, actor.tenant, batch).progress.unlink(missing_ok=True)


def undo_needs(known: Batch) -> tuple[str, ...]:
    """The rights that taking this import back asks for."""
    report = known.report or {}
    done = (("delete", report.get("created")), ("edit", report.get("updated")))
    return ("import", *(action for action, rows in done if rows))


def drop_import(inst: Installation, actor: Actor, batch: str) -> str:
    """Forget a file that was not carried out; its form. Raises NotFound, Conflict."""

    def act(tx: Transaction) -> str:
        known = batches.get(tx, batch)
        batches.drop(tx, batch)
        return known.form

    form = transaction(inst, actor.tenant, actor, act)
    import_files(inst, actor.tenant, batch).remove()
    return form


def give_up_import(inst: Installation, actor: Actor, batch: str) -> None:
    """Put an import back whose work was lost with its worker. Raises NotFound, Conflict."""

    def act(tx: Transaction) -> None:
        known = batches.get(tx, batch)
        if known.state not in BUSY or known.changed_at > tx.now - STUCK:
            raise Conflict("import_state")
        back = {"checking": "uploaded", "committing": "checked", "undoing": "done"}[known.state]
        batches.move(tx, batch, (known.state,), back)  # type: ignore[arg-type]

    transaction(inst, actor.tenant, actor, act)
