"""What templates draw of a form: data, no HTML. One rule: two equal views look the same, so comparing them (difference.py)
tells what a refresh must swap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose: the text an input posts, what people read, and whether it is chosen now."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file as an input shows it; `size` in bytes, `type` a media type."""

    id: str
    name: str = ""
    size: int = 0
    type: str = ""

    @property
    def picture(self) -> bool:
        """Whether browsers draw it."""
        return self.type in ("image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp")


@dataclass(frozen=True, slots=True)
class Input:
    """One cell. `name` is posted, `id` is for HTML; `widget` names templates/fields/<widget>.html; `text` stands in the
    input, `texts` where an input posts several values, `parts` where several inputs post one; `items` are the records a
    list of references holds, `uploads` the files. `shown` is for reading: number, date … as `value` for filters, or
    the label of an id or choice. `note`s are the sentences of what is wrong here; `settings` the field's x-options,
    `see` where to look: (address, title) of records that stand in the way. `later` are the sentences of what only handing
    in would refuse; `stale` says why a computed value is not shown. `most`: how many files it holds, 0 = it holds none."""

    name: str
    id: str
    label: str
    type: str
    widget: str
    value: Any = None
    text: str = ""
    texts: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    items: tuple[Option, ...] = ()
    uploads: tuple[Upload, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    shown: str | None = None
    options: tuple[Option, ...] = ()
    required: bool = False
    readonly: bool = False
    masked: bool = False
    visible: bool = True
    notes: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    stale: str = ""
    see: tuple[tuple[str, str], ...] = ()
    help: str | None = None
    hint: str | None = None
    limits: tuple[tuple[str, str], ...] = ()
    most: int = 0
    scale: int | None = None
    numeric: bool = False
    target: str | None = None
    span: int = 1
    short: bool = False
    break_before: bool = False
    field: str = ""
    sub: str = ""
    row: str = ""

    @property
    def bad(self) -> bool:
        return bool(self.notes)

    @property
    def described(self) -> str:
        """The ids that say more about this input (aria-describedby)."""
        said = [f"{self.id}-e"] if self.notes else []
        said += [f"{self.id}-l"] if self.later else []
        return " ".join([*said, f"{self.id}-h"] if self.help else said)


@dataclass(frozen=True, slots=True)
class Column:
    """Head of one column of a subtable; `total` is the sum of its numbers, where summing makes sense, `stale` why there is
    none just now. `main`: on a phone it stands on a row's card; the others open."""

    name: str
    label: str
    type: str
    required: bool
    numeric: bool
    computed: bool
    help: str | None = None
    total: Any = None
    scale: int | None = None
    main: bool = True
    stale: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """One row; `number` counts from 1, `notes` are what is wrong with the row as a whole or with a cell nobody sees."""

    id: str
    dom_id: str
    number: int
    cells: tuple[Input, ...]
    notes: tuple[str, ...] = ()
    later: tuple[str, ...] = ()

    @property
    def bad(self) -> bool:
        return bool(self.notes) or any(cell.notes for cell in self.cells)

    @property
    def see(self) -> tuple[tuple[str, str], ...]:
        """Records that stand in the way of the row."""
        return tuple(dict.fromkeys(each for cell in self.cells if cell.visible for each in cell.see))

    @property
    def all_notes(self) -> tuple[tuple[str, str], ...]:
        """(id of the note, sentence) of the whole row, cell by cell: shown under the row."""
        cells = [(f"{cell.id}-e", "；".join(cell.notes)) for cell in self.cells if cell.notes and cell.visible]
        return (*cells, *((f"{self.dom_id}-e{index}", note) for index, note in enumerate(self.notes)))

    @property
    def all_later(self) -> tuple[tuple[str, str], ...]:
        """The same of what only handing in would refuse."""
        cells = [(f"{cell.id}-l", "；".join(cell.later)) for cell in self.cells if cell.later and cell.visible]
        return (*cells, *((f"{self.dom_id}-l{index}", note) for index, note in enumerate(self.later)))


@dataclass(frozen=True, slots=True)
class Subtable:
    """A subtable: `readonly` = rows may be neither added nor removed."""

    name: str
    id: str
    label: str
    columns: tuple[Column, ...]
    rows: tuple[RowView, ...]
    required: bool = False
    readonly: bool = False
    visible: bool = True
    notes: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    help: str | None = None
    widget: str = "subtable"
    span: int = 3
    break_before: bool = True

    @property
    def folded(self) -> bool:
        """Whether some columns do not stand on a row's card."""
        return not all(column.main for column in self.columns)

    @property
    def summed(self) -> bool:
        return any(column.total is not None or column.stale for column in self.columns)


Cell = Input | Subtable


@dataclass(frozen=True, slots=True)
class SectionView:
    """`table`: nothing but one subtable, which then is the section. `tab`: the id of the tab it lies in."""

    id: str
    title: str
    kind: str
    columns: int
    cells: tuple[Cell, ...]
    tab: str = ""

    @property
    def visible(self) -> bool:
        return any(cell.visible for cell in self.cells)

    @property
    def bad(self) -> bool:
        """Whether something in it is to be mended."""
        return any(
            cell.notes or (isinstance(cell, Subtable) and any(row.bad for row in cell.rows)) for cell in self.cells
        )

    @property
    def table(self) -> Subtable | None:
        only = self.cells[0] if len(self.cells) == 1 else None
        return only if isinstance(only, Subtable) else None


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the form's parts talk to; "" = not at all (a preview). `options` is completed by the field's name
    ("lines.worker" in a row), `upload` as well, `file` by a file's id; `limit` is the most bytes of an upload, `page`
    the form's own address, with a query."""

    refresh: str = ""
    rows: str = ""
    options: str = ""
    paste: str = ""
    file: str = ""
    limit: int = 0
    page: str = "?"
    upload: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab with its sections; `bad`: something in it is to be mended."""

    id: str
    title: str
    sections: tuple[SectionView, ...]
    bad: bool


@dataclass(frozen=True, slots=True)
class FormView:
    """A whole form; `notes` are what is wrong with no field in particular, `later` what handing in would refuse so,
    `count` how many places are to be mended."""

    form: str
    title: str
    sections: tuple[SectionView, ...]
    notes: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    count: int = 0
    urls: Urls = Urls()

    def cells(self) -> dict[str, Cell]:
        """Every cell and subtable by name, those of rows included."""
        found: dict[str, Cell] = {}
        for section in self.sections:
            for cell in section.cells:
                found[cell.name] = cell
                if isinstance(cell, Subtable):
                    found |= {each.name: each for row in cell.rows for each in row.cells}
        return found

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The tabs that show something."""
        found: dict[str, list[SectionView]] = {}
        for each in self.sections:
            if each.tab and each.visible:
                found.setdefault(each.tab, []).append(each)
        titles = {each.id: each.title for each in self.sections if each.kind == "tab"}
        return tuple(
            Tab(tab, titles.get(tab, ""), tuple(some), any(each.bad for each in some)) for tab, some in found.items()
        )

    @property
    def before(self) -> tuple[SectionView, ...]:
        """Visible sections that stand above the tabs, or all where there are none."""
        first = next((index for index, each in enumerate(self.sections) if each.tab), len(self.sections))
        return tuple(each for each in self.sections[:first] if each.visible)

    @property
    def after(self) -> tuple[SectionView, ...]:
        """Visible sections below the tabs."""
        first = next((index for index, each in enumerate(self.sections) if each.tab), len(self.sections))
        return tuple(each for each in self.sections[first:] if each.visible and not each.tab)

    def title_of(self, table: Subtable) -> str:
        """What stands over a subtable: its section's title, where it is alone in one."""
        alone = (section for section in self.sections if section.table is not None)
        return next((each.title for each in alone if each.table == table), "") or table.label

    def first_bad(self) -> str | None:
        """The id of the first input with something wrong: where the focus goes."""
        for section in self.sections:
            for cell in section.cells:
                if cell.notes:
                    return cell.id
                for row in cell.rows if isinstance(cell, Subtable) else ():
                    if row.bad:
                        return next((each.id for each in row.cells if each.notes), row.dom_id)
        return None
