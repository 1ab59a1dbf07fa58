"""Comments on a record: written, changed, deleted, read. Who is mentioned and whose record it is gets a notice, in the same
transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Malformed
from ..kernel.ids import is_id
from ..notify import tell
from ..records import comments
from ..records.comments import Comment
from ..records.others import may_view
from ..records.present import instant
from ..storage.model import Model
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import Once, read, transaction


class Shown(TypedDict):
    """A comment as the API shows it: `mentions` are members' ids, `mention_names` their names; `text` of a deleted one is
    None."""

    id: str
    text: str | None
    by: str | None
    by_name: str
    at: str | None
    edited_at: str | None
    deleted: bool
    mentions: list[str]
    mention_names: list[str]


def comment_record(
    inst: Installation,
    actor: Actor,
    form: str,
    record: str,
    text: Any,
    *,
    mentions: Any = None,
    once: Once | None = None,
    request_id: str | None = None,
) -> Shown:
    """Write a comment; `mentions` are members' ids beside those named in the text. Raises NotFound, Forbidden, Invalid,
    KeyReused."""

    def act(tx: Transaction, model: Model) -> Shown:
        made = comments.add(tx, model, form, record, text, mentions)
        _tell(tx, model, form, record, made.id, [each for each, _ in made.mentions])
        return as_json(made)

    return _write(inst, actor, act, once, request_id)


def change_comment(
    inst: Installation, actor: Actor, form: str, record: str, comment: str, text: Any, *, request_id: str | None = None
) -> Shown:
    """Write one's own comment anew; who is newly mentioned is told. Raises NotFound, Forbidden, Invalid."""

    def act(tx: Transaction, model: Model) -> Shown:
        made, fresh = comments.change(tx, model, form, record, comment, text)
        tell(tx, fresh, "mentioned", form, record, {"comment": comment})
        return as_json(made)

    return _write(inst, actor, act, None, request_id)


def delete_comment(
    inst: Installation, actor: Actor, form: str, record: str, comment: str, *, request_id: str | None = None
) -> None:
    """Take one's own comment back; an admin may take any. Raises NotFound, Forbidden."""
    _write(inst, actor, lambda tx, model: comments.remove(tx, model, form, record, comment), None, request_id)


def read_comments(
    inst: Installation, actor: Actor, form: str, record: str, *, limit: int, before: str | None = None
) -> list[Shown]:
    """Newest first; `before` an id only those older. Raises NotFound, Malformed `cursor`."""

    def act(tx: Transaction) -> Sequence[Comment]:
        model = inst.catalog.live(tx)
        model.definitions.form(form)
        if before is not None and not is_id(before):
            raise Malformed("cursor")
        return comments.of(tx, model, form, record, limit=limit, before=before)

    return [as_json(each) for each in read(inst, actor, act)]


def as_json(comment: Comment) -> Shown:
    """A comment as the API shows it."""
    return {
        "id": comment.id,
        "text": None if comment.deleted else comment.text,
        "by": comment.by,
        "by_name": comment.by_name,
        "at": instant(comment.at),
        "edited_at": instant(comment.edited_at),
        "deleted": comment.deleted,
        "mentions": [each for each, _ in comment.mentions],
        "mention_names": [name for _, name in comment.mentions],
    }


def _tell(tx: Transaction, model: Model, form: str, record: str, comment: str, mentioned: Sequence[str]) -> None:
    """Those mentioned, then those whose record it is, as far as they may view it."""
    params = {"comment": comment}
    tell(tx, mentioned, "mentioned", form, record, params)
    main = model.table(form).main
    row = tx.conn.execute(main.select().with_only_columns(main.c.owner, main.c.created_by).where(main.c.id == record))
    theirs = [each for each in dict.fromkeys(row.one()) if each is not None and each != tx.actor.member]
    tell(tx, [each for each in theirs if may_view(tx, model, form, record, each)], "commented", form, record, params)


def _write(
    inst: Installation,
    actor: Actor,
    act: Callable[[Transaction, Model], Any],
    once: Once | None,
    request_id: str | None,
) -> Any:
    licence.require(licence.may_write(actor.tenant))
    return transaction(
        inst, actor.tenant, actor, lambda tx: act(tx, inst.catalog.live(tx)), once=once, request_id=request_id
    )
