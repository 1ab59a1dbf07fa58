"""Rights asked by a write, for many records in one SELECT. One rule: a record is judged as it stood before the act (and,
where locks are taken, again when locked) and, unless only its state moved, as it stands after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from sqlalchemy import select

from ..access import fields, levels_of, require_form, scope
from ..access.policies import granting
from ..definition.model import Expr
from ..kernel.errors import Forbidden, NotFound
from ..kernel.ids import is_id
from ..storage.model import Model
from ..storage.transaction import Transaction
from .rows import chunks

__all__ = [
    "EVERYTHING", "FieldRights", "deciding", "levels", "levels_new", "outside", "refuse_columns", "require", "require_form",
]  # fmt: skip


class Editing(Protocol):
    """What access.Levels and access.FieldAccess both answer."""

    def level(self, name: str) -> str: ...


def require(tx: Transaction, model: Model, form: str, action: str, ids: Iterable[str]) -> None:
    """Raises NotFound when a record is absent, invisible or (unless it is to be restored) in the recycle bin, Forbidden
    when it may be seen but not acted upon."""
    wanted, main = sorted(set(ids)), model.table(form).main
    if bad := [each for each in wanted if not is_id(each)]:
        raise NotFound("not_found", form=form, id=bad[0][:80])
    seen, granted = scope(tx, model, form, "view"), scope(tx, model, form, action)
    query = select(main.c.id, main.c.deleted_at, seen.label("seen"), granted.label("granted"))
    found = {row.id: row for some in chunks(wanted) for row in tx.conn.execute(query.where(main.c.id.in_(some)))}
    for each in wanted:
        row = found.get(each)
        if row is None or not row.seen or (row.deleted_at is not None and action != "restore"):
            raise NotFound("not_found", form=form, id=each)
        if not row.granted:
            raise Forbidden("forbidden", form=form, action=action, id=each)


def outside(tx: Transaction, model: Model, form: str, action: str, ids: Iterable[str]) -> set[str]:
    """Those of these records that, as they stand now, are none the actor may do this to."""
    if tx.actor.is_admin:
        return set()
    wanted, main = sorted(set(ids)), model.table(form).main
    inside = select(main.c.id).where(scope(tx, model, form, action))
    found = {each for some in chunks(wanted) for each in tx.conn.scalars(inside.where(main.c.id.in_(some)))}
    return set(wanted) - found


def deciding(tx: Transaction, model: Model, form: str, action: str) -> frozenset[str]:
    """The record's own inputs that decide, by the rows of the actor's policies, whether it may do this to a record."""
    definitions = model.definitions
    rules = (each.rows for each in granting(tx.actor, definitions.form(form), action))
    reads = (ref for rule in rules if isinstance(rule, Expr) for ref in definitions.checked(rule, form).reads)
    fields_read = (definitions.first(form, None, ref.path) for ref in reads if ref.anchor == "self")
    return frozenset(found[0].name for found in fields_read if found is not None and not found[0].computed)


def levels(tx: Transaction, model: Model, form: str, ids: Iterable[str]) -> Mapping[str, FieldRights]:
    """Field rights for an edit of these records."""
    wanted = list(ids)
    seen, edited = levels_of(tx, model, form, "view", wanted), levels_of(tx, model, form, "edit", wanted)
    return {each: FieldRights(seen[each], edited[each]) for each in wanted if each in seen and each in edited}


def levels_new(tx: Transaction, model: Model, form: str) -> FieldRights:
    """Field rights for a record that is not there yet: the best that any row could have."""
    return FieldRights(fields(tx, model, form, "view"), fields(tx, model, form, "create"))


def refuse_columns(tx: Transaction, model: Model, form: str, sent: Mapping[str, Iterable[str]]) -> None:
    """After a create: raises Forbidden when a field was filled that the actor may not fill on that very row."""
    if tx.actor.is_admin or not fields(tx, model, form, "create").flags:
        return
    found = levels_of(tx, model, form, "create", sent)
    for each, names in sent.items():
        if each not in found or any(found[each].level(name) != "edit" for name in names):
            raise Forbidden("forbidden", form=form, action="create")


class FieldRights:
    """Which fields of one record the actor may see and fill."""

    __slots__ = ("_edited", "_seen")

    def __init__(self, seen: Editing, edited: Editing) -> None:
        self._seen, self._edited = seen, edited

    def hidden(self, name: str) -> bool:
        """Neither seen nor filled: sending it is sending an unknown name."""
        return self._seen.level(name) == "hidden" and self._edited.level(name) != "edit"

    def editable(self, name: str) -> bool:
        return self._edited.level(name) == "edit"

    def readable(self, name: str) -> bool:
        """Neither hidden nor masked."""
        return self.editable(name) or self._seen.level(name) in ("read", "edit")


class _All:
    def level(self, name: str) -> str:
        del name
        return "edit"


#: The house itself and admins.
EVERYTHING = FieldRights(_All(), _All())
