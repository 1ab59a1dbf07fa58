"""Writes many records at once: all or nothing, or as many as are good with a report of the others.

A line is a bare record; with a `$id` it changes that record. One rule: what a line may do and how lines share one write
set is `write_many`'s business; here lines become operations and the outcome a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import licence
from ..access import require_form
from ..kernel.actor import Actor
from ..kernel.errors import Invalid
from ..kernel.problems import Problem, parts, pointer
from ..records.ops import Create, Op, Update
from .installation import Installation
from .reports import as_json
from .transaction import Once, read
from .write_many import Many, Outcome, write_many

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
    many = Many(ops, lambda outcome: _report(len(lines), outcome), problems=problems, partial=partial, once=once)
    return write_many(inst, actor, many)


def _report(count: int, outcome: Outcome) -> dict[str, Any]:
    items = [
        {"row": n, "id": each.id, "number": each.number, "version": each.version} for n, each in outcome.written.items()
    ]
    report = as_json(outcome.problems)
    for each in report:
        each["row"] = int(parts(each["pointer"])[0])
    return {"rows": count, "good": len(items), "bad": count - len(items), "items": items, "problems": report}


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
