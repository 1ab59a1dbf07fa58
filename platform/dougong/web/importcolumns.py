"""The page that matches the columns of a file: what each column is to become, what it would have become were its field not
taken, what is still missing, and what records are told apart by. One rule: heads and cells come from a stranger's file and
are shown as text, cut to a bearable length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ..actions.begin_import import wordings
from ..definition.model import Form
from ..exchange import headers, reading
from ..exchange.batches import Wanted
from ..exchange.headers import VERSION, Target
from ..exchange.matching import keys_of, mapped_key
from ..exchange.plan import may_fill
from ..storage.transaction import Transaction
from .current import installation
from .language import say

SAMPLES = 3
CUT = 60


@dataclass(frozen=True, slots=True)
class Taken:
    """Why a column is left out although its head names a field: `field` is filled by the column `number` (from 1)."""

    field: str
    number: int
    head: str


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of the file: its head, examples, what it is to become ("" = left out)."""

    index: int
    head: str
    samples: tuple[str, ...]
    chosen: str
    taken: Taken | None


@dataclass(frozen=True, slots=True)
class Choosing:
    """The page that matches columns. `options` are (group, [(name, label)]), `keys` (value, label), `missing` labels of
    required fields that no column fills; `key` one of `keys` or "" when no column fills any."""

    columns: tuple[FileColumn, ...]
    options: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    keys: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    wanted: Wanted
    key: str
    above: int


def choosing(tx: Transaction, form: Form, table: Path, wanted: Wanted) -> Choosing:
    """The page for these columns."""
    head, samples, above = _top(table, wanted.header)
    every, *others = wordings(installation(), tx, form.full_name)
    width = max([len(head), *(len(row) for row in samples)], default=0)
    columns = tuple(
        FileColumn(
            index,
            _at(head, index),
            tuple(each for row in samples if (each := _at(row, index))),
            (wanted.columns[index] if index < len(wanted.columns) else None) or "",
            _taken([every, *others], head, wanted, index),
        )
        for index in range(width)
    )
    return Choosing(
        columns, tuple(_options(form, every)), tuple(_keys(form)), tuple(_missing(every, wanted)), wanted,
        "+".join(mapped_key(form, wanted.columns, wanted.key)), above,
    )  # fmt: skip


def targets_of(form: Form, tx: Transaction) -> list[Target]:
    """What the actor may fill."""
    return headers.targets(form, may_fill(tx, installation().catalog.live(tx), form.full_name))


def labels_of(form: Form) -> dict[str, str]:
    """Every target in words, by name."""
    known = {each.name: each.label for each in headers.targets(form, lambda _: True, computed=True)}
    return {**known, VERSION: say("Version")}


def _taken(words: Sequence[Sequence[Target]], head: Sequence[str], wanted: Wanted, index: int) -> Taken | None:
    """Which other column fills the field that this one's head names, if this one is left out."""
    chosen = wanted.columns
    if index >= len(head) or (index < len(chosen) and chosen[index]):
        return None
    every, *others = words
    name = headers.guess(every, [head[index]], *others)[0]
    if name is None or name not in chosen:
        return None
    other = chosen.index(name)
    label = next(each.label for each in every if each.name == name)
    return Taken(label, other + 1, _at(head, other))


def _missing(every: Sequence[Target], wanted: Wanted) -> Iterable[str]:
    """Required fields that no column fills: of the record, and of subtables that any column fills."""
    chosen = {each for each in wanted.columns if each}
    subs = {each.partition(".")[0] for each in chosen}
    for each in every:
        if each.required and each.name not in chosen and (each.sub is None or each.sub.name in subs):
            yield each.label


def _top(table: Path, header: int) -> tuple[list[str], list[list[str]], int]:
    """Heads, the first rows below, and how many rows stand above."""
    head: list[str] = []
    samples: list[list[str]] = []
    above = 0
    for row in islice(reading.rows(table), headers.LOOK + SAMPLES):
        cells = [reading.text_of(cell)[:CUT] for cell in row.cells]
        if row.number == header:
            head = cells
        elif row.number > header and len(samples) < SAMPLES:
            samples.append(cells)
        above += row.number < header
    return head, samples, above


def _at(row: Sequence[str], index: int) -> str:
    return row[index] if index < len(row) else ""


def _options(form: Form, every: Sequence[Target]) -> Iterable[tuple[str, tuple[tuple[str, str], ...]]]:
    labels = labels_of(form)
    own = [(each.name, labels[each.name]) for each in every if each.sub is None]
    yield form.title, tuple(own)
    for sub in form.subtables:
        rows = [(each.name, each.field.title if each.field else "") for each in every if each.sub is sub]
        if rows:
            yield sub.title, tuple(rows)


def _keys(form: Form) -> Iterable[tuple[str, str]]:
    labels = labels_of(form)
    for each in keys_of(form):
        yield "+".join(each), " + ".join(labels.get(name, name) for name in each)
