"""Which fields stand in which section. One rule: the author's layout, then every input it forgot, so that nothing a person
may fill in is out of reach; without a layout the order of the properties, groups and subtables as sections of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..definition.model import Field, FieldLevel, Form, Section

_WIDE = frozenset({
    "long_text", "rich_text", "json", "attachment", "image", "address", "multi_choice", "multi_reference", "tags",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planned:
    """`cells` are (field, columns spanned, new line before); `tab` is the id of the tab it lies in, "" = in none."""

    id: str
    title: str
    kind: str
    columns: int
    cells: tuple[tuple[Field, int, bool], ...]
    tab: str = ""


def plan(form: Form, levels: Mapping[str, FieldLevel], closed: Collection[str]) -> list[Planned]:
    """The sections to draw, without hidden fields and closed sections."""
    open_fields = [each for each in form.fields if each.drawn and levels.get(each.name, "edit") != "hidden"]
    if not form.layout:
        return _by_order(form, open_fields)
    named = {each.name: each for each in open_fields}
    laid = {cell.field for section in form.layout for cell in section.cells}
    sections = list(_laid(form, named, closed))
    left = [each for each in open_fields if each.name not in laid and not each.computed]
    return [*sections, *_by_order(form, left)]


def _laid(form: Form, named: Mapping[str, Field], closed: Collection[str]) -> Iterator[Planned]:
    """The author's sections; those behind a tab lie in it, and go with it when it is closed."""
    tab, gone = "", False
    for section in form.layout:
        if section.kind == "tab":
            tab, gone = section.id, section.id in closed
        if not gone and section.id not in closed:
            yield replace(_authored(section, named), tab=tab)


def _authored(section: Section, named: Mapping[str, Field]) -> Planned:
    cells = tuple((named[cell.field], cell.span, cell.break_before) for cell in section.cells if cell.field in named)
    return Planned(section.id, section.title, section.kind, section.columns, cells)


def _by_order(form: Form, fields: list[Field]) -> list[Planned]:
    sections: list[tuple[str, str, list[Field]]] = []
    for each in fields:
        group = next((name for name in form.groups if each.name.startswith(name + ".")), "")
        key, title = (each.name, each.title) if each.is_subtable else (group, form.groups.get(group, ""))
        if not sections or sections[-1][0] != key or each.is_subtable:
            sections.append((key, title, []))
        sections[-1][2].append(each)
    return [
        Planned(f"s{index}", title, "section", 2, tuple((each, 2 if wide(each) else 1, False) for each in inside))
        for index, (_, title, inside) in enumerate(sections)
    ]


def wide(each: Field) -> bool:
    """Whether a field needs the whole line."""
    return each.value_type in _WIDE or each.is_subtable


def main_columns(columns: Sequence[Field], is_number: Callable[[Field], bool]) -> set[str]:
    """What stands on a row's card on a phone: the first column, two to type in (numbers first, and whatever must be filled)
    and the amount; the others open. A few columns all stand there."""
    if len(columns) <= 4:
        return {each.name for each in columns}
    inputs = [each for each in columns[1:] if not each.computed]
    typed = sorted(inputs, key=lambda each: not is_number(each))[:2]
    amounts = [each for each in columns if each.computed and each.value_type == "money"]
    must = [each for each in inputs if each.required]
    return {each.name for each in (columns[0], *typed, *must, *amounts[-1:])}
