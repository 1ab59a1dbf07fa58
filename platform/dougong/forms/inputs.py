"""Builds a FormView from a definition, values and flags. One rule: it asks nobody else, so a draft that was never published
can be shown just as well; sentences, titles and translations are handed in as functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..definition.model import Field, FieldLevel, Form
from ..definition.sums import summed
from ..fields.masking import Masked
from ..fields.type import FieldType, Here
from ..formula.types import Kind
from ..kernel.problems import Problem
from .cells import Drawing, Words
from .kept import KeptRows
from .layout import Planned, main_columns, plan
from .names import dom_id, input_name
from .placing import Placed, place_problems
from .reading import RowValues
from .view import Column, FormView, Input, RowView, SectionView, Subtable, Urls

Place = tuple[str, str]
_NO_SUM = ("percent", "rating", "duration")
#: Characters of a row's id.
ROW_ID = 36


@dataclass(slots=True)
class Given:
    """All a form is drawn from. `values` and `rows` are canonical, `typed` texts that could not be read, by input name.
    `invisible`, `required`, `readonly` are places (row id, field name), the record's own under the row id "". `levels` are
    the actor's by field name ("lines.hours" in a row; absent = edit). `closed` are ids of sections whose `when` is false.
    `ahead` is what only handing in would refuse; `refused` are places whose value cannot stand, `stale` computed ones with
    the refused place they rest on."""

    values: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, Sequence[RowValues]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    invisible: Collection[Place] = ()
    required: Collection[Place] = ()
    readonly: Collection[Place] = ()
    levels: Mapping[str, FieldLevel] = field(default_factory=dict)
    closed: Collection[str] = ()
    ahead: Sequence[Problem] = ()
    refused: Collection[Place] = ()
    stale: Mapping[Place, Place] = field(default_factory=dict)
    locked: bool = False


def build_view(
    form: Form,
    types: Mapping[str, FieldType],
    given: Given,
    here: Here,
    words: Words,
    urls: Urls | None = None,
    kept: KeptRows | None = None,
) -> FormView:
    """The view of a form as it stands. Hidden fields are left out. `kept`: rows drawn before, taken again where nothing of
    them changed; valid for one form, reader and language."""
    row_ids = {sub: [row.id for row in rows] for sub, rows in given.rows.items()}
    placed, ahead = place_problems(form, given.problems, row_ids), place_problems(form, given.ahead, row_ids)
    drawing = Drawing(types, here, words)
    kept = (kept if kept is not None else KeptRows()).of((given.levels, given.locked, here))
    marks = _marks(given, placed, ahead)
    drawer = _Drawer(form, types, given, words, drawing, placed, ahead, kept, marks)
    sections = tuple(
        each for section in plan(form, given.levels, given.closed) if (each := drawer.section(section)).cells
    )
    notes, later = (drawer.said(each.form, drawer.undrawn(sections, each)) for each in (placed, ahead))
    return FormView(form.full_name, words.label(form.title), sections, notes, later, placed.count, urls or Urls())


@dataclass(slots=True)
class _Drawer:
    form: Form
    types: Mapping[str, FieldType]
    given: Given
    words: Words
    drawing: Drawing
    placed: Placed
    ahead: Placed
    kept: KeptRows
    marks: Mapping[str, Any]

    def section(self, section: Planned) -> SectionView:
        cells = tuple(self._cell(each, span, new_line) for each, span, new_line in section.cells)
        title = self.words.label(section.title)
        return SectionView(section.id, title, section.kind, section.columns, cells, section.tab)

    def _cell(self, each: Field, span: int, break_before: bool) -> Input | Subtable:
        if each.is_subtable:
            return self._subtable(each)
        return self._input(each, "", "", self.given.values.get(each.name), span, break_before)

    def _input(self, each: Field, sub: str, row: str, value: Any, span: int = 1, break_before: bool = False) -> Input:
        place, level = (row, each.name), self._level(each, sub)
        name = input_name(each.name, sub, row)
        readonly = each.computed or self.given.locked or level in ("read", "masked") or place in self.given.readonly
        stale = self._waits(self.given.stale.get(place), row) if readonly else ""
        drawn = self.drawing.cell(each, sub, row, None if stale else value, self.given.typed)
        return self.drawing.finish(
            drawn,
            required=not readonly and (each.required or place in self.given.required),
            readonly=readonly,
            masked=level == "masked",
            visible=place not in self.given.invisible,
            notes=self.said(self.placed.inputs.get(name, ())),
            later=self.said(self.ahead.inputs.get(name, ())),
            stale=stale,
            see=self._see(name),
            span=span,
            break_before=break_before,
        )

    def said(self, *problems: Iterable[Problem]) -> tuple[str, ...]:
        """The sentences of these, each once."""
        return tuple(dict.fromkeys(self.words.say(each) for some in problems for each in some))

    def _waits(self, cause: Place | None, row: str = "") -> str:
        """Why a value is not shown: what is to be mended first, with its row where that is another one."""
        if cause is None:
            return ""
        if not cause[0]:
            found = self.form.find(cause[1])
            return self.words.waits(self.words.label(found.title) if found is not None else cause[1], 0)
        for sub in self.form.subtables:
            ids = [each.id for each in self.given.rows.get(sub.name, ())]
            column = next((each for each in sub.fields if each.name == cause[1]), None)
            if cause[0] in ids and column is not None:
                number = 0 if row == cause[0] else ids.index(cause[0]) + 1
                return self.words.waits(self.words.label(column.title), number)
        return self.words.waits(cause[1], 0)

    def _see(self, name: str) -> tuple[tuple[str, str], ...]:
        said = (*self.placed.inputs.get(name, ()), *self.ahead.inputs.get(name, ()))
        held = (each.params for each in said if "holder" in each.params)
        return tuple((f"/f/{each['holder_form']}/{each['holder']}", str(each["holder_title"])) for each in held)

    def _level(self, each: Field, sub: str) -> FieldLevel:
        levels = self.given.levels
        return levels.get(f"{sub}.{each.name}" if sub else each.name, levels.get(sub, "edit") if sub else "edit")

    def _subtable(self, sub: Field) -> Subtable:
        shown = [each for each in sub.fields if each.drawn and self._level(each, sub.name) != "hidden"]
        rows = self.given.rows.get(sub.name, ())
        locked = (
            self.given.locked or self._level(sub, "") in ("read", "masked") or ("", sub.name) in self.given.readonly
        )
        return Subtable(
            name=sub.name,
            id=dom_id(sub.name),
            label=self.words.label(sub.title),
            columns=self._columns(sub, shown, rows),
            rows=tuple(self._kept_row(sub, shown, row, number) for number, row in enumerate(rows, 1)),
            required=sub.required or ("", sub.name) in self.given.required,
            readonly=locked,
            visible=("", sub.name) not in self.given.invisible,
            notes=self.said(self.placed.inputs.get(sub.name, ())),
            later=self.said(self.ahead.inputs.get(sub.name, ())),
            help=sub.help and self.words.label(sub.help),
        )

    def _kept_row(self, sub: Field, shown: Sequence[Field], row: RowValues, number: int) -> RowView:
        return self.kept.get(
            (sub.name, row.id), (row.values, self.marks.get(row.id)), number, lambda: self._row(sub, shown, row, number)
        )

    def _row(self, sub: Field, shown: Sequence[Field], row: RowValues, number: int) -> RowView:
        cells = tuple(self._input(each, sub.name, row.id, row.values.get(each.name)) for each in shown)
        unseen = [each for each in sub.fields if each not in shown or (row.id, each.name) in self.given.invisible]
        names = [f"{sub.name}.{row.id}.{each.name}" for each in unseen]
        notes, later = (
            self.said(all_.rows.get((sub.name, row.id), ()), *(all_.inputs.get(each, ()) for each in names))
            for all_ in (self.placed, self.ahead)
        )
        return RowView(row.id, dom_id(f"{sub.name}.{row.id}"), number, cells, notes, later)

    def _columns(self, sub: Field, shown: Sequence[Field], rows: Sequence[RowValues]) -> tuple[Column, ...]:
        added = summed(self.form, sub)
        main = main_columns(shown, lambda each: self.types[each.value_type].formula_type(each).kind is Kind.NUMBER)
        return tuple(self._column(each, rows if each.name in added else (), each.name in main) for each in shown)

    def _column(self, each: Field, rows: Sequence[RowValues], main: bool) -> Column:
        kind = self.types[each.value_type].formula_type(each)
        places = [(row.id, each.name) for row in rows]
        causes = (self.given.stale.get(at, at if at in self.given.refused else None) for at in places)
        total = _total(each, kind.kind, rows)
        stale = self._waits(next(filter(None, causes), None)) if total is not None else ""
        return Column(
            name=each.name,
            label=self.words.label(each.title),
            type=each.value_type,
            required=each.required,
            numeric=kind.kind is Kind.NUMBER and each.value_type != "rating",
            computed=each.computed,
            help=each.help and self.words.label(each.help),
            total=None if stale else total,
            stale=stale,
            scale=2 if each.value_type == "money" else None,
            main=main,
        )

    def undrawn(self, sections: Sequence[SectionView], placed: Placed) -> list[Problem]:
        """Problems at inputs this form does not show: they are told at the top."""
        drawn = {cell.name for section in sections for cell in section.cells if cell.visible}
        tables = {each.name for section in sections for each in section.cells if isinstance(each, Subtable)}
        return [
            each
            for name, found in placed.inputs.items()
            if name not in drawn and not any(name.startswith(table + ".") for table in tables)
            for each in found
        ]


def _marks(given: Given, placed: Placed, ahead: Placed) -> dict[str, list[Any]]:
    """Everything but its values that a row's look depends on, by row id."""
    found: dict[str, list[Any]] = {}
    for index, places in enumerate((given.invisible, given.required, given.readonly)):
        for row, name in sorted(places):
            found.setdefault(row, []).append((index, name))
    for kind, some in (("", placed.inputs), ("ahead", ahead.inputs), ("typed", given.typed)):
        for name, what in some.items():
            row = next((part for part in name.split(".") if len(part) == ROW_ID), "")
            found.setdefault(row, []).append((kind, name, what))
    for kind, rows in (("", placed.rows), ("ahead", ahead.rows)):
        for (_, row), several in rows.items():
            found.setdefault(row, []).append((kind, several))
    numbers = {row.id: number for rows in given.rows.values() for number, row in enumerate(rows)} if given.stale else {}
    for (row, name), cause in given.stale.items():
        found.setdefault(row, []).append(("stale", name, cause, numbers.get(cause[0])))
    return found


def _total(each: Field, kind: Kind, rows: Sequence[RowValues]) -> Decimal | None:
    """The sum of a column; none of what the reader sees masked."""
    if kind is not Kind.NUMBER or each.value_type in _NO_SUM or not rows:
        return None
    values = [row.values.get(each.name) or 0 for row in rows]
    return None if any(isinstance(value, Masked) for value in values) else sum(map(Decimal, values), Decimal(0))


def plain_words(say: Callable[[Problem], str] | None = None) -> Words:
    """Words for a preview or a test: codes as sentences, ids as titles."""
    return Words(say=say or (lambda problem: problem.message or problem.code))
