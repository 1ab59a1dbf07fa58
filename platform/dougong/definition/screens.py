"""The lists beside a form's record that say how it looks: layout, views, prints."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from .findings import Ids, Place, kind_of
from .keywords import sort_keys
from .model import Cell, Print, Section, View

VIEW_KINDS = ("list", "tree", "board", "calendar", "gantt")
BLOCKS = ("heading", "fields", "table", "text", "trail", "signatures", "qr")
PAPERS = ("A3", "A4", "A5", "letter")
MEASURES = ("sum", "count", "min", "max", "avg")
PLACEHOLDER = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


def read_layout(form: Place) -> tuple[Section, ...]:
    """`layout`: sections and tabs of cells."""
    ids = Ids.of(form.raw("layout"))
    return tuple(section for _, place in form.places("layout") if (section := _section(place, ids)))


def _section(place: Place, ids: Ids) -> Section | None:
    kind: Literal["section", "tab"] = "tab" if place.has("tab") else "section"
    title = place.text(kind, required=True, limit=200)
    columns, when = place.whole("columns", 1, 3), place.formula("when")
    cells = tuple(cell for index in range(_length(place)) if (cell := _cell(place, index)))
    made_id = ids.take(place, title or kind)
    place.close()
    return (
        None if title is None else Section(made_id, title, kind, columns or 2, cells, when, place.at, place.found.file)
    )


def _length(place: Place) -> int:
    fields = place.raw("fields")
    if fields is not None and not isinstance(fields, list):
        place.refuse("fields", "array")
    return len(fields) if isinstance(fields, list) else 0


def _cell(place: Place, index: int) -> Cell | None:
    each = place.value["fields"][index]
    at = place.pointer("fields", index)
    if isinstance(each, str):
        return Cell(each)
    if not isinstance(each, dict):
        place.found.error("wrong_kind", at, expected="string", got=kind_of(each))
        return None
    inner = Place(each, at, place.found)
    name, span, broken = inner.text("field", required=True), inner.whole("span", 1, 3), inner.flag("break")
    inner.close()
    return Cell(name, span or 1, broken) if name else None


def read_views(form: Place) -> tuple[View, ...]:
    """`views`: saved lists, boards, calendars."""
    ids = Ids.of(form.raw("views"))
    found = [_view(place, ids) for _, place in form.places("views")]
    seen: set[str] = set()
    for each in found:
        if each.name in seen:
            form.found.error("duplicate_name", each.pointer, name=each.name)
        seen.add(each.name)
    return tuple(found)


def _view(place: Place, ids: Ids) -> View:
    name = place.text("name", required=True, limit=60) or ""
    title = place.text("title", limit=200) or name
    kind = place.word("kind", VIEW_KINDS, "list")
    columns, where = place.texts("columns"), place.formula("filter")
    sort = sort_keys(place, "sort") if place.has("sort") else ()
    group = place.texts("group") if isinstance(place.raw("group"), list) else tuple(filter(None, [place.text("group")]))
    totals = _words(place, "totals", MEASURES)
    date = _words(place, "date", None)
    for key in date.keys() - {"start", "end"}:
        place.found.warn("unknown_key", place.pointer("date", key), key=key)
    default, roles = place.flag("default"), place.texts("roles")
    made_id = ids.take(place, name or "view")
    place.close()
    return View(
        made_id,
        name,
        title,
        kind,
        columns,
        where,
        sort,
        group,
        totals,
        date,
        default,
        roles,
        place.at,
        place.found.file,
    )


def _words(place: Place, key: str, known: tuple[str, ...] | None) -> dict[str, str]:
    """An object of texts by name."""
    inner = place.place(key)
    made: dict[str, str] = {}
    if inner is None:
        return made
    for name in inner.value:
        value = inner.word(name, known) if known else inner.text(name)
        if value is not None:
            made[name] = value
    return made


def read_prints(form: Place) -> tuple[Print, ...]:
    """`prints`: pages made of blocks, each block one thing."""
    ids = Ids.of(form.raw("prints"))
    return tuple(_print(place, ids) for _, place in form.places("prints"))


def _print(place: Place, ids: Ids) -> Print:
    name = place.text("name", required=True, limit=60) or ""
    title, paper = place.text("title", limit=200) or name, place.word("paper", PAPERS, "A4")
    landscape = place.flag("landscape")
    blocks = tuple(_block(block) for _, block in place.places("blocks"))
    made_id = ids.take(place, name or "print")
    place.close()
    return Print(made_id, name, title, paper, landscape, blocks, place.at, place.found.file)


def _block(place: Place) -> Mapping[str, Any]:
    kinds = [key for key in BLOCKS if place.has(key)]
    if len(kinds) != 1:
        place.found.error("one_of", place.at, known=list(BLOCKS))
    for kind in kinds:
        if kind in ("heading", "text", "table"):
            place.text(kind)
        elif kind == "fields" or (kind == "signatures" and isinstance(place.raw(kind), list)):
            place.texts(kind)
        elif kind != "qr" or not isinstance(place.raw(kind), str):
            place.flag(kind)
    if "table" in kinds:
        place.texts("columns")
    if "fields" in kinds:
        place.whole("columns", 1, 4)
    place.text("id")
    place.close()
    return dict(place.value)


def placeholders(text: str) -> list[str]:
    """The names between double braces."""
    return [found.group(1) for found in PLACEHOLDER.finditer(text)]
