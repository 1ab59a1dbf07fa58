"""Whether a unique rule would refuse an open sheet, told while somebody types. One rule: it only looks; the key table
decides when the record is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Table, select

from ..access import scope
from ..definition.model import Form
from ..kernel.problems import Problem
from ..storage.tables import uniques_of
from .formulas import Formulas
from .rows import chunks
from .titles import Titles
from .uniques import claims, problem_of
from .write_set import RowChange, WriteSet


def peek(ws: WriteSet, formulas: Formulas, form: Form, record: RowChange, *, counted: bool = False) -> list[Problem]:
    """A `unique` problem for each key of the record that another one holds, or another of its own rows. `counted`: a
    document without a rule's own `where` is judged as if it were handed in."""
    problems: list[Problem] = []
    for rule in uniques_of(form):
        mine = claims(ws, formulas, form, rule, record, counted=counted and form.is_document and rule.where is None)
        held = holders(ws, ws.model.table(form.full_name).keys[rule.id], (each.key for each in mine))
        seen: set[str] = set()
        for claim in mine:
            holder = held.get(claim.key)
            if holder is not None and holder != record.id:
                problems.append(with_holder(ws, form, problem_of(ws, form, rule, claim), holder))
            elif claim.key in seen:
                problems.append(problem_of(ws, form, rule, claim))
            seen.add(claim.key)
    return problems


def holders(ws: WriteSet, table: Table, keys: Iterable[str]) -> dict[str, str]:
    """The record that holds each of these keys."""
    found: dict[str, str] = {}
    for some in chunks(sorted(set(keys))):
        query = select(table.c.key, table.c.record).where(table.c.key.in_(some))
        found.update((row.key, row.record) for row in ws.tx.conn.execute(query))
    return found


def with_holder(ws: WriteSet, form: Form, problem: Problem, holder: str) -> Problem:
    """The problem with who holds the key (`holder`, `holder_form`, `holder_title`), for who may see that record."""
    main = ws.model.table(form.full_name).main
    seen = select(main.c.id).where(main.c.id == holder, scope(ws.tx, ws.model, form.full_name, "view"))
    if ws.tx.conn.scalar(seen) is None:
        return problem
    titles = Titles(ws.tx, ws.model)
    titles.want_ids(form.full_name, (holder,))
    told = {
        "holder": holder, "holder_form": form.full_name, "holder_title": titles.named(form.full_name, holder) or holder
    }  # fmt: skip
    return replace(problem, params={**problem.params, **told})
