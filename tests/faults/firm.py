"""The firm to which the faults happen: orders with lines, a budget they draw on, a ledger they are posted to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.publish_module import publish_files
from dougong.kernel.actor import operator

FIRM = operator("demo")
BUDGET, ORDER, ENTRY = "buy.budget", "buy.order", "buy.entry"
_TEXT = {"type": "string"}
_MONEY = {"type": "number", "x-type": "money"}
_APPROVE = {"nodes": [{"type": "approve", "id": "boss", "title": "批", "who": [{"role": "boss"}]}]}


def module(*, more: bool = False) -> dict[str, Any]:
    """The files of the module; with `more` it has fields, a roll-up, a subtable and a form besides; one field is renamed,
    one of another type, one gone."""
    note = {"remark": {**_TEXT, "x-id": "note", "x-index": True}} if more else {"note": _TEXT, "gone": _TEXT}
    lines = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"what": _TEXT, "count": {"type": "integer"}, "price": _MONEY,
                           "worth": {**_MONEY, "x-formula": "count * price"}},
        },
    }  # fmt: skip
    budget = {
        "name": {**_TEXT, "x-unique": True},
        "limit": _MONEY,
        "asked": {"x-rollup": {"from": ORDER, "via": "budget", "fn": "sum", "field": "total",
                               "where": "$state in ('in_approval', 'approved')"}},
        "left": {"x-type": "money", "x-formula": "limit - asked"},
    }  # fmt: skip
    order = {
        "no": {**_TEXT, "x-number": "O-{seq:4}"},
        "name": _TEXT,
        "budget": {**_TEXT, "x-ref": BUDGET},
        "size": {"type": "integer"} if more else _TEXT,
        "lines": lines,
        "total": {"x-type": "money", "x-formula": "sum(lines.worth)"},
        "of": {"x-lookup": {"via": "budget", "field": "name", "freeze": "submit"}},
        **note,
    }
    entry = {"name": _TEXT, "budget": {**_TEXT, "x-ref": BUDGET}, "amount": _MONEY}
    if more:
        budget["drafts"] = {"x-rollup": {"from": ORDER, "via": "budget", "fn": "count", "where": "$state = 'draft'"}}
        order["twice"] = {"x-type": "money", "x-formula": "total * 2"}
        order["parts"] = {"type": "array", "items": {"type": "object", "properties": {"what": _TEXT}}}
    files = {
        "module.json": {"name": "buy", "title": "buy"},
        "forms/budget.json": {
            "name": "budget", "title": "Budget", "kind": "master", "record": {"type": "object", "properties": budget},
            "checks": [{"id": "left", "rule": "left >= 0", "message": "too little left", "on": ["save"]}],
        },
        "forms/order.json": {
            "name": "order", "title": "Order", "kind": "document", "flow": _APPROVE,
            "record": {"type": "object", "properties": order},
            "unique": [{"fields": ["name"], "where": "not isblank(name)"}],
            "totals": [{"name": "by_what", "each": "lines", "key": {"what": "what"}, "values": {"worth": "sum(worth)"},
                        "where": "parent.$state = 'in_approval'"}],
            "effects": [{"id": "post", "on": "submitted", "do": "post", "form": ENTRY, "each": "lines",
                         "values": {"name": "what", "budget": "parent.budget", "amount": "worth"}}],
        },
        "forms/entry.json": {
            "name": "entry", "title": "Entry", "kind": "log", "record": {"type": "object", "properties": entry},
        },
    }  # fmt: skip
    if more:
        files["forms/paper.json"] = {
            "name": "paper",
            "title": "Paper",
            "record": {"type": "object", "properties": {"name": _TEXT}},
        }
    return files


def open_firm(inst: Installation, limit: int = 100) -> dict[str, str]:
    """Publish and fill it; the ids of the budget and of the draft order "first" with two lines worth 30."""
    publish_files(inst, FIRM, "buy", module())
    budget = create_record(inst, FIRM, BUDGET, {"name": "B", "limit": Decimal(limit)})["id"]
    return {"budget": budget, "order": order(inst, budget, "first", submit=False)}


def order(inst: Installation, budget: str, name: str, *, submit: bool) -> str:
    lines = [{"what": "a", "count": 2, "price": Decimal(5)}, {"what": "b", "count": 1, "price": Decimal(20)}]
    values = {"name": name, "budget": budget, "size": "12", "note": "n", "gone": "g", "lines": lines}
    return create_record(inst, FIRM, ORDER, values, submit=submit)["id"]
