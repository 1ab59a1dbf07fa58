"""Comments on a record: plain text, who is mentioned in it, who wrote it and when. One rule: a comment is seen by who may
view its record; its words are its author's alone, and a deleted one keeps its place but not its words.

A member is mentioned by "@" and the name, as far as that member may view the record; or by id, given beside the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import column, func, insert, select, table, update

from ..access import require
from ..fields._characters import keepable
from ..fields.type import Unreadable
from ..kernel.errors import Forbidden, Invalid, NotFound
from ..kernel.ids import is_id, new_id
from ..kernel.problems import Problem
from ..people import members
from ..people.members import Member
from ..storage.model import Model
from ..storage.transaction import Transaction
from ..storage.types import Id, Instant, JsonText, Text
from .others import may_view

LONGEST = 5_000
#: Members one comment may mention.
MOST_MENTIONS = 50
#: Audit events of comments; the history of a record's values leaves them out.
EVENTS = ("comment_added", "comment_changed", "comment_deleted")

comments = table(
    "dg_comment",
    column("id", Id()),
    column("form", Text()),
    column("record", Id()),
    column("text", Text()),
    column("mentions", JsonText()),
    column("written_by", Id()),
    column("written_by_name", Text()),
    column("created_at", Instant()),
    column("edited_at", Instant()),
    column("deleted_at", Instant()),
)


@dataclass(frozen=True, slots=True)
class Comment:
    """`by` is a member's id (None: the operator or the house), `mentions` members' ids with their names; a deleted comment
    has neither text nor mentions."""

    id: str
    text: str
    by: str | None
    by_name: str
    at: datetime
    mentions: tuple[tuple[str, str], ...]
    edited_at: datetime | None = None
    deleted: bool = False


def add(tx: Transaction, model: Model, form: str, record: str, text: Any, mentions: Any = None) -> Comment:
    """Write a comment. Raises NotFound, Forbidden, Invalid (/text, /mentions)."""
    require(tx, model, form, "comment", record)
    words, named = _read(tx, model, form, record, text, mentions)
    row = {
        "id": new_id(), "form": form, "record": record, "text": words, "mentions": named,
        "written_by": tx.actor.member, "written_by_name": tx.actor.name, "created_at": tx.now,
    }  # fmt: skip
    tx.conn.execute(insert(comments).values(row))
    tx.audit(form, record, "comment_added", [{"field": "$comment", "row": row["id"], "old": None, "new": words}])
    return one(tx, form, record, str(row["id"]))


def change(tx: Transaction, model: Model, form: str, record: str, comment: str, text: Any) -> tuple[Comment, list[str]]:
    """Write one's own comment anew; the comment and whom it mentions that it did not before. Raises NotFound, Forbidden,
    Invalid."""
    old = _mine(tx, model, form, record, comment)
    words, named = _read(tx, model, form, record, text, None)
    if words != old.text:
        given = {"text": words, "mentions": named, "edited_at": tx.now}
        tx.conn.execute(update(comments).where(comments.c.id == comment).values(given))
        told = {"field": "$comment", "row": comment, "old": old.text, "new": words}
        tx.audit(form, record, "comment_changed", [told])
    before = {each for each, _ in old.mentions}
    return one(tx, form, record, comment), [each for each in named if each not in before]


def remove(tx: Transaction, model: Model, form: str, record: str, comment: str) -> None:
    """Delete one's own comment, an admin any. Raises NotFound, Forbidden."""
    old = _mine(tx, model, form, record, comment, admins=True)
    given = {"text": "", "mentions": [], "deleted_at": tx.now}
    tx.conn.execute(update(comments).where(comments.c.id == comment).values(given))
    tx.audit(form, record, "comment_deleted", [{"field": "$comment", "row": comment, "old": old.text, "new": None}])


def of(
    tx: Transaction, model: Model, form: str, record: str, *, limit: int, before: str | None = None
) -> list[Comment]:
    """Newest first; `before` an id only those older. Raises NotFound."""
    require(tx, model, form, "view", record)
    query = select(comments).where(comments.c.record == record, comments.c.form == form)
    if before is not None:
        query = query.where(comments.c.id < before)
    return _made(tx, tx.conn.execute(query.order_by(comments.c.id.desc()).limit(limit)).all())


def count(tx: Transaction, form: str, record: str) -> int:
    """How many there are, deleted ones apart; the right to the record has been asked."""
    c = comments.c
    there = select(func.count()).where(c.record == record, c.form == form, c.deleted_at.is_(None))
    return int(tx.conn.scalar(there) or 0)


def one(tx: Transaction, form: str, record: str, comment: str) -> Comment:
    """One comment of a record; the right to the record has been asked. Raises NotFound."""
    c = comments.c
    query = select(comments).where(c.id == comment, c.record == record, c.form == form)
    row = tx.conn.execute(query).one_or_none() if is_id(comment) else None
    if row is None:
        raise NotFound("not_found", comment=comment[:80])
    return _made(tx, [row])[0]


def texts(tx: Transaction, ids: Iterable[str]) -> dict[str, str]:
    """The words of these comments by id, of deleted ones none; the rights to their records have been asked."""
    c = comments.c
    query = select(c.id, c.text).where(c.id.in_(set(ids)), c.deleted_at.is_(None))
    return {row.id: row.text for row in tx.conn.execute(query)}


def _made(tx: Transaction, rows: Sequence[Any]) -> list[Comment]:
    wanted = {each for row in rows for each in row.mentions} | {row.written_by for row in rows if row.written_by}
    names = members.titles(tx.conn, wanted) if wanted else {}
    return [
        Comment(
            row.id, row.text, row.written_by, names.get(row.written_by, row.written_by_name), row.created_at,
            tuple((each, names[each]) for each in row.mentions if each in names), row.edited_at,
            row.deleted_at is not None,
        )
        for row in rows
    ]  # fmt: skip


def _mine(tx: Transaction, model: Model, form: str, record: str, comment: str, *, admins: bool = False) -> Comment:
    """A comment the actor may change or delete."""
    require(tx, model, form, "comment", record)
    found = one(tx, form, record, comment)
    if found.deleted:
        raise NotFound("not_found", comment=comment)
    own = tx.actor.member is not None and found.by == tx.actor.member
    if not own and not (admins and tx.actor.is_admin):
        raise Forbidden("forbidden", form=form, action="comment")
    return found


# ------------------------------------------------------------------------------------------------ what was sent


def _read(tx: Transaction, model: Model, form: str, record: str, text: Any, given: Any) -> tuple[str, list[str]]:
    """The text as it is kept and the ids of who is mentioned."""
    problems: list[Problem] = []
    words = _words(text, problems)
    asked = _asked(tx, model, form, record, given, problems)
    if problems:
        raise Invalid(problems)
    spoken = (each for each in _spoken(tx, words) if may_view(tx, model, form, record, each))
    return words, list(dict.fromkeys([*asked, *(each.id for each in spoken)]))[:MOST_MENTIONS]


def _words(text: Any, problems: list[Problem]) -> str:
    if text is not None and not isinstance(text, str):
        problems.append(Problem("type", "/text", {"expected": "string"}))
        return ""
    words = (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if not words:
        problems.append(Problem("required", "/text"))
    elif len(words) > LONGEST:
        problems.append(Problem("length", "/text", {"max": LONGEST, "length": len(words)}))
    try:
        return keepable(words)
    except Unreadable:
        problems.append(Problem("format", "/text", {"reason": "characters"}))
        return ""


def _asked(tx: Transaction, model: Model, form: str, record: str, given: Any, problems: list[Problem]) -> list[str]:
    """Ids that were sent; each must be a member who may view the record."""
    if given is None:
        return []
    if not isinstance(given, list):
        problems.append(Problem("type", "/mentions", {"expected": "array"}))
        return []
    if len(given) > MOST_MENTIONS:
        problems.append(Problem("length", "/mentions", {"max_items": MOST_MENTIONS, "length": len(given)}))
        return []
    for n, each in enumerate(given):
        if not (is_id(each) and may_view(tx, model, form, record, each)):
            problems.append(Problem("reference", f"/mentions/{n}"))
    return given


def _spoken(tx: Transaction, text: str) -> list[Member]:
    """Active members whose name follows an "@", the longest name that fits; namesakes are all meant."""
    if "@" not in text:
        return []
    by_name: dict[str, list[Member]] = {}
    for each in members.all_of(tx.conn):
        if each.active:
            by_name.setdefault(each.name, []).append(each)
    longest_first = sorted(by_name, key=len, reverse=True)
    found: dict[str, Member] = {}
    for part in text.split("@")[1 : MOST_MENTIONS + 1]:
        name = next((each for each in longest_first if part.startswith(each)), None)
        found |= {each.id: each for each in by_name.get(name or "", ())}
    return list(found.values())
