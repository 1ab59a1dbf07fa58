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
    return [
        f"{name} is {found.get(name)!r}, not {value!r}" for name, value in wanted.items() if found.get(name) != value
    ]


def _resolved(inst: Installation, reader: Actor, form: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with every {"$key": …} replaced by the id it means."""
    return {name: _id(inst, reader, form, name, value) for name, value in values.items()}


def _id(inst: Installation, reader: Actor, form: str, name: str, value: Any) -> Any:
    if not (isinstance(value, Mapping) and set(value) == {"$key"}):
        return value
    field = read_definition(inst, reader, form).find(name)
    if field is not None and field.ref:
        return record_of(inst, reader, field.ref, value["$key"])
    return _member(inst, reader, value["$key"])


def _member(inst: Installation, reader: Actor, key: str) -> str:
    with inst.database.tenant(reader.tenant).read() as conn:
        found = members.by_login(conn, key)
    if found is None:
        raise Differs(f"there is no member {key!r}")
    return found.id


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


__all__: Sequence[str] = ("Differs", "differences", "record_of")
