"""What may be called how: the patterns and limits of names, and the values every record has without declaring them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from ..formula import types

NAME_LIMIT = 200
RESERVED_MODULES = frozenset({"sqlite"})
"""Modules whose tables a database would take for its own."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_FULL = re.compile(r"[a-z][a-z0-9_]{0,29}\.[a-z][a-z0-9_]{0,29}")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

#: When a record went into the recycle bin; kept beside the system values, but no formula sees it.
DELETED = "$deleted"
#: Words of ours that stand among the values of a record.
_OURS = frozenset({DELETED, "$parent", "$position", "$key", "$rest", "$members", "$departments"})

#: System values of every record and what formulas see in them; `$id` is a record of the form itself.
SYSTEM: Mapping[str, types.Type] = MappingProxyType(
    {
        "$id": types.Type(types.Kind.RECORD),
        "$number": types.TEXT,
        "$state": types.TEXT,
        "$owner": types.MEMBER,
        "$department": types.DEPARTMENT,
        "$created_at": types.DATETIME,
        "$created_by": types.MEMBER,
        "$updated_at": types.DATETIME,
        "$updated_by": types.MEMBER,
        "$version": types.INTEGER,
    }
)


def is_name(text: object) -> bool:
    """Whether a module or form may be called so: it becomes part of table names and addresses."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None and "__" not in text


def is_full_name(text: object) -> bool:
    """Whether this is "module.form"."""
    return isinstance(text, str) and _FULL.fullmatch(text) is not None and "__" not in text


def text_problem(text: str, limit: int) -> str | None:
    """The code of what is wrong with a text: `empty`, `too_long`, or `bad_text` for what no database or page can hold
    (control characters, halves of surrogate pairs)."""
    if not text.strip():
        return "empty"
    if len(text) > limit:
        return "too_long"
    return "bad_text" if _UNFIT.search(text) else None


def is_system(name: str) -> bool:
    """Whether a name is a system value's. A `$` alone does not make it one: a property may be called `$type`."""
    return name in SYSTEM or name == DELETED


def name_problem(name: str) -> str | None:
    """The code of what is wrong with a property's name: any text up to 200 characters will do, but not a system value's."""
    if name in SYSTEM or name in _OURS:
        return "reserved_name"
    if "\n" in name or "\t" in name or "\r" in name:
        return "bad_text"
    return text_problem(name, NAME_LIMIT)
