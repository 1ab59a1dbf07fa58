"""Problems that failing checks become: where they are shown, their figures, the author's sentence with names filled in.

A check on a parent is shown at the reference of the row that was sent, and its figures only to those who may read the
fields behind them. One rule: parameters are canonical values; beside an id stands its title as `<name>_title`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from ..access import scope
from ..access.fields import Levels, levels_of
from ..definition.model import Field
from ..definition.names import is_system
from ..kernel.problems import Level, Problem, pointer
from . import cases
from .cases import Case
from .env import RowEnv
from .plan import Gap, plan_of
from .titles import Titles, kind_of
from .write_set import RowChange, WriteSet

_PLACE = re.compile(r"\{([^{}]+)\}")


def problems(ws: WriteSet, case: Case, failing: Sequence[Gap], level: Level) -> Iterator[Problem]:
    """One problem for the record: at the row itself, or at the reference that led to it (params `pointers` lists all)."""
    check = case.plan.check
    params: dict[str, Any] = {"check": check.id}
    hidden: Callable[[str], bool] = _nothing
    if case.own:
        at = cases.at_of(ws, case)
        params |= figures(ws, case, failing)
    else:
        places = list(dict.fromkeys(_origins(ws, case.record)))
        at = places[0] if places else cases.at_of(ws, case)
        params |= {"record": case.record.id, "form": case.record.form}
        if len(places) > 1:
            params["pointers"] = places
        levels = _seen(ws, case)
        hidden = partial(_is_hidden, levels)
        if _figures_readable(case, levels):
            params |= figures(ws, case, failing)
    words, values = _named(ws, case, check.message, hidden)
    message = _PLACE.sub(lambda found: words.get(found[1], found[0]), check.message)
    yield Problem("check", at, {**params, **values}, message, level)


def _nothing(_: str) -> bool:
    return False


def _is_hidden(levels: Levels | None, name: str) -> bool:
    return levels is None or not (is_system(name) or levels.readable(name))


def figures(ws: WriteSet, case: Case, failing: Sequence[Gap]) -> dict[str, Decimal]:
    """available (room before the act), asked (what the act takes of it) and excess, of the first comparison that fails."""
    now = RowEnv(ws, case.row)
    before = RowEnv(ws, case.row, before=True) if case.own else RowEnv(ws, case.row, old=True)
    for gap in failing:
        excess, room = cases.gap_of(gap, now), cases.gap_of(gap, before)
        if excess is None:
            continue
        if room is None or room == excess:
            return {"excess": excess}
        return {"available": max(-room, Decimal(0)), "asked": excess - room, "excess": excess}
    return {}


# ---------------------------------------------------------------------------------------------------- where from


def _origins(ws: WriteSet, record: RowChange) -> Iterator[str]:
    """The references, as sent, of the written rows whose contributions reached this record."""
    waiting, seen = [record], {record.id}
    while waiting:
        parent = waiting.pop(0)
        for row, via in _below(ws, parent):
            owner = ws.owner_of(row)
            if row.written or owner.written:
                yield _reference(ws, row, via)
            elif owner.id not in seen:
                seen.add(owner.id)
                waiting.append(owner)


def _below(ws: WriteSet, parent: RowChange) -> Iterator[tuple[RowChange, str]]:
    """Changed rows that feed a roll-up of this record, before or after."""
    for some in plan_of(ws.model).feeds.values():
        for feed in some:
            if feed.slot.form != parent.form:
                continue
            for row in ws.of(*feed.source):
                holder = ws.owner_of(row) if feed.via_owner else row
                sides = [side.get(feed.via) for side in (holder.now, holder.old) if side is not None]
                if parent.id in sides and (row.dirty or ws.owner_of(row).dirty):
                    yield row, feed.via


def _reference(ws: WriteSet, row: RowChange, via: str) -> str:
    holder = row if via in plan_of(ws.model).fields[row.kind] else ws.owner_of(row)
    return cases.row_pointer(ws, holder) + pointer(*via.split("."))


def _seen(ws: WriteSet, case: Case) -> Levels | None:
    """What the actor may read of the record behind the check; None when it is invisible."""
    form, main = case.record.form, ws.model.table(case.record.form).main
    query = select(main.c.id).where(main.c.id == case.record.id, scope(ws.tx, ws.model, form, "view"))
    if ws.tx.conn.execute(query).first() is None:
        return None
    return levels_of(ws.tx, ws.model, form, "view", [case.record.id])[case.record.id]


def _figures_readable(case: Case, levels: Levels | None) -> bool:
    names = {each.source.name for each in case.plan.rule.reads.inputs if not is_system(each.source.name)}
    return levels is not None and all(levels.readable(name) for name in names)


# ---------------------------------------------------------------------------------------------------- the sentence


def _asked(ws: WriteSet, case: Case, message: str) -> Iterator[tuple[str, Field | None, Any]]:
    plan, env = plan_of(ws.model), RowEnv(ws, case.row)
    for name in dict.fromkeys(_PLACE.findall(message)):
        path = tuple(name.strip().split("."))
        if case.row.sub is not None and path[0] == case.row.sub:
            path = path[1:]
        anchor, place = "self", case.row.kind
        found = plan.first(*place, path) if path and not is_system(path[0]) else None
        if found is None and case.row.sub is not None:
            anchor, place = "parent", case.record.kind
            found = plan.first(*place, path) if path else None
        if found is not None or (path and is_system(path[0])):
            last = found[0] if found is not None and found[1] == len(path) else None
            yield name, last, env.get(anchor, path)


def _named(
    ws: WriteSet, case: Case, message: str, hidden: Callable[[str], bool]
) -> tuple[dict[str, str], dict[str, Any]]:
    """For each name in the sentence: what stands there, and its canonical value (titles beside ids)."""
    words: dict[str, str] = {}
    values: dict[str, Any] = {}
    titles: Titles = ws.memo.setdefault(Titles, Titles(ws.tx, ws.model))  # a hundred rows may name one record
    for name, field, value in _asked(ws, case, message):
        if hidden(name.partition(".")[0]):
            words[name] = plain_text(None)
            continue
        title = titles.of(field, value) if field is not None else None
        words[name] = str(title) if title is not None else plain_text(value, field, message)
        values[name] = value
        if field is not None and kind_of(field) is not None:
            values[f"{name}_title"] = title
    return words, values


#: What stands for values that are no words: in the language of the author's sentence, for no reader's is known here.
_CHINESE: dict[Any, str] = {
    True: "是", False: "否", "draft": "草稿", "in_approval": "审批中", "approved": "已通过", "rejected": "已驳回",
    "withdrawn": "已撤回", "closed": "已关闭", "voided": "已作废", "active": "在用", "disabled": "已停用",
}  # fmt: skip
_ENGLISH: dict[Any, str] = {True: "yes", False: "no", "in_approval": "in approval"}


def plain_text(value: Any, field: Field | None = None, sentence: str = "") -> str:
    """A value in a sentence of the author's: shares in per cent, choices by their labels, states and yes and no in words."""
    words = _CHINESE if not sentence.isascii() else _ENGLISH
    if value is None:
        return "—"
    if isinstance(value, bool) or (field is None and isinstance(value, str)):
        return words.get(value, str(value))
    if field is not None and isinstance(value, str | tuple) and (labels := _labels(field)):
        return "、".join(labels.get(each, str(each)) for each in (value if isinstance(value, tuple) else (value,)))
    if isinstance(value, Decimal) and field is not None and field.value_type == "percent":
        return f"{(value * 100).normalize():f}%"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, tuple):
        return "、".join(map(plain_text, value))
    return str(value)


def _labels(field: Field) -> dict[Any, str]:
    """The labels of a choice, where they are not the values themselves."""
    schema = field.schema.get("items") if field.value_type == "multi_choice" else field.schema
    options = schema.get("oneOf") if isinstance(schema, Mapping) else None
    some = (each for each in options or () if isinstance(each, Mapping))
    return {each["const"]: str(each["title"]) for each in some if "const" in each and "title" in each}
