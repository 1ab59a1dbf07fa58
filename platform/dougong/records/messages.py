"""Problems that failing checks become: where they are shown, their figures, the author's sentence with names filled in.

A check on a parent is shown at what was sent of the row that led to it. One rule: parameters are canonical values, and only
those that may be told (telling.py); beside an id stands its title as `<name>_title`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..definition.model import Field
from ..definition.told import FIGURES, fill, is_name
from ..fields.duration import parts_of
from ..kernel.problems import Level, Problem
from . import cases
from .cases import Case, answer
from .env import RowEnv
from .origins import origins
from .plan import Gap, read_by
from .telling import Telling
from .titles import Titles, kind_of
from .write_set import WriteSet


def problems(ws: WriteSet, case: Case, failing: Sequence[Gap], level: Level) -> Iterator[Problem]:
    """One problem for the record: at the row itself, or at what was sent that led to it (params `pointers` lists all)."""
    check = case.plan.check
    params: dict[str, Any] = {"check": check.id}
    at, mend = cases.at_of(ws, case), None
    if not case.own:
        places = dict(reversed(list(origins(ws, case.record, read_by(ws.model, case.record.form, check.id)))))
        pointers = list(reversed(places))
        at, mend = (pointers[0], places[pointers[0]]) if places else (at, None)
        params |= {"record": case.record.id, "form": case.record.form}
        if len(places) > 1:
            params["pointers"] = pointers
    telling = Telling(ws, case)
    numbers = figures(ws, case, failing) if telling.may(case.plan.rule) else {}
    words, values = _named(ws, case, telling)
    shown = next((gap.shown for gap in failing if gap.left is not None), None)
    for name in FIGURES:
        words.setdefault(name, plain_text(numbers[name], shown, check.message) if name in numbers else None)
    message = fill(check.message, words, _UNKNOWN)
    yield Problem("check", at, {**params, **numbers, **values}, message, level, mend=mend)


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


# ---------------------------------------------------------------------------------------------------- the sentence


def _named(ws: WriteSet, case: Case, telling: Telling) -> tuple[dict[str, str | None], dict[str, Any]]:
    """For each place of the sentence what stands there, None where nothing may or can; and the canonical values of those
    that are names (titles beside ids)."""
    words: dict[str, str | None] = {}
    values: dict[str, Any] = {}
    titles: Titles = ws.memo.setdefault(Titles, Titles(ws.tx, ws.model))  # a hundred rows may name one record
    for place, told in case.plan.told.items():
        words[place] = None
        if not telling.may(told.formula):
            continue
        value, field = answer(told.formula.run, RowEnv(ws, case.row)), told.shown
        title = titles.of(field, value) if field is not None else None
        if value is not None:
            words[place] = str(title) if title is not None else plain_text(value, field, case.plan.check.message)
        if is_name(place):
            values[place] = value
            if field is not None and kind_of(field) is not None:
                values[f"{place}_title"] = title
    return words, values


_UNKNOWN = "—"
#: What stands for values that are no words: in the language of the author's sentence, for no reader's is known here.
_CHINESE: dict[Any, str] = {
    True: "是", False: "否", "draft": "草稿", "in_approval": "审批中", "approved": "已通过", "rejected": "已驳回",
    "withdrawn": "已撤回", "closed": "已关闭", "voided": "已作废", "active": "在用", "disabled": "已停用",
}  # fmt: skip
_UNITS = {"d": "天", "h": "小时", "m": "分钟", "s": "秒"}
_ENGLISH: dict[Any, str] = {True: "yes", False: "no", "in_approval": "in approval"}


def plain_text(value: Any, field: Field | None = None, sentence: str = "") -> str:
    """A value in a sentence of the author's: shares in per cent, choices by their labels, states and yes and no in words."""
    words = _CHINESE if not sentence.isascii() else _ENGLISH
    if value is None:
        return _UNKNOWN
    if isinstance(value, bool) or (field is None and isinstance(value, str)):
        return words.get(value, str(value))
    if field is not None and isinstance(value, str | tuple) and (labels := _labels(field)):
        return "、".join(labels.get(each, str(each)) for each in (value if isinstance(value, tuple) else (value,)))
    if isinstance(value, Decimal):
        return _figure(value, field, words is _CHINESE)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, tuple):
        return "、".join(map(plain_text, value))
    return str(value)


def _figure(value: Decimal, field: Field | None, chinese: bool) -> str:
    """A number as its field is shown: money with its two places, shares in per cent, lengths of time in words."""
    kind = field.value_type if field is not None else ""
    places = 2 if kind == "money" else field.scale if field is not None and kind == "decimal" else None
    if kind == "duration":
        units = _UNITS if chinese else {"d": " d ", "h": " h ", "m": " min ", "s": " s "}
        return "".join(f"{count}{units[unit]}" for unit, count in parts_of(int(value)) or [("h", 0)]).strip()
    if kind == "percent":
        value = value * 100
    shown = f"{abs(value):,.{places}f}" if places is not None else _bare(abs(value))
    return ("\u2212" if value < 0 else "") + shown + ("%" if kind == "percent" else "")


def _bare(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _labels(field: Field) -> dict[Any, str]:
    """The labels of a choice, where they are not the values themselves."""
    schema = field.schema.get("items") if field.value_type == "multi_choice" else field.schema
    options = schema.get("oneOf") if isinstance(schema, Mapping) else None
    some = (each for each in options or () if isinstance(each, Mapping))
    return {each["const"]: str(each["title"]) for each in some if "const" in each and "title" in each}
