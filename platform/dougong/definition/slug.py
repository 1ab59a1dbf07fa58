"""Names of columns and tables from names of the author: ASCII, short enough for both databases, never ambiguous.

A column's name is chosen once, when its field is first published, and kept with the definition; a table's name is a pure
function of the names, so whatever the slug loses is made up for by a hash."""

from __future__ import annotations

import re
from collections.abc import Collection
from hashlib import sha256
from itertools import count

COLUMN_BYTES = 40
TABLE_BYTES = 63


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and single underscores; 汉字 as pinyin; may be empty (emoji, other scripts)."""
    if not text.isascii():
        text = _pinyin(text[:200])
    return re.sub(r"[^a-z0-9]+", "_", text[:1000].lower()).strip("_")


def _pinyin(text: str) -> str:
    # Imported when first needed: its dictionary takes a third of a second, and most programs never slug a new name.
    from pypinyin import lazy_pinyin

    return "_".join(lazy_pinyin(text))


def column_name(x_id: str, taken: Collection[str]) -> str:
    """A new field's column: "f_" + slug of its x-id (the parts of a dotted one joined by "__"), at most 40 bytes, "_2" and
    so on where it is `taken`."""
    words = "__".join(filter(None, map(slug, x_id.split(".")))) or "field"
    used = {each.lower() for each in taken}
    for number in count(1):
        end = f"_{number}" if number > 1 else ""
        name = "f_" + words[: COLUMN_BYTES - 2 - len(end)].rstrip("_") + end
        if name not in used:
            return name
    raise AssertionError("count() does not end")


def table_name(module: str, form: str, sub: str | None = None) -> str:
    """`<module>__<form>` or `<module>__<form>__<sub>` (`sub` by its x-id), cut to 63 bytes. A name that was cut, or whose
    slug lost something of the x-id, ends in "_" and 8 hex digits of a hash of the whole."""
    plain = f"{module}__{form}"
    if sub is not None:
        plain += f"__{slug(sub)}"
        if slug(sub) != sub:
            return cut(plain, TABLE_BYTES, mark=f"{module}__{form}__{sub}")
    return cut(plain, TABLE_BYTES)


def cut(name: str, size: int = TABLE_BYTES, *, mark: str | None = None) -> str:
    """`name` within `size` bytes; if it is too long, or `mark` asks for it, its end is 8 hex digits of the hash of `mark`
    or of the name itself."""
    if mark is None and len(name) <= size:
        return name
    tail = "_" + sha256((mark or name).encode()).hexdigest()[:8]
    return name[: size - len(tail)] + tail
