"""JSON of a DocType → DocType, with every problem and its place. One rule: what cannot be a DocType is refused as a whole;
what a DocType merely says in its own way is left to the translation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..definition.findings import kind_of
from ..definition.read import parse
from ..definition.slug import slug
from ..kernel.problems import Problem, pointer

SIZE_LIMIT = 4 * 1024 * 1024
FIELD_LIMIT = 1_000
NAME_LIMIT = 140
#: Field types that hold no value; only these may do without a fieldname.
LAYOUT = ("Section Break", "Column Break", "Tab Break", "Fold", "Heading")
#: Names that a record of Frappe has without declaring them.
RESERVED = frozenset({"name", "parenttype", "parentfield", "docstatus", "doctype"})
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FIELDNAME = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class DocField:
    """One entry of `fields`; `given` is all it says."""

    name: str
    type: str
    label: str
    options: str
    given: Mapping[str, Any]

    def flag(self, key: str) -> bool:
        """Whether a property is set; Frappe writes 1, "1" or true."""
        return is_set(self.given.get(key))

    def text(self, key: str) -> str:
        """A property as text, "" where it is absent."""
        return text_of(self.given.get(key))

    def number(self, key: str) -> int:
        """A property as a whole number, 0 where it is none."""
        text = self.text(key)
        return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0


@dataclass(frozen=True, slots=True)
class DocType:
    """A DocType: `given` is all it says, `file` where it stands."""

    name: str
    module: str
    fields: tuple[DocField, ...]
    permissions: tuple[Mapping[str, Any], ...]
    given: Mapping[str, Any]
    file: str | None = None

    def flag(self, key: str) -> bool:
        return is_set(self.given.get(key))

    def text(self, key: str) -> str:
        return text_of(self.given.get(key))

    def find(self, name: str) -> DocField | None:
        """The field of this name that holds a value or shows something."""
        return next((each for each in self.fields if each.name == name and each.type not in LAYOUT), None)


def is_set(value: Any) -> bool:
    """Whether a flag is on."""
    return value is True or value == 1 or (isinstance(value, str) and value.strip() == "1")


def text_of(value: Any) -> str:
    """A scalar as text, without characters that no page shows; lists and objects are none."""
    return "" if value is None or isinstance(value, bool | list | dict) else _UNFIT.sub(" ", str(value)).strip()


def looks_like_doctype(value: Any) -> bool:
    """Whether a parsed file, or the first of a list in it, says that it is a DocType."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, Mapping) and first.get("doctype") == "DocType"


def read_doctypes(text: bytes, file: str, problems: list[Problem]) -> list[DocType]:
    """The DocTypes of one file: one object, or a list of them."""
    found: list[Problem] = []
    value = parse(text, found, limit=SIZE_LIMIT)
    problems += [Problem(each.code, each.pointer, each.params, file=file) for each in found]
    if found:
        return []
    items = enumerate(value) if isinstance(value, list) else [("", value)]
    made = [_doctype(each, file, pointer(at) if at != "" else "", problems) for at, each in items]
    return [each for each in made if each is not None]


def _doctype(value: Any, file: str, at: str, problems: list[Problem]) -> DocType | None:
    if not isinstance(value, Mapping) or value.get("doctype") != "DocType":
        problems.append(Problem("not_a_doctype", at, {"got": kind_of(value)}, file=file))
        return None
    name = text_of(value.get("name"))
    if not name or len(name) > NAME_LIMIT:
        code = "too_long" if name else "missing"
        problems.append(Problem(code, at + "/name", {"key": "name", "limit": NAME_LIMIT}, file=file))
        return None
    fields, permissions = value.get("fields", []), value.get("permissions") or []
    for key, each in (("fields", fields), ("permissions", permissions)):
        if not isinstance(each, list) or any(not isinstance(one, Mapping) for one in each):
            params = {"expected": "array", "got": kind_of(each)}
            problems.append(Problem("wrong_kind", f"{at}/{key}", params, file=file))
            return None
    if len(fields) > FIELD_LIMIT:
        problems.append(Problem("too_many_fields", at + "/fields", {"limit": FIELD_LIMIT}, file=file))
        return None
    read = tuple(_ordered(_fields(fields, file, at + "/fields", problems), value.get("field_order")))
    return DocType(name, text_of(value.get("module")), read, tuple(permissions), value, file)


def _fields(given: list[Mapping[str, Any]], file: str, at: str, problems: list[Problem]) -> Iterator[DocField]:
    seen: set[str] = set()
    for index, each in enumerate(given):
        kind, label = text_of(each.get("fieldtype")), text_of(each.get("label"))
        name = text_of(each.get("fieldname")) or slug(label)
        here = f"{at}/{index}"
        if not kind:
            problems.append(Problem("missing", here, {"key": "fieldtype"}, file=file))
            continue
        if not name and kind not in LAYOUT:
            problems.append(Problem("missing", here, {"key": "fieldname"}, file=file))
            continue
        if kind not in LAYOUT:
            wrong = _name_problem(name, seen)
            if wrong is not None:
                params = {"name": name[:NAME_LIMIT], "expected": "[A-Za-z0-9_]+"}
                problems.append(Problem(wrong, here + "/fieldname", params, file=file))
                continue
            seen.add(name)
        options = each.get("options")
        words = _UNFIT.sub(" ", options) if isinstance(options, str) else text_of(options)
        yield DocField(name or f"break_{index}", kind, label, words, each)


def _name_problem(name: str, seen: set[str]) -> str | None:
    if not _FIELDNAME.fullmatch(name) or len(name) > NAME_LIMIT:
        return "bad_name"
    if name in RESERVED:
        return "reserved_name"
    return "duplicate_name" if name in seen else None


def _ordered(fields: Iterator[DocField], order: Any) -> list[DocField]:
    """Fields as `field_order` has them, those it forgets where they stood."""
    listed = list(fields)
    if not isinstance(order, list):
        return listed
    places = {each: index for index, each in enumerate(order) if isinstance(each, str)}
    if any(each.name not in places for each in listed):
        return listed
    return sorted(listed, key=lambda each: places[each.name])
