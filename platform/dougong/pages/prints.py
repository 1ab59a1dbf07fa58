"""A printed page as data: the author's blocks filled with a record as the reader may see it. One rule: placeholders stand
for values only, and what the reader may not see is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import segno

from ..definition.model import Field, Form, Print
from ..definition.names import is_system
from ..definition.screens import PLACEHOLDER
from ..definition.sums import summed
from . import formats
from .catalogue import mark, text
from .environment import state_title
from .values import NUMBERS, Reader, Shown, column_title, dig, has, lines, of, who
from .values import shown as shown_as

#: Events of the history that a trail on paper tells.
TOLD = {
    "create": mark("Created"), "submit": mark("Submitted"), "approve": mark("Approved"), "reject": mark("Rejected"),
    "withdraw": mark("Withdrawn"), "close": mark("Closed"), "void": mark("Voided"),
}  # fmt: skip
#: Columns of a table that an upright sheet has room for.
_UPRIGHT = 9
#: States in which a page needs no mark across it.
SETTLED = frozenset({"approved", "closed", "active"})


@dataclass(frozen=True, slots=True)
class Head:
    """A column of a printed table; `total` is its sum, "" where summing makes no sense."""

    title: str
    number: bool
    total: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One block; `kind` says which of the others it has: heading and text `text`; fields `pairs` of title and value;
    table `text` (its title), `heads`, `rows`; trail `rows` of act, who, when; signatures `names`; qr `text` and the path
    `drawing` in a square of `size` units."""

    kind: str
    text: str = ""
    columns: int = 2
    pairs: tuple[tuple[str, Shown], ...] = ()
    heads: tuple[Head, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    names: tuple[str, ...] = ()
    drawing: str = ""
    size: int = 0

    @property
    def wide(self) -> bool:
        """A table with more columns than stand side by side on an upright sheet: it is set small, the sheet lies down."""
        return len(self.heads) > _UPRIGHT


@dataclass(frozen=True, slots=True)
class Paper:
    """A page to print. `across` is what stands across it while the record is not settled; `size` a class of print.css."""

    title: str
    size: str
    across: str
    blocks: tuple[Block, ...]


def paper_of(
    form: Form,
    page: Print,
    shown: Mapping[str, Any],
    acts: Sequence[Mapping[str, Any]],
    reader: Reader,
    address: str,
    behind: Mapping[str, Field],
) -> Paper:
    """The page filled; `address` is where the record stands, for its QR code, `behind` are the fields of values behind
    references."""
    filler = _Filler(form, shown, acts, reader, address, behind)
    state = str(shown["state"])
    across = "" if state in SETTLED else state_title(state, reader.locale)
    blocks = tuple(block for each in page.blocks for block in filler.block(each))
    across_the_sheet = page.landscape or any(block.wide for block in blocks)
    size = f"{page.paper.lower()}{'-l' if across_the_sheet else ''}"
    return Paper(page.title, size, across if form.is_document or state == "disabled" else "", blocks)


@dataclass(frozen=True, slots=True)
class _Filler:
    form: Form
    shown: Mapping[str, Any]
    acts: Sequence[Mapping[str, Any]]
    reader: Reader
    address: str
    behind: Mapping[str, Field]

    def block(self, each: Mapping[str, Any]) -> Iterator[Block]:
        if isinstance(each.get("heading"), str):
            yield Block("heading", self.filled(each["heading"]))
        elif isinstance(each.get("text"), str):
            yield Block("text", self.filled(each["text"]))
        elif isinstance(each.get("fields"), list | tuple):
            yield from self.fields(each)
        elif isinstance(each.get("table"), str):
            yield from self.table(each)
        elif each.get("trail"):
            yield Block("trail", rows=tuple(self.trail()))
        elif each.get("signatures"):
            yield Block("signatures", names=self.signers(each["signatures"]))
        elif each.get("qr"):
            yield self.qr(each["qr"])

    def filled(self, template: str) -> str:
        """The text with its placeholders replaced; a value nobody has, or the reader may not see, is nothing."""

        def value(found: Any) -> str:
            shown = self.value(found.group(1))
            return "" if shown is None or shown.empty else shown.text

        return PLACEHOLDER.sub(value, template).strip()

    def value(self, name: str) -> Shown | None:
        if not is_system(name) and not has(self.shown["values"], name):
            return None
        if name in self.behind:
            titles = self.shown.get("titles", {})
            return shown_as(self.behind[name], dig(self.shown["values"], name), dig(titles, name), self.reader)
        shown = of(self.form, name, self.shown, self.reader)
        if name == "$state":
            return Shown(state_title(str(shown.raw), self.reader.locale))
        return shown

    def fields(self, each: Mapping[str, Any]) -> Iterator[Block]:
        titles = {
            name: self.behind[name].title if name in self.behind else column_title(self.form, name, self.reader.locale)
            for name in each["fields"]
        }
        pairs = tuple((titles[name], value) for name in titles if (value := self.value(name)) is not None)
        if pairs:
            yield Block("fields", pairs=pairs, columns=int(each.get("columns") or 2))

    def table(self, each: Mapping[str, Any]) -> Iterator[Block]:
        sub = self.form.subtable(each["table"])
        if sub is None or not has(self.shown["values"], sub.name):
            return
        rows = list(lines(sub, self.shown, self.reader))
        wanted = each.get("columns") or [
            column.name for column in sub.fields if column.drawn and _said(rows, column.name)
        ]
        known = {column.name: column for column in sub.fields}
        columns = [known[name] for name in wanted if name in known and (not rows or any(name in row for row in rows))]
        heads = tuple(self.head(column, sub) for column in columns)
        cells = tuple(tuple(_cell(row.get(column.name)) for column in columns) for row in rows)
        yield Block("table", sub.title, heads=heads, rows=cells)

    def head(self, column: Field, sub: Field) -> Head:
        number = column.value_type in NUMBERS or column.value_type == "formula"
        if column.name not in summed(self.form, sub) or column.value_type not in ("money", "decimal", "integer"):
            return Head(column.title, number)
        found = [dig(row, column.name) for row in dig(self.shown["values"], sub.name) or ()]
        figures = [
            Decimal(value) for value in found if isinstance(value, Decimal | int) and not isinstance(value, bool)
        ]
        if not figures:
            return Head(column.title, number)
        scale = 2 if column.value_type == "money" else None
        return Head(column.title, number, formats.number(sum(figures, Decimal(0)), scale))

    def trail(self) -> Iterator[tuple[str, ...]]:
        for act in self.acts:
            events = [act["event"]]
            if act["event"] == "create" and any(
                each["field"] == "$state" and each["new"] in ("in_approval", "approved") for each in act["changes"]
            ):
                events.append("submit")  # made and handed in at once
            for event in events:
                if event in TOLD:
                    word = text(TOLD[event], self.reader.locale)
                    by = who(str(act.get("by_name") or ""), self.reader.locale)
                    yield word, by, formats.moment(act["at"], self.reader.zone)

    def signers(self, wanted: Any) -> tuple[str, ...]:
        if isinstance(wanted, list | tuple):
            return tuple(map(str, wanted))
        return (text(mark("Signature"), self.reader.locale),)

    def qr(self, wanted: Any) -> Block:
        said = self.filled(wanted) if isinstance(wanted, str) else self.address
        drawing, size = qr_path(said or self.address)
        return Block("qr", said, drawing=drawing, size=size)


def qr_path(said: str) -> tuple[str, int]:
    """A QR code as an SVG path in a square of so many units, with its quiet zone."""
    code = segno.make(said, error="m", micro=False)
    rows = [list(row) for row in code.matrix_iter(border=4)]
    parts = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    return "".join(parts), len(rows)


def _said(rows: Sequence[Mapping[str, Shown]], name: str) -> bool:
    """Whether a column nobody asked for by name has anything to say: an empty one only takes room from the others."""
    return not rows or any(_cell(row.get(name)) for row in rows)


def _cell(shown: Shown | None) -> str:
    return "" if shown is None or shown.empty else shown.text
