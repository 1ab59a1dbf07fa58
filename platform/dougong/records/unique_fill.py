"""The keys of a new unique rule for the records that are there already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..definition.model import Unique
from ..kernel.errors import Invalid
from ..kernel.problems import Problem
from ..storage.model import Model
from ..storage.tables import uniques_of
from ..storage.transaction import Transaction
from . import rows as table_rows
from . import uniques
from .formulas import Formulas
from .write_set import WriteSet


def fill(tx: Transaction, model: Model, wanted: Iterable[tuple[str, str]]) -> None:
    """Claim every key of these rules, (form, rule id). Raises Invalid `unique`, naming the values that are there twice."""
    problems: list[Problem] = []
    for form, rule_id in wanted:
        problems += _fill(tx, model, form, rule_id)
    if problems:
        raise Invalid(problems)


def _fill(tx: Transaction, model: Model, form: str, rule_id: str) -> list[Problem]:
    rule = next(each for each in uniques_of(model.form(form)) if each.id == rule_id)
    seen: dict[str, str] = {}
    problems = []
    rows: list[dict[str, Any]] = []
    for key, record, row in claimed(tx, model, form, rule):
        if key in seen:
            params = {"form": form, "unique": rule_id, "records": [seen[key], record]}
            problems.append(Problem("unique", "", params, rule.message))
            continue
        seen[key] = record
        rows.append({"key": key, "record": record, "row": row})
    if rows and not problems:
        tx.conn.execute(model.table(form).keys[rule_id].insert(), rows)
    return problems


def claimed(tx: Transaction, model: Model, form: str, rule: Unique) -> Iterator[tuple[str, str, str | None]]:
    """(key, record, row) of everything the rule covers, doubles included."""
    definition = model.form(form)
    sub = uniques.sub_of(definition, rule)
    for page in table_rows.pages(tx.conn, table_rows.shape(model.table(form), None)):
        ws = WriteSet(tx, model)
        records = ws.take((form, None), page)
        if sub is not None:
            ws.load_children(form, sub, [each.id for each in records])
        for record in records:
            for claim in uniques.claims(ws, Formulas(ws), definition, rule, record):
                yield claim.key, record.id, claim.row.id if claim.row else None
