"""Writes many records at once: all or nothing, or as many as are good with a report of the others.

A line is a bare record; with a `$id` it changes that record. One rule: good lines are one write set, so figures that many
lines share are netted and locked once; when a line is refused the rest is tried again without it, in its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import licence
from ..access import require_form
from ..kernel.actor import Actor
from ..kernel.errors import DougongError, Invalid, WithProblems
from ..kernel.problems import Problem, parts, pointer
from ..records.ops import Create, Op, Update
from ..storage.transaction import Transaction
from .installation import Installation
from .reports import as_json
from .transaction import Once, read, transaction
from .writing import write

MOST = 100_000


def bulk_write(
    inst: Installation,
    actor: Actor,
    form: str,
    lines: Sequence[Any],
    *,
    partial: bool = False,
    submit: bool = False,
    once: Once | None = None,
) -> dict[str, Any]:
    """{rows, good, bad, items: [{row, id, number, version}], problems: [{row, pointer, code, …}]}; a row counts from 0 and
    a pointer begins with it. Raises Invalid with all problems when a line is refused and `partial` is not asked for."""
    licence.require(licence.may_write(actor.tenant))
    read(inst, actor, lambda tx: require_form(tx, inst.catalog.live(tx), form, "create"))
    if len(lines) > MOST:
        raise Invalid([Problem("length", "", {"max": MOST, "length": len(lines)})])
    problems = [Problem("type", pointer(n), {"expected": "object"}) for n, row in enumerate(lines) if not _is_row(row)]
    if problems and not partial:
        raise Invalid(problems)
    ops = {n: _op(form, n, row, submit) for n, row in enumerate(lines) if _is_row(row)}

    def act(tx: Transaction) -> dict[str, Any]:
        written = write(inst, tx, list(ops.values())).records if ops else []
        items = [
            {"row": n, "id": each.id, "number": each.number, "version": each.version}
            for n, each in zip(ops, written, strict=True)
        ]
        report = as_json(problems)
        for each in report:
            each["row"] = int(parts(each["pointer"])[0])
        return {
            "rows": len(lines), "good": len(items), "bad": len(lines) - len(items), "items": items, "problems": report,
        }  # fmt: skip

    while True:
        try:
            return transaction(inst, actor.tenant, actor, act, once=once)
        except DougongError as error:
            refused = _refused(error, ops) if partial else {}
            if not refused:
                raise
            problems += [each for some in refused.values() for each in some]
            for row in refused:
                del ops[row]


def _op(form: str, row: int, line: Mapping[str, Any], submit: bool) -> Op:
    at = pointer(row)
    if "$id" in line:
        changes = {name: value for name, value in line.items() if name not in ("$id", "$version")}
        return Update(form, str(line["$id"]), changes, version=line.get("$version"), pointer=at)
    return Create(form, line, submit=submit, pointer=at)


def _is_row(line: Any) -> bool:
    version = line.get("$version") if isinstance(line, Mapping) else None
    return isinstance(line, Mapping) and (
        version is None or (isinstance(version, int) and not isinstance(version, bool))
    )


def _refused(error: DougongError, ops: Mapping[int, Op]) -> dict[int, list[Problem]]:
    """The problems by row that made the write fail; a refusal that names no row is laid on the only one there is."""
    if not isinstance(error, WithProblems):
        record = error.params.get("id")
        rows = [row for row, op in ops.items() if isinstance(op, Update) and op.id == record] or list(ops)[:1]
        alone = len(ops) == 1 or record is not None
        return {rows[0]: [Problem(error.code, pointer(rows[0]), error.params)]} if alone and rows else {}
    found: dict[int, list[Problem]] = {}
    for each in error.problems:
        first = parts(each.pointer)[:1]
        if first and first[0].isdigit() and int(first[0]) in ops:
            found.setdefault(int(first[0]), []).append(each)
    return found
