"""What the pages of an import show: its columns and what they may become, the report in words, what became of it. One rule:
cells and names come from a stranger's file and are shown as text, cut to a bearable length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..access import allowed
from ..actions.begin_import import import_files
from ..definition.model import Form
from ..exchange import batches, headers, reading
from ..exchange.batches import BUSY, Batch, Wanted
from ..exchange.error_book import Marked
from ..exchange.headers import VERSION, Target
from ..exchange.matching import keys_of
from ..exchange.plan import may_fill
from ..kernel.problems import Problem
from ..pages import wording
from ..pages.catalogue import text
from ..pages.sentences import sentence
from ..records.titles import Titles
from ..storage.transaction import Transaction
from .current import actor, installation, locale, read
from .language import say

SAMPLES = 3
#: Problems shown on the page; the workbook has all of them.
SHOWN = 100
_CUT = 60


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A column of the file: its head, examples, what it is to become ("" = left out)."""

    index: int
    head: str
    samples: tuple[str, ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Choosing:
    """The page that matches columns. `options` are (group, [(name, label)]), `keys` (value, label), `missing` labels of
    required fields that no column fills."""

    columns: tuple[FileColumn, ...]
    options: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    keys: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    wanted: Wanted
    key: str
    above: int


@dataclass(frozen=True, slots=True)
class Shown:
    """One problem: the row as the file counts, the field's label, the sentence, the cell."""

    row: int
    label: str
    said: str
    cell: str


@dataclass(frozen=True, slots=True)
class InTheWay:
    """A record that was touched since."""

    record: str
    title: str
    said: str


@dataclass(slots=True)
class ImportPage:
    """One import. Only the part that its state asks for is filled."""

    batch: Batch
    form: Form
    choosing: Choosing | None = None
    problems: list[Shown] = field(default_factory=list)
    in_the_way: list[InTheWay] = field(default_factory=list)
    error: str = ""
    list_address: str = ""

    @property
    def busy(self) -> bool:
        return self.batch.state in BUSY


def open_import(batch: str, *, refused: str = "", wanted: Wanted | None = None) -> ImportPage:
    """The page; `refused` is what was wrong with what was just sent, `wanted` what was chosen then. Raises NotFound."""
    inst = installation()

    def act(tx: Transaction) -> ImportPage:
        known = batches.get(tx, batch)
        model = inst.catalog.live(tx)
        page = ImportPage(known, model.definitions.form(known.form), error=refused or _said(known.error))
        table = import_files(inst, tx.actor.tenant, batch).table
        if known.state == "uploaded":
            page.choosing = _choosing(tx, page.form, table, wanted or known.wanted)
        if known.error and known.error.get("records"):
            page.in_the_way = list(_in_the_way(tx, page.form, known.error["records"]))
        if known.state == "done" and known.written_at is not None:
            page.list_address = _list_address(known)
        return page

    page = read(act)
    if page.batch.state == "checked":
        page.problems = list(_problems(page))
    return page


def targets_of(form: Form, tx: Transaction) -> list[Target]:
    """What the actor may fill."""
    return headers.targets(form, may_fill(tx, installation().catalog.live(tx), form.full_name))


def labels_of(form: Form) -> dict[str, str]:
    """Every target in words, by name."""
    known = {each.name: each.label for each in headers.targets(form, lambda _: True, computed=True)}
    return {**known, VERSION: say("Version")}


def may_import(form: str) -> bool:
    """Whether the member may import into the form: for a button."""

    def act(tx: Transaction) -> bool:
        model = installation().catalog.live(tx)
        known = model.definitions.forms.get(form)
        return known is not None and known.kind != "log" and allowed(tx, model, form, "import")

    return read(act)


# ------------------------------------------------------------------------------------------------ choosing


def _choosing(tx: Transaction, form: Form, table: Path, wanted: Wanted) -> Choosing:
    head, samples, above = _top(table, wanted.header)
    width = max([len(head), *(len(row) for row in samples)], default=0)
    columns = tuple(
        FileColumn(
            index,
            _at(head, index),
            tuple(each for row in samples if (each := _at(row, index))),
            (wanted.columns[index] if index < len(wanted.columns) else None) or "",
        )
        for index in range(width)
    )
    every = targets_of(form, tx)
    return Choosing(
        columns, tuple(_options(form, every)), tuple(_keys(form)), tuple(missing(every, wanted)), wanted,
        "+".join(wanted.key), above,
    )  # fmt: skip


def missing(every: Sequence[Target], wanted: Wanted) -> Iterable[str]:
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
        cells = [reading.text_of(cell)[:_CUT] for cell in row.cells]
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


# ------------------------------------------------------------------------------------------------ what was found


def problems_of(batch: str) -> list[dict[str, Any]]:
    """Every problem of the last try."""
    return batches.read_json(import_files(installation(), actor().tenant, batch).problems) or []


def said_of(problem: Mapping[str, Any]) -> str:
    """A problem in words."""
    params = problem.get("params") or {}
    return sentence(Problem(problem["code"], params=params, message=problem.get("message")), locale())


def marked(page: ImportPage) -> dict[int, Marked]:
    """What the workbook colours and says, by row."""
    found: dict[int, Marked] = {}
    places = {name: index for index, name in enumerate(page.batch.wanted.columns) if name}
    labels = labels_of(page.form)
    for each in problems_of(page.batch.id):
        here = found.setdefault(each["row"], Marked())
        if each["field"] in places:
            here.columns.add(places[each["field"]])
        label = labels.get(each["field"], each["field"]) if each["field"] else ""
        here.said.append(f"{label}：{said_of(each)}" if label else said_of(each))
    return found


def _problems(page: ImportPage) -> Iterable[Shown]:
    every = problems_of(page.batch.id)[:SHOWN]
    cells = _cells(page, {each["row"] for each in every}) if every else {}
    labels = labels_of(page.form)
    for each in every:
        cell = cells.get((each["row"], each["field"]), "")
        label = labels.get(each["field"], each["field"]) if each["field"] else say("The whole row")
        yield Shown(each["row"], label, said_of(each), cell)


def _cells(page: ImportPage, wanted: set[int]) -> dict[tuple[int, str], str]:
    """The cells of some rows by row and target."""
    table = import_files(installation(), actor().tenant, page.batch.id).table
    found = {}
    last = max(wanted)
    for row in reading.rows(table):
        if row.number > last:
            break
        if row.number in wanted:
            for name, cell in zip(page.batch.wanted.columns, row.cells, strict=False):
                if name:
                    found[row.number, name] = reading.text_of(cell)[:_CUT]
    return found


def _in_the_way(tx: Transaction, form: Form, records: Sequence[Mapping[str, Any]]) -> Iterable[InTheWay]:
    titles = Titles(tx, installation().catalog.live(tx))
    titles.want_ids(form.full_name, [str(each["record"]) for each in records])
    for each in records:
        title = titles.named(form.full_name, str(each["record"])) or say("Record")
        yield InTheWay(str(each["record"]), title, said_of(each))


def _said(error: Mapping[str, Any] | None) -> str:
    if not error or error.get("records"):
        return ""
    words = wording.ERRORS.get(error["code"]) or wording.VALUES.get(error["code"]) or wording.ERRORS["error"]
    return text(words, locale(), **error.get("params", {}))


def _list_address(known: Batch) -> str:
    """The form's list of what the batch wrote and nobody has changed since."""
    assert known.written_at is not None
    moment = known.written_at.isoformat().replace("+00:00", "Z")
    return f"/f/{known.form}?filter=" + quote(f'$updated_at = datetime("{moment}")')
