"""What a scenario expects to stand: values of one record, or the figures of an aggregate. One rule: numbers are compared
exactly, to the last place, and whatever is not named is not compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..kernel.actor import Actor
from ..people import members
from ..records.query import Query
from .aggregate_records import aggregate_records
from .installation import Installation
from .read_record import find_records, read_record

#: What an expectation may call a record's own facts.
_FACTS = {"$state": "state", "$number": "number", "$version": "version", "$owner": "owner"}


class Differs(Exception):
    """The expectation could not even be compared: no such record."""


def differences(
    inst: Installation, reader: Actor, told: Mapping[str, Any], names: Mapping[str, tuple[str, str]]
) -> list[str]:
    """How what stands differs from what is told. `names` are the story's own records."""
    if "aggregate" in told:
        return _aggregate(inst, reader, told)
    form, record = (
        names[told["on"]] if "on" in told else (told["form"], record_of(inst, reader, told["form"], told["key"]))
    )
    shown = read_record(inst, reader, form, record).shown
    values = {**shown["values"], **{name: shown[fact] for name, fact in _FACTS.items()}}
    return _compare(inst, reader, form, told.get("values", {}), values)


def record_of(inst: Installation, reader: Actor, form: str, key: str) -> str:
    """The id of the record with that number, or that value in a single-field unique. Raises Differs."""
    definition = read_definition(inst, reader, form)
    uniques = [each.name for each in definition.fields if each.unique]
    for name in ("$number", *uniques):
        asked = Query(filter=f"{name} = {_text(key)}", limit=2)
        items = find_records(inst, reader, form, asked).items
        if len(items) == 1:
            return str(items[0]["id"])
    raise Differs(f"{form} has no record {key!r}")


def read_definition(inst: Installation, reader: Actor, form: str) -> Any:
    """The live definition of a form."""
    return find_records(inst, reader, form, Query(limit=1)).model.definitions.form(form)


def _aggregate(inst: Installation, reader: Actor, told: Mapping[str, Any]) -> list[str]:
    form, asked = told["form"], told["aggregate"]
    found = aggregate_records(
        inst, reader, form, group=asked.get("group", []), measures=asked["measures"], filter=asked.get("filter")
    )["items"]
    found = [{"group": each["group"], "values": each["values"]} for each in found]
    wanted = [{**each, "group": _resolved(inst, reader, form, each["group"])} for each in told["items"]]
    wrong = [f"{each} is missing" for each in wanted if each not in found]
    return wrong + [f"{each} was not told" for each in found if each not in wanted]


def _compare(
    inst: Installation, reader: Actor, form: str, told: Mapping[str, Any], found: Mapping[str, Any]
) -> list[str]:
    wanted = _resolved(inst, reader, form, told)
    return [each for name, value in wanted.items() for each in _unlike(name, found.get(name), value)]


def _unlike(name: str, found: Any, wanted: Any) -> list[str]:
    """How a value differs; of rows only what is named is compared, but their number always."""
    rows = isinstance(wanted, list) and isinstance(found, list) and all(isinstance(each, Mapping) for each in wanted)
    if not rows or len(found) != len(wanted):
        return [] if found == wanted else [f"{name} is {found!r}, not {wanted!r}"]
    pairs = enumerate(zip(found, wanted, strict=True))
    return [
        f"{name}.{index}.{key} is {row.get(key)!r}, not {value!r}"
        for index, (row, told) in pairs
        for key, value in told.items()
        if row.get(key) != value
    ]


def _resolved(inst: Installation, reader: Actor, form: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with every {"$key": …} replaced by the id it means."""
    return {name: _id(inst, reader, form, name, value) for name, value in values.items()}


def _id(inst: Installation, reader: Actor, form: str, name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_row(inst, reader, form, name, each) for each in value]
    if not (isinstance(value, Mapping) and set(value) == {"$key"}):
        return value
    sub, _, column = name.rpartition(".")
    definition = read_definition(inst, reader, form)
    rows = definition.subtable(sub) if sub else None
    field = next((each for each in rows.fields if each.name == column), None) if rows else definition.find(name)
    if field is not None and field.ref:
        return record_of(inst, reader, field.ref, value["$key"])
    return _member(inst, reader, value["$key"])


def _row(inst: Installation, reader: Actor, form: str, name: str, row: Any) -> Any:
    """A row of a subtable with the keys in it replaced; anything else as it is."""
    if not isinstance(row, Mapping):
        return row
    return {column: _id(inst, reader, form, f"{name}.{column}", value) for column, value in row.items()}


def _member(inst: Installation, reader: Actor, key: str) -> str:
    with inst.database.tenant(reader.tenant).read() as conn:
        found = members.by_login(conn, key)
    if found is None:
        raise Differs(f"there is no member {key!r}")
    return found.id


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


__all__: Sequence[str] = ("Differs", "differences", "record_of")
