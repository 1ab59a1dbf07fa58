"""The bench of the acceptance tests: a module is written as its author would, and lived in at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.publish_module import publish_files
from dougong.actions.read_record import find_records, read_record
from dougong.actions.run_scenario import Story
from dougong.actions.transition_record import transition_record
from dougong.actions.update_record import update_record
from dougong.kernel.actor import Actor, operator
from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Conflict, DefinitionError, DougongError, WithProblems
from dougong.records.query import Query

Shown = Mapping[str, Any]


@dataclass
class Bench:
    """A tenant in which modules are published and records lived through. Records are spoken of as (form, id)."""

    inst: Installation
    clock: FixedClock
    _publish: Callable[..., None]
    _member: Callable[..., Actor]

    def publish(self, **forms: Mapping[str, Any]) -> None:
        """Publish the module `m` of these forms; what has no `record` is the record's schema itself."""
        self._publish(m={name: form if "record" in form else {"record": form} for name, form in forms.items()})

    def modules(self, **modules: Mapping[str, Any]) -> None:
        """Publish whole modules by their files."""
        self._publish(**modules)

    def refusals(self, files: Mapping[str, Any], name: str = "m") -> dict[str, str]:
        """The code of every error by pointer, that keeps the module's files from being published."""
        with pytest.raises(DefinitionError) as refusal:
            publish_files(self.inst, operator("demo"), name, {"module.json": {"name": name, "title": name}, **files})
        return {each.pointer: each.code for each in refusal.value.problems if each.level == "error"}

    def warnings(self, files: Mapping[str, Any], name: str = "m") -> dict[str, str]:
        """Publish, and the code of every warning by pointer."""
        made = publish_files(self.inst, operator("demo"), name, {"module.json": {"name": name, "title": name}, **files})
        return {each["pointer"]: each["code"] for each in made.problems}

    def story(self, *steps: Mapping[str, Any]) -> None:
        """Take the steps of a scenario."""
        Story(self.inst, "demo", self.clock).run({"steps": list(steps)})

    # ------------------------------------------------------------------------------------------------------ one act

    def actor(self, name: str, *roles: str) -> Actor:
        return self._member(name, *roles)

    def make(self, form: str, by: Actor | None = None, /, submit: Any = False, **values: Any) -> str:
        """Create a record; its id."""
        made = create_record(self.inst, by or operator("demo"), _full(form), values, submit=bool(submit))
        return str(made["id"])

    def change(self, form: str, record: str, changes: Mapping[str, Any], by: Actor | None = None) -> None:
        update_record(self.inst, by or operator("demo"), _full(form), record, changes)

    def act(self, form: str, record: str, event: Any, by: Actor | None = None) -> None:
        transition_record(self.inst, by or self.actor("admin"), _full(form), record, event)

    def shown(self, form: str, record: str, by: Actor | None = None) -> Shown:
        """The whole record as the API shows it."""
        return read_record(self.inst, by or operator("demo"), _full(form), record).shown

    def values(self, form: str, record: str, by: Actor | None = None) -> Shown:
        values: Shown = self.shown(form, record, by)["values"]
        return values

    def found(self, form: str, where: str | None = None, sort: str = "", by: Actor | None = None) -> list[Shown]:
        """What a list shows."""
        query = Query(filter=where, sort=sort.split(), limit=200)
        return [each["values"] for each in find_records(self.inst, by or operator("demo"), _full(form), query).items]

    def count(self, form: str, where: str | None = None, by: Actor | None = None) -> int:
        return len(self.found(form, where, by=by))


def _full(form: str) -> str:
    return form if "." in form else f"m.{form}"


def refused(act: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, str]:
    """The codes of the problems that refuse an act by pointer; a conflict stands under ""."""
    with pytest.raises(DougongError) as refusal:
        act(*args, **kwargs)
    error = refusal.value
    if isinstance(error, WithProblems):
        return {each.pointer: each.code for each in error.problems if each.level == "error"}
    assert isinstance(error, Conflict), error
    return {"": error.code}


def obj(_required: str = "", /, **properties: Any) -> dict[str, Any]:
    """An object schema; the required names in one text."""
    made = {"type": "object", "properties": properties}
    return made | {"required": _required.split()} if _required else made


def rows(_required: str = "", /, **columns: Any) -> dict[str, Any]:
    """A subtable."""
    return {"type": "array", "items": obj(_required, **columns)}


TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
MONEY = {"type": "number", "x-type": "money"}
DAY = {"type": "string", "format": "date"}


@pytest.fixture
def bench(
    installation: Installation,
    clock: FixedClock,
    publish: Callable[..., None],
    member: Callable[..., Actor],
) -> Bench:
    return Bench(installation, clock, publish, member)
