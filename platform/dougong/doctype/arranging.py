"""Breaks between fields → sections and tabs. A section of Frappe runs down its columns, ours goes in lines, left to right.
One rule: every field that is shown stands in exactly one section, in the author's order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from .conditions import condition
from .expressions import Unreadable
from .fieldtypes import FIELDTYPES, UNKNOWN
from .reading import LAYOUT, DocField, DocType
from .values import Scene

MOST_COLUMNS = 3
_WIDE = frozenset({"Table", "Text Editor", "Code", "Long Text", "HTML Editor", "Markdown Editor", "JSON"})


@dataclass(slots=True)
class _Part:
    """What lies between two breaks, by its columns."""

    columns: list[list[DocField]] = field(default_factory=lambda: [[]])

    def filled(self, shown: Collection[str]) -> list[list[DocField]]:
        """The columns with something in them; what is beyond the third stands below it."""
        kept = [[each for each in column if each.name in shown] for column in self.columns]
        kept = [column for column in kept if column]
        last = [each for column in kept[MOST_COLUMNS - 1 :] for each in column]
        return [*kept[: MOST_COLUMNS - 1], last] if len(kept) > MOST_COLUMNS else kept


@dataclass(slots=True)
class _Area:
    """A section or tab to be: breaks without a title only begin a new part of it."""

    head: DocField | None
    kind: str
    title: str
    parts: list[_Part] = field(default_factory=lambda: [_Part()])


def layout_of(
    scene: Scene, fields: Iterable[DocField], shown: Collection[str], first: str | None
) -> list[dict[str, Any]]:
    """The layout of a form: `shown` are the names that became properties, `first` one that stands before all others."""
    layout: list[dict[str, Any]] = (
        [] if first is None else [{"section": scene.doctype.name[:200], "columns": 1, "fields": [first]}]
    )
    for index, area in enumerate(_areas(fields)):
        cells, columns = _cells(area, shown)
        when = _when(scene, area.head)
        if not cells and (area.kind == "section" or not area.title):
            continue
        named = scene.doctype.name[:200] if index == 0 else _title(area, shown)
        if index == 0 and layout:
            cells = [*layout.pop()["fields"], _on_a_new_line(cells[0]), *cells[1:]]
        made: dict[str, Any] = {area.kind: named, "columns": columns, "fields": cells}
        layout.append(made if when is None else {**made, "when": when})
    return _without_empty_tabs(layout)


def _on_a_new_line(cell: Any) -> dict[str, Any]:
    return {**(cell if isinstance(cell, dict) else {"field": cell}), "break": True}


def lost_in_breaks(scene: Scene) -> None:
    """Conditions of columns, and rights of columns, sections and tabs, have no counterpart."""
    for each in scene.doctype.fields:
        keys = ("depends_on", "permlevel") if each.type == "Column Break" else ("permlevel",)
        for key in keys if each.type in LAYOUT else ():
            if each.text(key) not in ("", "0"):
                scene.world.losses.add(scene.doctype.name, each.name, key, each.text(key), "column", "shown")


def lost_in_rows(scene: Scene) -> None:
    """A table of rows has no sections: conditions of theirs are told."""
    for each in scene.doctype.fields:
        if each.type in ("Section Break", "Tab Break") and each.text("depends_on"):
            scene.world.losses.add(
                scene.doctype.name, each.name, "depends_on", each.text("depends_on"), "row_layout", "shown"
            )


def _areas(fields: Iterable[DocField]) -> list[_Area]:
    areas = [_Area(None, "section", "")]
    for each in fields:
        here = areas[-1]
        if each.type == "Tab Break":
            areas.append(_Area(each, "tab", each.label))
        elif each.type in ("Section Break", "Heading", "Fold"):
            if each.label or each.text("depends_on"):
                areas.append(_Area(each, "section", each.label))
            else:
                here.parts.append(_Part())
        elif each.type == "Column Break":
            here.parts[-1].columns.append([])
        elif FIELDTYPES.get(each.type, UNKNOWN).type:
            here.parts[-1].columns[-1].append(each)
    return areas


def _cells(area: _Area, shown: Collection[str]) -> tuple[list[Any], int]:
    """The cells of a section in lines, and how many columns it has."""
    parts = [columns for part in area.parts if (columns := part.filled(shown))]
    count = max((len(columns) for columns in parts), default=1)
    cells: list[Any] = []
    full = True
    for columns in parts:
        for line in range(max(map(len, columns))):
            row = [column[line] for column in columns if line < len(column)]
            wide = len(row) == 1 and count > 1 and row[0].type in _WIDE
            for place, each in enumerate(row):
                cell: dict[str, Any] = {"field": each.name}
                if wide:
                    cell["span"] = count
                if place == 0 and not full:
                    cell["break"] = True
                cells.append(cell if len(cell) > 1 else each.name)
            full = wide or len(row) == count
    return cells, count


def _title(area: _Area, shown: Collection[str]) -> str:
    """The section's own title, else that of its first field."""
    inside = [each for part in area.parts for column in part.filled(shown) for each in column]
    label = area.title or (inside[0].label or inside[0].name if inside else "")
    return (label or (area.head.name if area.head is not None else "…"))[:200]


def _when(scene: Scene, head: DocField | None) -> str | None:
    text = head.text("depends_on") if head is not None else ""
    if head is None or not text:
        return None
    try:
        told = condition(text, scene)
    except Unreadable as wrong:
        scene.world.losses.add(
            scene.doctype.name, head.name, "depends_on", text, wrong.reason, "shown", piece=wrong.piece
        )
        return None
    if told.saved_only:
        done = "saved_meaning" if told.text else "shown"
        scene.world.losses.add(scene.doctype.name, head.name, "depends_on", text, "saved_only", done)
    return told.text or ("false" if not told.always and not told.saved_only else None)


def _without_empty_tabs(layout: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A tab with nothing on it and no section behind it goes."""
    kept: list[dict[str, Any]] = []
    for index, each in enumerate(layout):
        following = layout[index + 1] if index + 1 < len(layout) else {"tab": ""}
        if each["fields"] or ("tab" in each and "section" in following):
            kept.append(each)
    return kept


def in_hidden(fields: Iterable[DocField]) -> frozenset[str]:
    """Fields of sections and tabs that are hidden as a whole."""
    hidden: set[str] = set()
    section = tab = False
    for each in fields:
        if each.type == "Tab Break":
            tab, section = each.flag("hidden"), False
        elif each.type == "Section Break":
            section = each.flag("hidden")
        elif section or tab:
            hidden.add(each.name)
    return frozenset(hidden)


def inner_fields(doctype: DocType) -> list[DocField]:
    """All that is no break, in the author's order."""
    return [each for each in doctype.fields if each.type not in LAYOUT]
