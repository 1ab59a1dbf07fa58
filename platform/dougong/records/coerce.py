"""From what was sent to canonical values: names, nesting, rows and types, every problem at once. One rule: this reads one
document alone; what needs the stored record, other records or a right is judged later, on what is returned here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..definition.model import Field, Form
from ..fields.type import FieldType, Unreadable
from ..kernel.problems import Problem, pointer
from ..storage.types import storable_text
from .json_values import Tree, tree_of

ROW_LIMIT = 5_000

Types = Mapping[str, FieldType]


@dataclass(frozen=True, slots=True)
class Key:
    """`{"$key": …}`: a reference by number or single-field unique, to be resolved against what is stored."""

    text: str


@dataclass(slots=True)
class Line:
    """One row of a subtable as sent; `id` None = new."""

    id: str | None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Incoming:
    """`values` holds canonical values by field name, only of fields that were sent (None = null was sent); references may
    be `Key`s or unknown ids still. `rows` holds each subtable that was sent, whole. `rest` are undeclared keys of a form
    that keeps them."""

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[Line]] = field(default_factory=dict)
    rest: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(form: Form, types: Types, sent: Mapping[str, Any], hidden: Callable[[str], bool]) -> Incoming:
    """Read a record; `hidden` tells which fields this actor may not know of (they are unknown to them)."""
    found = Incoming()
    reader = _Reader(form, types, hidden, found.problems)
    declared = (each for each in form.fields if each.name != form.additional)
    for at, each, value in reader.walk(tree_of(declared, form.groups), sent, "", ""):
        if each is None:
            _undeclared(form, at, value, found)
        elif each.is_subtable:
            found.rows[each.name] = reader.rows(each, value, at)
        else:
            reader.value(each, value, at, found.values)
    return found


def _undeclared(form: Form, at: str, value: Any, found: Incoming) -> None:
    if form.additional and at.count("/") == 1:
        found.rest[at[1:].replace("~1", "/").replace("~0", "~")] = value
    else:
        found.problems.append(Problem("unknown_field", at))


@dataclass(slots=True)
class _Reader:
    form: Form
    types: Types
    hidden: Callable[[str], bool]
    problems: list[Problem]

    def walk(
        self, tree: Tree, sent: Mapping[str, Any], at: str, prefix: str
    ) -> Iterator[tuple[str, Field | None, Any]]:
        """(pointer, field or None when undeclared, value as sent) for everything sent, nesting undone; `prefix` is what
        the fields' names begin with in a policy ("lines." in a row)."""
        for name, value in sent.items():
            here, known = at + pointer(name), tree.get(name)
            if isinstance(known, dict):
                yield from self._group(known, value, here, prefix)
            elif known is None or self.hidden(prefix + known.name):
                yield here, None, value
            else:
                yield here, known, value

    def _group(self, tree: Tree, value: Any, at: str, prefix: str) -> Iterator[tuple[str, Field | None, Any]]:
        if value is None:
            value = dict.fromkeys(name for name, each in tree.items() if not _silent(each))
        if isinstance(value, Mapping):
            yield from self.walk(tree, value, at, prefix)
        else:
            self.problems.append(Problem("type", at, {"expected": "object"}))

    def value(self, each: Field, value: Any, at: str, into: dict[str, Any]) -> None:
        """Read one value into `into`; what cannot be read is a problem and leaves nothing."""
        if _is_key(value) and refers(each):
            if (key := self._key(value, at)) is not None:
                into[each.name] = key
            return None
        if each.value_type == "multi_reference" and isinstance(value, list | tuple) and any(map(_is_key, value)):
            return self._keys(each, value, at, into)
        try:
            into[each.name] = None if value is None else self.types[each.value_type].read(value, each)
        except Unreadable as error:
            self.problems.append(Problem(error.code, at + error.inside, error.params))

    def _key(self, value: Mapping[str, Any], at: str) -> Key | None:
        key = value["$key"]
        if isinstance(key, str) and not storable_text(key):
            self.problems.append(Problem("format", at, {"reason": "characters"}))
        elif isinstance(key, str | int) and not isinstance(key, bool) and str(key).strip():
            return Key(str(key).strip())
        else:
            self.problems.append(Problem("type", at, {"expected": "string"}))
        return None

    def _keys(self, each: Field, value: Sequence[Any], at: str, into: dict[str, Any]) -> None:
        """A list of references, some of them by key; nothing is left where one cannot be read."""
        found: list[Any] = []
        for index, one in enumerate(value):
            here = at + pointer(index)
            if _is_key(one):
                found.append(self._key(one, here))
                continue
            try:
                found += self.types[each.value_type].read([one], each) or ()
            except Unreadable as error:
                self.problems.append(Problem(error.code, here, error.params))
                found.append(None)
        if None not in found:
            into[each.name] = tuple(found)

    def rows(self, sub: Field, value: Any, at: str) -> list[Line]:
        """Read a subtable's rows; null is an empty table."""
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.problems.append(Problem("type", at, {"expected": "array"}))
            return []
        if len(value) > ROW_LIMIT:
            self.problems.append(Problem("length", at, {"max": ROW_LIMIT, "length": len(value)}))
            return []
        tree = tree_of(sub.fields, self.form.groups)
        return [line for index, row in enumerate(value) if (line := self._row(sub, tree, row, at + pointer(index)))]

    def _row(self, sub: Field, tree: Tree, row: Any, at: str) -> Line | None:
        if not isinstance(row, Mapping):
            self.problems.append(Problem("type", at, {"expected": "object"}))
            return None
        row_id = row.get("$id")
        if row_id is not None and not isinstance(row_id, str):
            self.problems.append(Problem("type", at + "/$id", {"expected": "string"}))
        line = Line(row_id if isinstance(row_id, str) else None)
        rest = {name: value for name, value in row.items() if name != "$id"}
        for here, each, value in self.walk(tree, rest, at, f"{sub.name}."):
            if each is None:
                self.problems.append(Problem("unknown_field", here))
            else:
                self.value(each, value, here, line.values)
        return line


def _is_key(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == {"$key"}


def refers(each: Field) -> bool:
    """Whether a field's value names another record, a member or a department."""
    return each.value_type in ("reference", "multi_reference", "member", "department")


def _silent(each: Field | Tree) -> bool:
    """Fields that nulling a whole group does not speak of: they are not the sender's to clear."""
    return isinstance(each, Field) and each.computed


def sent_twice(lines: Collection[Line]) -> set[str]:
    """Row ids that occur more than once."""
    ids = [line.id for line in lines if line.id is not None]
    return {each for each in ids if ids.count(each) > 1} if len(set(ids)) < len(ids) else set()
