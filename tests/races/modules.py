"""The module that races are run on: pots with a limit, asks that draw on them, in two versions."""

from __future__ import annotations

from typing import Any

#: What a pot may give at most, unless it says otherwise.
LIMIT = 100

_APPROVE = {"nodes": [{"type": "approve", "id": "boss", "title": "批", "who": [{"role": "boss"}]}]}
_COUNTED = "amount >= 0"


def _rollup(fn: str, where: str = _COUNTED, field: str | None = "amount") -> dict[str, Any]:
    said = {"from": "race.ask", "via": "pot", "fn": fn, "where": where}
    return {"x-rollup": said if field is None else {**said, "field": field}}


def module(version: int) -> dict[str, Any]:
    """The files of the module. The odd versions have one more roll-up on the pot and one more formula on the ask: what is
    written while they are published must not be missed by them."""
    pot = {
        "name": {"type": "string", "x-unique": True},
        "limit": {"type": "number", "x-type": "money"},
        "planned": _rollup("sum"),
        "reserved": _rollup("sum", "$state = 'in_approval'"),
        "asks": _rollup("count", field=None),
        "biggest": _rollup("max"),
        "mean": _rollup("avg"),
        "room": {"x-type": "money", "x-formula": "limit - planned"},
    }
    ask = {
        "name": {"type": "string"},
        "no": {"type": "string", "x-number": "A-{seq:6}"},
        "pot": {"type": "string", "x-ref": "race.pot"},
        "amount": {"type": "number", "x-type": "money"},
        "tax": {"x-type": "money", "x-formula": "amount * 0.13"},
    }
    if version % 2:
        pot["drafts"] = _rollup("sum", "$state = 'draft'")
        ask["gross"] = {"x-type": "money", "x-formula": "amount + tax"}
    return {
        "module.json": {"name": "race", "title": "race"},
        "forms/pot.json": {
            "name": "pot",
            "title": f"Pot {version}",
            "kind": "master",
            "record": {"type": "object", "properties": pot},
            "checks": [{"id": "room", "rule": "room >= 0", "message": "no room", "at": "limit", "on": ["save"]}],
        },
        "forms/ask.json": {
            "name": "ask",
            "title": "Ask",
            "kind": "document",
            "flow": _APPROVE,
            "record": {"type": "object", "properties": ask},
            "unique": [{"fields": ["name"], "where": _COUNTED}],
            "totals": [{"name": "by_pot", "key": {"pot": "pot"}, "values": {"amount": "sum(amount)", "asks": "count()"},
                        "where": _COUNTED}],
        },
    }  # fmt: skip
