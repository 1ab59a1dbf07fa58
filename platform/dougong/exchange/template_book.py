"""An empty workbook to fill in: titles as heads, lists of choices where there are any, and a second sheet that explains
each column. One rule: it holds no row of data, so what is filled in is all that is imported."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook

from ..fields.type import FieldType
from .headers import VERSION, Target

#: A list of choices longer than this does not fit into a cell's rule.
_LIST = 250
_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Words:
    """What the second sheet is headed with, in the reader's language."""

    sheet: str
    column: str
    required: str
    kind: str
    example: str
    yes: str


def template_book(
    every: Sequence[Target],
    types: Mapping[str, FieldType],
    title: str,
    words: Words,
    kind: Callable[[Target], str],
) -> bytes:
    """The workbook; `kind` says in words what a column takes."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    targets = [each for each in every if each.name != VERSION]
    _sheet(book, _name(title), targets, types)
    _notes(book, targets, types, words, kind)
    book.close()
    return out.getvalue()


def _sheet(book: Any, name: str, targets: Sequence[Target], types: Mapping[str, FieldType]) -> None:
    sheet = book.add_worksheet(name)
    head, must = book.add_format({"bold": True}), book.add_format({"bold": True, "font_color": "#B3261E"})
    text = book.add_format({"num_format": "@"})
    for index, each in enumerate(targets):
        sheet.set_column(index, index, max(10, min(30, 2 * len(each.label) + 4)), text if _is_text(each) else None)
        sheet.write_string(0, index, each.label + ("*" if each.required else ""), must if each.required else head)
        if listed := _choices(each, types):
            sheet.data_validation(
                1, index, _ROWS, index, {"validate": "list", "source": listed, "error_type": "warning"}
            )
    sheet.freeze_panes(1, 0)


def _notes(
    book: Any,
    targets: Sequence[Target],
    types: Mapping[str, FieldType],
    words: Words,
    kind: Callable[[Target], str],
) -> None:
    sheet = book.add_worksheet(_name(words.sheet))
    head, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for column, width in enumerate((28, 10, 40, 24)):
        sheet.set_column(column, column, width)
    for column, word in enumerate((words.column, words.required, words.kind, words.example)):
        sheet.write_string(0, column, word, head)
    for row, each in enumerate(targets, 1):
        example = _example(each, types)
        for column, said in enumerate((each.label, words.yes if each.required else "", kind(each), example)):
            sheet.write_string(row, column, said[:32_000], wrap)


def _is_text(target: Target) -> bool:
    """Long digits stay what they are in a column of texts."""
    return target.field is None or target.field.value_type not in (
        "integer",
        "decimal",
        "money",
        "percent",
        "date",
        "rating",
    )


def _choices(target: Target, types: Mapping[str, FieldType]) -> list[str]:
    if target.field is None or types[target.field.value_type].multiple:
        return []
    labels = [label for _, label in types[target.field.value_type].choices(target.field)]
    return labels if labels and sum(len(each) + 1 for each in labels) <= _LIST and "," not in "".join(labels) else []


def _example(target: Target, types: Mapping[str, FieldType]) -> str:
    if target.field is None:
        return ""
    kind = types[target.field.value_type]
    if listed := kind.choices(target.field):
        return str(listed[0][1])
    return {"date": "2026-02-28", "datetime": "2026-02-28 08:30", "time": "08:30", "month": "2026-02"}.get(
        kind.name, ""
    )


def _name(title: str) -> str:
    """A name that a sheet may have."""
    kept = "".join(" " if char in "[]:*?/\\'" or ord(char) < 32 else char for char in title).strip()
    return kept[:31].strip() or "Sheet"
