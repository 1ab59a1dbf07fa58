"""Everything wrong with an open sheet at once, and what handing it in would refuse. One rule: a value that was refused
hides no other problem and makes none: it is taken out, and what rests on it waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..access import allowed
from ..kernel.errors import FormulaError, Invalid
from ..kernel.problems import Problem
from . import checks, conditions, refused, states
from .conditions import Place
from .derive import propagate
from .entry import Entry
from .formulas import Formulas
from .judge import Judge
from .unique_peek import peek
from .write_set import WriteSet

if TYPE_CHECKING:
    from .evaluate import Evaluation


def problems_of(error: Invalid | FormulaError) -> list[Problem]:
    """What was wrong where computing broke off."""
    return list(error.problems) if isinstance(error, Invalid) else [Problem(error.code, params=error.params)]


@dataclass
class Together:
    """Judges one sheet whose values were judged already (`found.problems`). The write set is spent afterwards."""

    ws: WriteSet
    formulas: Formulas
    judge: Judge
    entry: Entry
    found: Evaluation

    def run(self, *, ahead: bool) -> None:
        """Add to `problems` what checks and keys say; `ahead`: also tell what only handing in would refuse."""
        ahead = ahead and self._may_be_handed_in()
        pointers = self.judge.pointers(self.entry)
        hard = refused.refused_places(self.entry, pointers, self.found.problems)
        later = self._values_handed_in() if ahead else []
        bad = hard | refused.refused_places(self.entry, pointers, later)
        stale = refused.hanging(self.ws, self.entry, bad)
        self.found.refused = {self._place(each) for each in bad}
        self.found.stale = {self._place(each): self._place(cause) for each, cause in stale.items()}
        try:
            self._take_out(hard)
            self.found.problems += checks.run(self.ws, without={*hard, *refused.hanging(self.ws, self.entry, hard)})
            self.found.problems += peek(self.ws, self.formulas, self.entry.form, self.entry.record, counted=not ahead)
        except (Invalid, FormulaError) as error:
            self.found.problems += problems_of(error)
            return
        if ahead:
            self.found.ahead = [*later, *self._checks_handed_in(bad, stale)]

    def _place(self, place: Place) -> Place:
        return ("" if place[0] == self.entry.record.id else place[0], place[1])

    def _take_out(self, places: Collection[Place]) -> None:
        if places:
            refused.take_out(self.ws, self.entry, places)
            conditions.settle(self.ws, self.formulas, [self.entry.record], ())
            propagate(self.ws.tx, self.ws.model, self.ws)

    # ------------------------------------------------------------------------------------------------ handing in

    def _may_be_handed_in(self) -> bool:
        form = self.entry.form
        open_ = form.is_document and self.entry.state_now in states.OPEN
        return open_ and allowed(self.ws.tx, self.ws.model, form.full_name, "submit")

    def _hand_in(self) -> None:
        self.entry.now["$state"] = states.next_state(self.entry.form, self.entry.state_now, "submit")

    def _values_handed_in(self) -> list[Problem]:
        """What a draft is not asked yet of its values; what is still missing is no fault."""
        before = self.entry.state_now
        self._hand_in()
        found = self.judge.problems([self.entry])
        self.entry.now["$state"] = before
        return self._new(each for each in found if each.code != "required" and "min_items" not in each.params)

    def _checks_handed_in(self, bad: Collection[Place], stale: Collection[Place]) -> list[Problem]:
        absent = self._missing()
        self._hand_in()
        try:
            self._take_out(bad)
            propagate(self.ws.tx, self.ws.model, self.ws)
            waiting = refused.hanging(self.ws, self.entry, absent)
            found = checks.run(self.ws, without={*bad, *stale, *absent, *waiting}, warnings=False)
            found += peek(self.ws, self.formulas, self.entry.form, self.entry.record, counted=True)
        except (Invalid, FormulaError) as error:
            found = problems_of(error)
        return self._new(found)

    def _new(self, problems: Iterable[Problem]) -> list[Problem]:
        """The errors among them that are not told yet."""
        said = {each.key for each in self.found.problems}
        return [each for each in problems if each.level == "error" and each.key not in said]

    def _missing(self) -> set[Place]:
        """Required places that are blank."""
        own, form = self.entry.record, self.entry.form.full_name
        rows = {row.id: row for row in self.ws.all() if row.sub is not None and row.form == form}
        places = {(row or own.id, name) for row, name in self.found.required}
        return {
            each
            for each in places
            if (now := rows.get(each[0], own).now) is not None and now.get(each[1]) in (None, ())
        }
