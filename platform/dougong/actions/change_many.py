"""Changes or deletes many records in one act, tells beforehand what would happen, and takes it back. One rule: the records
are named one by one and counted; a filter that is empty or has grown meanwhile never changes what nobody saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .. import licence
from ..exchange import batches, changes
from ..kernel.actor import Actor
from ..kernel.errors import Conflict, Malformed
from ..kernel.ids import is_id, new_id
from ..kernel.problems import Problem, pointer
from ..records import query
from ..records.ops import Op, Transition, Update
from ..records.query import MOST, Query
from ..records.record import Record
from ..records.rows import chunks
from ..storage.transaction import Transaction
from .installation import Installation
from .take_back import Undone, take_back
from .transaction import read
from .write_many import Many, Outcome, row_of, write_many

#: Records of one act.
LIMIT = 1000
Act = Literal["update", "delete"]


@dataclass(frozen=True, slots=True)
class Told:
    """What happened, or would happen: `good` records, `problems` by the id of a record, `change`: the id by which it can be
    taken back, "" when nothing was kept."""

    good: int
    problems: Mapping[str, list[Problem]] = field(default_factory=dict)
    change: str = ""


def choose(inst: Installation, actor: Actor, form: str, asked: Query, expected: int) -> list[str]:
    """Ids of all records that a list shows, in its order. Raises Malformed `too_many`, Conflict `list_changed` when they
    are not as many as the person saw."""

    def act(tx: Transaction) -> list[str]:
        model = inst.catalog.live(tx)
        found: list[str] = []
        after: str | None = None
        while len(found) <= LIMIT:
            page = query.find(tx, model, form, Query(asked.filter, asked.words, asked.sort, [], MOST, after))
            found += [each.id for each in page.items]
            if (after := page.next) is None:
                break
        return found

    ids = read(inst, actor, act)
    if len(ids) > LIMIT:
        raise Malformed("too_many", limit=LIMIT)
    if len(ids) != expected:
        raise Conflict("list_changed", expected=expected, count=len(ids))
    return ids


def change_many(
    inst: Installation,
    actor: Actor,
    form: str,
    ids: Sequence[str],
    values: Mapping[str, Any] | None,
    *,
    dry: bool = False,
    good_only: bool = False,
) -> Told:
    """Write these values into every record, or delete them all (`values` None): all, or with `good_only` those that can
    be. `dry` only tells. Raises NotFound, Forbidden, Malformed `too_many`, Busy."""
    licence.require(licence.may_write(actor.tenant))
    chosen = list(dict.fromkeys(ids))
    if not 0 < len(chosen) <= LIMIT:
        raise Malformed("too_many" if chosen else "nothing_chosen", limit=LIMIT)
    act: Act = "delete" if values is None else "update"
    old = {} if values is None else read(inst, actor, lambda tx: _old(inst, tx, form, chosen, values))
    change = new_id()

    def keep(tx: Transaction, written: Mapping[int, Record]) -> None:
        event = "deleted" if act == "delete" else "updated"
        batches.keep_rows(tx, change, (
            {"line": n, "record": each.id, "event": event, "version": each.version, "old": old.get(each.id)}
            for n, each in written.items()
        ))  # fmt: skip
        changes.add(tx, change, form, act, len(written))

    def told(outcome: Outcome) -> Told:
        problems: dict[str, list[Problem]] = {}
        for each in outcome.problems:
            problems.setdefault(chosen[row_of(each.pointer) or 0], []).append(each)
        return Told(len(outcome.written), problems, change if outcome.kept and outcome.written else "")

    many = Many(
        {n: _op(form, each, values, n) for n, each in enumerate(chosen)}, told, partial=True, finish=keep,
        keep=lambda refused: not dry and (good_only or not refused), request_id=change,
    )  # fmt: skip
    return write_many(inst, actor, many)


def undo_change(inst: Installation, actor: Actor, change: str, *, leave: bool = False) -> Undone:
    """Take it back; a record touched since stands in the way, `leave` takes back all but such. Raises NotFound, Conflict
    `already_done`."""
    known = read(inst, actor, lambda tx: changes.get(tx, change))
    if known.undone_at is not None:
        raise Conflict("already_done", act="undo")

    def finish(tx: Transaction, undone: Undone) -> None:
        changes.undone(tx, change)

    undone = take_back(inst, actor, known.form, change, leave=leave, finish=finish, watcher=lambda share: None)
    if not undone.kept and read(inst, actor, lambda tx: changes.get(tx, change)).undone_at is not None:
        raise Conflict("already_done", act="undo")  # pressed twice: the first was quicker
    return undone


def _op(form: str, record: str, values: Mapping[str, Any] | None, n: int) -> Op:
    if values is None:
        return Transition(form, record, "delete", pointer=pointer(n))
    return Update(form, record, values, pointer=pointer(n))


def _old(
    inst: Installation, tx: Transaction, form: str, ids: Sequence[str], values: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """What the fields said before, by record, as it would be sent."""
    model = inst.catalog.live(tx)
    found: dict[str, dict[str, Any]] = {}
    for some in chunks(ids, MOST):
        named = ", ".join(f'"{each}"' for each in some if is_id(each))
        if not named:
            continue
        page = query.find(tx, model, form, Query(filter=f"$id in ({named})", fields=tuple(values), limit=MOST))
        for each in query.show(tx, model, inst.types, page):
            found[each["id"]] = {name: each["values"].get(name) for name in values}
    return found
