"""What happened on a record and what was said about it, in one line of time: the trail beside the values. One rule: acts and
comments are cut into pages by the same key, the time-ordered id, so that no page holds one and loses the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

from ..access import Levels
from ..access.grants import allowed, require
from ..definition.model import Form
from ..kernel.errors import DougongError, Malformed
from ..kernel.ids import is_id
from ..pages import formats
from ..pages.values import SYSTEM
from ..people import members
from ..records import comments, query
from ..records.comments import Comment
from ..records.history import actors, history
from ..storage.transaction import Transaction
from .current import installation, today
from .historyview import Entry, entry, who
from .language import say

PAGE = 20
Show = Literal["all", "comments", "changes"]
SHOWS: tuple[Show, ...] = ("all", "comments", "changes")
_LINK = re.compile(r"https?://[!-~]+", re.ASCII | re.IGNORECASE)
_AFTER = ".,;:!?)'\"]}>"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the trail; `field` and `by` narrow the changes, `before` is where the last page ended."""

    show: Show = "all"
    field: str = ""
    by: str = ""
    before: str | None = None

    def query(self, **changed: str) -> str:
        """The address' query."""
        given = {"show": self.show, "field": self.field, "by": self.by, **changed}
        return urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a comment's text; `kind`: "", link, mention."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as it is drawn. `mine`: the reader may change it; `removable`: may delete it."""

    id: str
    who: str
    at: str
    pieces: tuple[Piece, ...]
    text: str
    edited: bool
    deleted: bool
    mine: bool
    removable: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One moment: an act or a comment."""

    act: Entry | None = None
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    """`fields` and `people` are what the changes can be narrowed to: (name, title)."""

    form: str
    record: str
    asked: Asked
    items: tuple[Item, ...]
    next: str | None
    count: int
    may_comment: bool
    fields: tuple[tuple[str, str], ...] = ()
    people: tuple[tuple[str, str], ...] = ()

    @property
    def at(self) -> str:
        return f"/f/{self.form}/{self.record}"


def open_trail(tx: Transaction, form: str, record: str, asked: Asked) -> Trail:
    """One page of it. Raises NotFound, Malformed `cursor`."""
    if asked.before is not None and not is_id(asked.before):
        raise Malformed("cursor")
    model = installation().catalog.live(tx)
    _, levels = query.get(tx, model, form, record)
    definition = model.definitions.form(form)
    found: list[tuple[str, Item]] = []
    if asked.show != "changes":
        told = comments.of(tx, model, form, record, limit=PAGE + 1, before=asked.before)
        found += [(each.id, Item(said=said(tx, each))) for each in told]
    if asked.show != "comments":
        acts = history(
            tx, model, form, record, levels, limit=PAGE + 1, before=asked.before, by=asked.by or None,
            field=asked.field or None,
        )  # fmt: skip
        found += [(each["id"], Item(act=entry(definition, each))) for each in acts]
    found.sort(key=lambda each: each[0], reverse=True)
    here = found[:PAGE]
    trail = Trail(
        form, record, asked, tuple(item for _, item in here), here[-1][0] if len(found) > PAGE else None,
        comments.count(tx, form, record), may_comment(tx, form, record),
    )  # fmt: skip
    if asked.show != "changes":
        return trail
    people = dict(actors(tx, model, form, record))
    names = members.titles(tx.conn, people) if people else {}
    named = tuple((each, names.get(each, name)) for each, name in people.items())
    return replace(trail, fields=tuple(_fields(definition, levels)), people=named)


def may_comment(tx: Transaction, form: str, record: str) -> bool:
    """Whether the reader may say something here."""
    model = installation().catalog.live(tx)
    if not allowed(tx, model, form, "comment"):
        return False
    try:
        require(tx, model, form, "comment", record)
    except DougongError:
        return False
    return True


def said(tx: Transaction, comment: Comment) -> Said:
    """A comment as its reader sees it."""
    at = formats.moment(comment.at, installation().settings.zone, today())
    mine = comment.by == tx.actor.member is not None and not comment.deleted
    return Said(
        comment.id, who(comment.by_name), at, tuple(pieces(comment.text, [name for _, name in comment.mentions])),
        comment.text, comment.edited_at is not None, comment.deleted, mine,
        not comment.deleted and (mine or tx.actor.is_admin),
    )  # fmt: skip


def pieces(text: str, names: Sequence[str]) -> Iterator[Piece]:
    """The text with web addresses and mentioned names apart; everything is text, nothing markup."""
    called = sorted({f"@{each}" for each in names}, key=len, reverse=True)
    pattern = re.compile("|".join([_LINK.pattern, *map(re.escape, called)]), re.IGNORECASE)
    at = 0
    for found in pattern.finditer(text):
        word, kind = found[0], "mention" if found[0].startswith("@") else "link"
        if kind == "link":
            word = word.rstrip(_AFTER)
        if found.start() > at:
            yield Piece(text[at : found.start()])
        yield Piece(word, kind)
        at = found.start() + len(word)
    if at < len(text):
        yield Piece(text[at:])


def _fields(form: Form, levels: Levels) -> Iterator[tuple[str, str]]:
    """What somebody can have changed and this reader may see."""
    for each in form.fields:
        if not each.computed and levels.level(each.name) in ("read", "edit"):
            yield each.name, each.title
    yield from ((name, say(SYSTEM[name])) for name in ("$state", "$owner"))
