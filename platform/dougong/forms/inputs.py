"""Builds a FormView from a definition, values and flags. One rule: it asks nobody else, so a draft that was never published
can be shown just as well; sentences, titles and translations are handed in as functions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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
from .names import dom_id
from .placing import place_problems
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
    the actor's by field name ("lines.hours" in a row; absent = edit). `closed` are ids of sections whose `when` is false."""

    values: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, Sequence[RowValues]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    invisible: Collection[Place] = ()
    required: Collection[Place] = ()
    readonly: Collection[Place] = ()
    levels: Mapping[str, FieldLevel] = field(default_factory=dict)
    closed: Collection[str] = ()
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
    placed = place_problems(form, given.problems, {sub: [row.id for row in rows] for sub, rows in given.rows.items()})
    drawing = Drawing(types, here, words)
    kept = (kept if kept is not None else KeptRows()).of((given.levels, given.locked, here))
    marks = _marks(given, placed.inputs, placed.rows)
    drawer = _Drawer(form, types, given, words, drawing, placed.inputs, placed.rows, kept, marks)
    sections = tuple(
        each for section in plan(form, given.levels, given.closed) if (each := drawer.section(section)).cells
    )
    lost = drawer.undrawn(sections)
    notes = tuple(dict.fromkeys(words.say(each) for each in (*placed.form, *lost)))
    return FormView(form.full_name, words.label(form.title), sections, notes, placed.count, urls or Urls())


@dataclass(slots=True)
class _Drawer:
    form: Form
    types: Mapping[str, FieldType]
    given: Given
    words: Words
    drawing: Drawing
    problems: Mapping[str, list[Problem]]
    row_problems: Mapping[Place, list[Problem]]
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
        drawn = self.drawing.cell(each, sub, row, value, self.given.typed)
        readonly = each.computed or self.given.locked or level in ("read", "masked") or place in self.given.readonly
        return self.drawing.finish(
            drawn,
            required=not readonly and (each.required or place in self.given.required),
            readonly=readonly,
            masked=level == "masked",
            visible=place not in self.given.invisible,
            notes=self._notes(drawn["name"]),
            see=self._see(drawn["name"]),
            span=span,
            break_before=break_before,
        )

    def _notes(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.words.say(each) for each in self.problems.get(name, ())))

    def _see(self, name: str) -> tuple[tuple[str, str], ...]:
        held = (each.params for each in self.problems.get(name, ()) if "holder" in each.params)
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
            notes=self._notes(sub.name),
            help=sub.help and self.words.label(sub.help),
        )

    def _kept_row(self, sub: Field, shown: Sequence[Field], row: RowValues, number: int) -> RowView:
        return self.kept.get(
            (sub.name, row.id), (row.values, self.marks.get(row.id)), number, lambda: self._row(sub, shown, row, number)
        )

    def _row(self, sub: Field, shown: Sequence[Field], row: RowValues, number: int) -> RowView:
        cells = tuple(self._input(each, sub.name, row.id, row.values.get(each.name)) for each in shown)
        unseen = [each for each in sub.fields if each not in shown or (row.id, each.name) in self.given.invisible]
        found = [*self.row_problems.get((sub.name, row.id), ())]
        for each in unseen:
            found += self.problems.get(f"{sub.name}.{row.id}.{each.name}", ())
        notes = tuple(dict.fromkeys(self.words.say(each) for each in found))
        return RowView(row.id, dom_id(f"{sub.name}.{row.id}"), number, cells, notes)

    def _columns(self, sub: Field, shown: Sequence[Field], rows: Sequence[RowValues]) -> tuple[Column, ...]:
        added = summed(self.form, sub)
        main = main_columns(shown, lambda each: self.types[each.value_type].formula_type(each).kind is Kind.NUMBER)
        return tuple(self._column(each, rows if each.name in added else (), each.name in main) for each in shown)

    def _column(self, each: Field, rows: Sequence[RowValues], main: bool) -> Column:
        kind = self.types[each.value_type].formula_type(each)
        return Column(
            name=each.name,
            label=self.words.label(each.title),
            type=each.value_type,
            required=each.required,
            numeric=kind.kind is Kind.NUMBER and each.value_type != "rating",
            computed=each.computed,
            help=each.help and self.words.label(each.help),
            total=_total(each, kind.kind, rows),
            scale=2 if each.value_type == "money" else None,
            main=main,
        )

    def undrawn(self, sections: Sequence[SectionView]) -> list[Problem]:
        """Problems at inputs this form does not show: they are told at the top."""
        drawn = {cell.name for section in sections for cell in section.cells if cell.visible}
        tables = {each.name for section in sections for each in section.cells if isinstance(each, Subtable)}
        return [
            each
            for name, found in self.problems.items()
            if name not in drawn and not any(name.startswith(table + ".") for table in tables)
            for each in found
        ]


def _marks(
    given: Given, problems: Mapping[str, list[Problem]], row_problems: Mapping[Place, list[Problem]]
) -> dict[str, list[Any]]:
    """Everything but its values that a row's look depends on, by row id."""
    found: dict[str, list[Any]] = {}
    for index, places in enumerate((given.invisible, given.required, given.readonly)):
        for row, name in sorted(places):
            found.setdefault(row, []).append((index, name))
    for name, some in (*problems.items(), *given.typed.items()):
        row = next((part for part in name.split(".") if len(part) == ROW_ID), "")
        found.setdefault(row, []).append((name, some))
    for (_, row), several in row_problems.items():
        found.setdefault(row, []).append(several)
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
