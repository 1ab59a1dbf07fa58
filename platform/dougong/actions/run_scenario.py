"""Runs a module's scenario, its executable story, on a tenant of its own: acts as the people it names, moves the clock, and
stops at the first step that went otherwise than told.

One rule: a scenario acts through the same actions as everybody else. Only approving and rejecting is open to whoever
the story names and may see the record, until the flow says whose turn it is."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..kernel.actor import Actor, operator
from ..kernel.clock import FixedClock
from ..kernel.errors import Conflict, DougongError, WithProblems
from ..kernel.problems import Problem
from ..pages.sentences import sentence
from ..people import members
from ..people.acting import actor_for
from ..records.ops import Transition
from ..records.store import Records
from ..storage.transaction import Transaction
from .create_record import create_record
from .installation import Installation
from .load_seed import load_seed
from .scenario_expect import Differs, differences, record_of
from .transaction import transaction
from .transition_record import transition_record
from .update_record import update_record

_GRANTED = ("approve", "reject")
_LANGUAGE = "zh_CN"


class StoryFailed(AssertionError):
    """A step went otherwise than told; `step` is its index."""

    def __init__(self, step: int, told: Mapping[str, Any], found: str) -> None:
        self.step = step
        super().__init__(f"step {step}: {dict(told)}\n  {found}")


@dataclass
class Story:
    """One scenario on one tenant, whose installation runs on `clock`. `names` maps the story's own ids to (form, id)."""

    inst: Installation
    tenant: str
    clock: FixedClock
    names: dict[str, tuple[str, str]] = field(default_factory=dict)

    def run(self, scenario: Mapping[str, Any]) -> None:
        """Load its seeds and take its steps. Raises StoryFailed."""
        if "now" in scenario:
            self.clock.set(datetime.fromisoformat(scenario["now"]))
        for seed in scenario.get("given", ()):
            load_seed(self.inst, self.tenant, seed)
        for index, step in enumerate(scenario["steps"]):
            found = self._step(step)
            if found:
                raise StoryFailed(index, step, found)

    def _step(self, step: Mapping[str, Any]) -> str | None:
        """What went otherwise than told, None when nothing did."""
        if "now" in step:
            self.clock.set(datetime.fromisoformat(step["now"]))
        if "together" in step:
            return self._together(step["together"], step.get("times", 1), step.get("wins"))
        if "expect" in step:
            return self._expect(step["expect"])
        if "create" not in step and "act" not in step:
            return None
        try:
            self._act(step)
        except DougongError as error:
            return _unlike(error, step.get("refused"))
        return f"was not refused with {step['refused']}" if "refused" in step else None

    # ------------------------------------------------------------------------------------------------------- acts

    def _act(self, step: Mapping[str, Any]) -> tuple[str, str]:
        """Do what the step says and name its record. Raises whatever the action raises."""
        actor, values = self._actor(step), self._meant(step.get("values", {}))
        confirm = bool(step.get("confirm", True))
        if "create" in step:
            form = step["create"]
            made = create_record(self.inst, actor, form, values, submit=bool(step.get("submit")), confirm=confirm)
            self.names[step.get("id", made["id"])] = where = (form, made["id"])
            return where
        form, record = where = self._where(step)
        if step["act"] in _GRANTED:
            self._decide(actor, Transition(form, record, step["act"]), confirm)
        elif step["act"] == "patch":
            update_record(self.inst, actor, form, record, values, confirm=confirm)
        else:
            transition_record(self.inst, actor, form, record, step["act"], confirm=confirm)
        return where

    def _decide(self, actor: Actor, op: Transition, confirm: bool) -> None:
        """Approve or reject as whoever the story names, by the one writer path."""

        def act(tx: Transaction) -> None:
            Records(tx, self.inst.catalog, self.inst.types, anyone_decides=True).write([op], confirm=confirm)

        transaction(self.inst, self.tenant, actor, act)

    def _where(self, step: Mapping[str, Any]) -> tuple[str, str]:
        if "on" in step:
            return self.names[step["on"]]
        return step["form"], record_of(self.inst, self._operator, step["form"], step["key"])

    def _meant(self, value: Any) -> Any:
        """The values, with ids in the place of keys that are the story's own names."""
        if isinstance(value, Mapping):
            key = value.get("$key") if len(value) == 1 else None
            if isinstance(key, str) and key in self.names:
                return self.names[key][1]
            return {name: self._meant(each) for name, each in value.items()}
        return [self._meant(each) for each in value] if isinstance(value, list) else value

    @property
    def _operator(self) -> Actor:
        return operator(self.tenant)

    def _actor(self, step: Mapping[str, Any]) -> Actor:
        with self.inst.database.tenant(self.tenant).read() as conn:
            found = members.by_login(conn, step["as"]) if "as" in step else members.first_admin(conn)
            if found is None:
                raise LookupError(f"the scenario names a member that the seeds do not have: {step.get('as')}")
            return actor_for(conn, self.tenant, found)

    # -------------------------------------------------------------------------------------------------- concurrency

    def _together(self, steps: Sequence[Mapping[str, Any]], times: int, wins: int | None) -> str | None:
        """Take the steps at the same moment, `times` rounds; between rounds what was won is undone."""
        for turn in range(times):
            done = self._round(steps)
            won = [each for each in done if isinstance(each, tuple)]
            if wins is not None and len(won) != wins:
                return f"round {turn}: {len(won)} won, not {wins}: {done}"
            if turn + 1 < times:
                for form, record in won:
                    self._undo(form, record)
        return None

    def _round(self, steps: Sequence[Mapping[str, Any]]) -> list[tuple[str, str] | DougongError]:
        barrier = threading.Barrier(len(steps))
        done: list[tuple[str, str] | DougongError] = [Conflict()] * len(steps)

        def one(index: int, step: Mapping[str, Any]) -> None:
            barrier.wait()
            try:
                done[index] = self._act(step)
            except DougongError as error:
                done[index] = error

        threads = [threading.Thread(target=one, args=each) for each in enumerate(steps)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return done

    def _undo(self, form: str, record: str) -> None:
        transition_record(self.inst, self._operator, form, record, "withdraw")
        transition_record(self.inst, self._operator, form, record, "delete")

    # ------------------------------------------------------------------------------------------------- expectations

    def _expect(self, told: Mapping[str, Any]) -> str | None:
        try:
            found = differences(self.inst, self._operator, told, self.names)
        except Differs as error:
            return str(error)
        return "; ".join(found) or None


def _unlike(error: DougongError, told: Mapping[str, Any] | None) -> str | None:
    """How a refusal differs from the one that was told."""
    if told is None:
        return f"was refused: {error}"
    problems = error.problems if isinstance(error, WithProblems) else (Problem(error.code, params=error.params),)
    if any(_like(each, told) for each in problems):
        return None
    return f"was refused otherwise than with {dict(told)}: {[*map(_shown, problems)]}"


def _like(problem: Problem, told: Mapping[str, Any]) -> bool:
    fits = problem.code == told["code"] and told.get("at", problem.pointer) == problem.pointer
    return fits and told.get("contains", "") in sentence(problem, _LANGUAGE)


def _shown(problem: Problem) -> str:
    return f"{problem.code} {problem.pointer} {sentence(problem, _LANGUAGE)}"
