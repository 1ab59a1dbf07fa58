"""How a DocType's records are listed → views. One rule: a view names only fields that the form has and a list can show."""

from __future__ import annotations

from typing import Any

from .reading import DocField, DocType
from .resolve import Resolved, World

MOST_COLUMNS = 10
_UNSHOWN = frozenset({"subtable", "json", "secret", "rich_text", "attachment", "image", "signature", "location"})
_UNSORTED = _UNSHOWN | {"long_text", "tags", "multi_reference"}
_SYSTEM = {"creation": "$created_at", "modified": "$updated_at", "owner": "$owner", "modified_by": "$updated_by"}


def views_of(
    world: World, doctype: DocType, fields: dict[str, Resolved], number: str | None, tree: str | None
) -> list[dict[str, Any]]:
    """The list, and the tree where records stand below each other; `fields` are those the form has, by name."""
    if doctype.flag("issingle"):
        return []
    columns = _columns(doctype, fields, number)
    view: dict[str, Any] = {"name": "all", "title": doctype.name[:200], "columns": columns, "default": True}
    sort = _sort(world, doctype, fields)
    if sort:
        view["sort"] = sort
    views = [view] if columns else []
    if tree is not None:
        title = f"{doctype.name} · tree"[:200]
        views.append({"name": "tree", "title": title, "kind": "tree", "columns": columns or [tree]})
    return views


def title_of(doctype: DocType) -> str:
    """The field that names a record, "" where none is named."""
    return doctype.text("title_field") if doctype.text("title_field") != "name" else ""


def parent_field(doctype: DocType) -> DocField | None:
    """The link to the record above, of a DocType whose records make a tree."""
    if not doctype.flag("is_tree"):
        return None
    named = doctype.find(doctype.text("nsm_parent_field"))
    links = [each for each in doctype.fields if each.type == "Link" and each.options.strip() == doctype.name]
    likely = [each for each in links if each.name.startswith("parent")]
    if named in links:
        return named
    return likely[0] if likely else None


def _columns(doctype: DocType, fields: dict[str, Resolved], number: str | None) -> list[str]:
    listed = [each.name for each in doctype.fields if each.flag("in_list_view")]
    searched = [each.strip() for each in doctype.text("search_fields").split(",")]
    title = title_of(doctype)
    wanted = [each for each in (number, title, *listed, *searched) if each]
    kept = [each for each in dict.fromkeys(wanted) if each in fields and fields[each].type not in _UNSHOWN]
    if doctype.flag("is_submittable") and kept:
        kept = [*kept[: MOST_COLUMNS - 1], "$state"]
    if not kept:
        kept = [name for name, each in fields.items() if each.type not in _UNSHOWN][:4]
    return kept[:MOST_COLUMNS]


def _sort(world: World, doctype: DocType, fields: dict[str, Resolved]) -> list[str]:
    """`sort_field` and `sort_order`; either may be SQL, of which only names and directions are read."""
    made = []
    order = doctype.text("sort_order").lower() or "desc"
    for part in doctype.text("sort_field").replace("`", "").split(","):
        words = part.split()
        name = words[0].rpartition(".")[2] if words else ""
        direction = words[1].lower() if len(words) > 1 else order
        ours = _SYSTEM.get(name, name)
        known = fields[name].type not in _UNSORTED if name in fields else ours != name
        if not known:
            if name not in ("", "name", "idx"):
                world.losses.add(doctype.name, "", "sort_field", name, "sorted_by", "newest_first")
            continue
        made.append(f"-{ours}" if direction == "desc" else ours)
    return made
