"""What the pages of an import show: the report in words, what became of it, who may undo it. One rule: cells and names come
from a stranger's file and are shown as text, cut to a bearable length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..access import allowed
from ..actions.begin_import import import_files
from ..actions.carry_out_import import undo_needs
from ..definition.model import Form
from ..exchange import batches, reading
from ..exchange.batches import BUSY, Batch, Wanted
from ..exchange.error_book import Marked
from ..kernel.problems import Problem
from ..pages import formats, wording
from ..pages.catalogue import text
from ..pages.sentences import sentence
from ..records.titles import Titles
from ..storage.transaction import Transaction
from .current import actor, installation, locale, read
from .importcolumns import CUT, Choosing, choosing, labels_of
from .language import say

#: Problems shown on the page; the workbook has all of them.
SHOWN = 100


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
    may_undo: bool = False

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
            page.choosing = choosing(tx, page.form, table, wanted or known.wanted)
        if known.error and known.error.get("records"):
            page.in_the_way = list(_in_the_way(tx, page.form, known.error["records"]))
        if known.state == "done" and known.written_at is not None:
            page.list_address = _list_address(known)
            page.may_undo = all(allowed(tx, model, known.form, each) for each in undo_needs(known))
        return page

    page = read(act)
    if page.batch.state == "checked":
        page.problems = list(_problems(page))
    return page


def may_import(form: str) -> bool:
    """Whether the member may import into the form: for a button."""

    def act(tx: Transaction) -> bool:
        model = installation().catalog.live(tx)
        known = model.definitions.forms.get(form)
        return known is not None and known.kind != "log" and allowed(tx, model, form, "import")

    return read(act)


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
        here.said.append(formats.said_of(label, said_of(each), locale()) if label else said_of(each))
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
                    found[row.number, name] = reading.text_of(cell)[:CUT]
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
