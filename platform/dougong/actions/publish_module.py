"""Plans and publishes definitions: a module folder, one form file, an earlier version, or a module less. One rule: plan and
apply make the same proposal, apply in one transaction that nobody writes beside; the plan after it is empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import DefinitionError, Forbidden
from ..kernel.problems import Problem
from ..records import recompute, search_index
from ..storage import apply as storage_apply
from ..storage import guard
from ..storage import plan as storage_plan
from ..storage.draft import Plan
from ..storage.transaction import Transaction
from .installation import Installation
from .module_source import read_source
from .proposal import Proposal, propose, propose_files, propose_version
from .reports import as_json, has_errors
from .transaction import transaction

Propose = Callable[[Transaction], Proposal]


@dataclass(frozen=True)
class Published:
    """What a publish did (or, for a plan, would do). `version` is the live version afterwards."""

    steps: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    version: int

    @property
    def refused(self) -> bool:
        return any(each["level"] == "error" for each in self.problems)

    @property
    def empty(self) -> bool:
        """Nothing to do; remarks about indexes that fell out do not count."""
        return all(each["op"] == "skip_index" for each in self.steps)

    def as_json(self) -> dict[str, Any]:
        return {"steps": self.steps, "problems": self.problems}


def plan_module(inst: Installation, actor: Actor, path: Path, *, as_form: str | None = None) -> Published:
    """What publishing the path would do. Raises NotFound, Malformed, Forbidden."""
    source = read_source(path, as_form)
    return plan(inst, actor, lambda tx: propose(inst, tx.conn, source))


def publish_module(
    inst: Installation,
    actor: Actor,
    path: Path,
    *,
    as_form: str | None = None,
    allow_loss: bool = False,
    reason: str = "",
) -> Published:
    """Publish the path; live in running servers by the next request. Raises DefinitionError with every problem, with code
    `loss` when values would be lost and `allow_loss` is not given."""
    source = read_source(path, as_form)
    return publish(inst, actor, lambda tx: propose(inst, tx.conn, source), allow_loss=allow_loss, reason=reason)


def publish_files(
    inst: Installation, actor: Actor, name: str, files: Mapping[str, Any], *, allow_loss: bool = False, reason: str = ""
) -> Published:
    """Publish a module from its files by relative path, as a designer or an importer has them in memory."""
    return publish(
        inst, actor, lambda tx: propose_files(inst, tx.conn, files, name), allow_loss=allow_loss, reason=reason
    )


def rollback(inst: Installation, actor: Actor, version: int, *, reason: str = "") -> Published:
    """Publish an earlier version forward: nothing is lost, newer fields are retired. Raises NotFound, DefinitionError."""
    why = reason or f"rollback to version {version}"
    return publish(inst, actor, lambda tx: propose_version(inst, tx.conn, version), allow_loss=True, reason=why)


def plan(inst: Installation, actor: Actor, make: Propose) -> Published:
    """The plan of a proposal, tried on the data and taken back, so that it also tells what only the data can show."""
    _require(actor)

    def act(tx: Transaction) -> Published:
        guard.hold(tx)
        model = inst.catalog.plain.live(tx)
        proposal = make(tx)
        if proposal.definitions is None:
            return Published([], as_json(proposal.problems), model.version)
        made = storage_plan.plan(tx, model, proposal.definitions, build_rows=inst.settings.build_rows)
        problems = storage_apply.rehearse(tx, made, recompute.fill)
        return _report(made, proposal, model.version, problems)

    return transaction(inst, actor.tenant, actor, act)


def publish(
    inst: Installation, actor: Actor, make: Propose, *, allow_loss: bool = False, reason: str = ""
) -> Published:
    """Apply a proposal, if there is anything to do."""
    licence.require(licence.may_write(actor.tenant))
    _require(actor)

    def act(tx: Transaction) -> Published:
        guard.hold(tx)
        model = inst.catalog.plain.live(tx)
        proposal = make(tx)
        if proposal.definitions is None:
            raise DefinitionError(proposal.problems)
        made = storage_plan.plan(tx, model, proposal.definitions, build_rows=inst.settings.build_rows)
        if has_errors(made.problems):
            raise DefinitionError([*proposal.problems, *made.problems])
        if made.empty:
            return _report(made, proposal, model.version, made.problems)
        version = storage_apply.apply(tx, made, reason=reason, allow_loss=allow_loss, fill=recompute.fill)
        inst.catalog.forget(tx)
        search_index.refresh(tx, inst.catalog.plain.live(tx))
        return _report(made, proposal, version, made.problems)

    return transaction(inst, actor.tenant, actor, act)


def _report(made: Plan, proposal: Proposal, version: int, problems: Sequence[Problem]) -> Published:
    found = [*proposal.problems, *(each for each in problems if each not in proposal.problems)]
    return Published([each.as_json() for each in made.steps], as_json(found), version)


def _require(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden("forbidden", action="publish")
