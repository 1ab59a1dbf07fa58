"""Whether a unique rule would refuse an open sheet, told while somebody types. One rule: it only looks; the key table
decides when the record is written."""

from __future__ import annotations

from ..definition.model import Form
from ..kernel.problems import Problem
from ..storage.tables import uniques_of
from .formulas import Formulas
from .uniques import Claim, claims, holders, told
from .write_set import RowChange, WriteSet


def peek(ws: WriteSet, formulas: Formulas, form: Form, record: RowChange, *, counted: bool = False) -> list[Problem]:
    """A `unique` problem for each key of the record that another one holds, or another of its own rows. `counted`: a
    document without a rule's own `where` is judged as if it were handed in."""
    problems: list[Problem] = []
    for rule in uniques_of(form):
        mine = claims(ws, formulas, form, rule, record, counted=counted and form.is_document and rule.where is None)
        held = holders(ws, ws.model.table(form.full_name).keys[rule.id], (each.key for each in mine))
        first: dict[str, Claim] = {}
        for claim in mine:
            twin = first.setdefault(claim.key, claim)
            if held.get(claim.key, record.id) != record.id:
                problems += told(ws, form, rule, [(claim, None)])
            elif twin is not claim:
                problems += told(ws, form, rule, [(claim, twin)])
    return problems
