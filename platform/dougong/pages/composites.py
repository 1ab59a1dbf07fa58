"""Values made of several as people read them: files, pictures, records, regions, periods, places, formatted text. One rule:
what is shown comes from the presented record; a file without a name beside it is only counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from ..definition.model import Field
from ..fields.registry import field_types
from ..fields.type import Unreadable

FILES = frozenset({"attachment", "image", "signature"})
_KINDS = {"attachment": "files", "image": "pics", "signature": "signs"}
_LABELLED = frozenset({"cascade", "address", "location", "date_range", "rich_text"})
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp"})


def composite(field: Field, value: Any, title: Any, between: str) -> tuple[str, str, Any] | None:
    """(text, kind, raw) of a value of these types; None for any other. Kinds: files, pics and signs with raw (id, name,
    how to look at it), links with raw (address, title), rich with raw HTML, text."""
    kind = field.value_type
    if kind in FILES:
        ids = [value] if isinstance(value, str) else value
        return _files(kind, ids, title if isinstance(title, Sequence) and not isinstance(title, str) else (), between)
    if kind == "multi_reference" and isinstance(value, list | tuple):
        names = title if isinstance(title, list | tuple) else [None] * len(value)
        links = [(f"/f/{field.ref}/{one}", str(name or one)) for one, name in zip(value, names, strict=False)]
        return between.join(name for _, name in links), "links", links
    if kind in _LABELLED:
        return _labelled(field, value)
    return None


def _files(kind: str, ids: Sequence[Any], names: Sequence[Any], between: str) -> tuple[str, str, Any]:
    known = [str(name) for name in names] or [""] * len(ids)
    held = [(str(each), name, _look(name, kind)) for each, name in zip(ids, known, strict=False)]
    text = between.join(filter(None, known)) or str(len(ids))
    return text, _KINDS[kind], held


def _look(name: str, kind: str) -> str:
    """How a browser can show the file in place: image, pdf or not at all."""
    ending = PurePosixPath(name).suffix.lower()
    return "image" if kind != "attachment" or ending in _PICTURES else "pdf" if ending == ".pdf" else ""


def _labelled(field: Field, value: Any) -> tuple[str, str, Any]:
    kind = field_types()[field.value_type]
    try:
        canonical = kind.read(value, field)
    except Unreadable:
        plain = value if isinstance(value, str) else "/".join(map(str, _parts(value)))
        return plain, "text", value
    text = kind.label(canonical, field) or ""
    return text, "rich" if field.value_type == "rich_text" else "text", value


def _parts(value: Any) -> Sequence[Any]:
    """What can be said of a value whose tree has changed since: its codes."""
    return (
        list(value.values())
        if isinstance(value, Mapping)
        else list(value)
        if isinstance(value, list | tuple)
        else [value]
    )
