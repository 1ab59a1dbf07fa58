"""DocTypes of our own in Frappe's format, and what an import makes of them."""

from __future__ import annotations

import json
from typing import Any

from dougong.doctype.losses import Loss
from dougong.doctype.module import Made, make_module, set_problems
from dougong.doctype.reading import DocType, read_doctypes
from dougong.fields.registry import field_types
from dougong.kernel.problems import Problem


def field(name: str, kind: str = "Data", **given: Any) -> dict[str, Any]:
    return {"fieldname": name, "fieldtype": kind, "label": name.replace("_", " ").title(), **given}


def doctype(name: str, *fields: dict[str, Any], **given: Any) -> dict[str, Any]:
    """A DocType as a file has it; rows with `istable=1`."""
    return {"doctype": "DocType", "name": name, "module": "Shop", "fields": list(fields), **given}


def read(*given: dict[str, Any]) -> list[DocType]:
    problems: list[Problem] = []
    found = [
        one for each in given for one in read_doctypes(json.dumps(each).encode(), f"{each.get('name')}.json", problems)
    ]
    problems += set_problems(found)
    assert problems == []
    return found


def refused(*texts: str) -> list[tuple[str, str]]:
    """The (code, pointer) of everything wrong with these files."""
    problems: list[Problem] = []
    found = [one for each in texts for one in read_doctypes(each.encode(), "x.json", problems)]
    return [(each.code, each.pointer) for each in problems or set_problems(found)]


def make(*given: dict[str, Any]) -> Made:
    """The module "shop" of DocTypes; it has to pass the checker."""
    made = make_module(read(*given), field_types(), name="shop")
    assert [each for each in made.problems if each.level == "error"] == []
    return made


def form(made: Made, name: str) -> dict[str, Any]:
    found: dict[str, Any] = made.files[f"forms/{name}.json"]
    return found


def properties(*fields: dict[str, Any], **given: Any) -> dict[str, Any]:
    """The properties of the only form."""
    found: dict[str, Any] = form(make(doctype("Order", *fields, **given)), "order")["record"]["properties"]
    return found


def lost(made: Made, field_name: str | None = None) -> list[tuple[str, str, str]]:
    """(property, why, done) of the losses, of one field or of all."""
    return [(each.what, each.why, each.done) for each in made.losses if field_name in (None, each.field)]


def of(losses: tuple[Loss, ...], why: str) -> list[str]:
    return [each.field for each in losses if each.why == why]
