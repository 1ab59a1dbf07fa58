"""Where races are run: a world of two pots and three asks for each, the acts as the program's own actions on real threads,
and the reading of how it ended.

One rule: a world is read and judged only when all threads have come home."""

from __future__ import annotations

import itertools
import random
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from dougong.actions.create_record import create_record
from dougong.actions.import_records import import_records
from dougong.actions.installation import Installation
from dougong.actions.publish_module import publish_files
from dougong.actions.run_doctor import run_doctor
from dougong.actions.transaction import read, transaction
from dougong.actions.transition_record import transition_record
from dougong.actions.update_record import update_record
from dougong.actions.writing import write
from dougong.kernel.actor import operator
from dougong.kernel.errors import DougongError, WithProblems
from dougong.kernel.ids import new_id
from dougong.records.ops import Create, Transition
from dougong.storage import own
from dougong.storage.transaction import Transaction
from tests.races import model
from tests.races.model import DONE, Act, Ask, Figures, Pot, State
from tests.races.modules import LIMIT, module

POT, ASK = "race.pot", "race.ask"
#: Seconds after which a thread that has not come home has hung.
PATIENCE = 90


@dataclass
class Race:
    """One start, and the acts that set out from it at the same moment."""

    start: State
    acts: list[Act]
    key: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)


@dataclass
class Course:
    """The firm the races are run in; `seed` makes the small pauses before each act."""

    inst: Installation
    seed: int = 1

    def __post_init__(self) -> None:
        self.actor = operator("demo")
        self._keys, self._versions, self._random = itertools.count(), itertools.count(1), random.Random(self.seed)
        publish_files(self.inst, self.actor, "race", module(0))

    # -------------------------------------------------------------------------------------------- before

    def lay_out(self, races: Sequence[Race]) -> None:
        """Make the worlds of these races, all in one act; then delete what begins deleted."""
        made, gone = [], []
        for race in races:
            race.key = f"w{next(self._keys)}"
            race.ids = {name: new_id() for name, _ in (*race.start.pots, *race.start.asks)}
            for name, pot in race.start.pots:
                made.append(Create(POT, {"name": self._name(race, name), "limit": pot.limit}, id=race.ids[name]))
            for name, ask in race.start.asks:
                values = {"name": self._name(race, name), "pot": race.ids[ask.pot], "amount": ask.amount}
                made.append(Create(ASK, values, id=race.ids[name], submit=ask.state == "in_approval"))
                if ask.deleted:
                    gone.append(Transition(ASK, race.ids[name], "delete"))
        for ops in (made, gone):
            if ops:
                transaction(self.inst, "demo", self.actor, lambda tx, ops=ops: write(self.inst, tx, ops))

    def _name(self, race: Race, name: str) -> str:
        return f"{race.key}:{name}"

    # -------------------------------------------------------------------------------------------- running

    def run(self, races: Sequence[Race]) -> None:
        """All acts of all these races at once, each on a thread of its own; their answers are left in the races."""
        runners = [(race, index) for race in races for index in range(len(race.acts))]
        gate = threading.Barrier(len(runners))
        for race in races:
            race.answers = ["did not come home"] * len(race.acts)

        def run(race: Race, index: int, pause: float) -> None:
            gate.wait()
            if pause:
                threading.Event().wait(pause)
            race.answers[index] = self.answer(race, race.acts[index])

        pauses = [self._random.choice((0, 0, self._random.uniform(0, 0.008))) for _ in runners]
        threads = [
            threading.Thread(target=run, args=(*each, pause), daemon=True)
            for each, pause in zip(runners, pauses, strict=True)
        ]
        with _eager():
            for each in threads:
                each.start()
            for each in threads:
                each.join(PATIENCE)

    def answer(self, race: Race, act: Act) -> str:
        """Do it; "done" or the codes of the refusal. What is no refusal is told with its class."""
        try:
            return self._do(race, act)
        except WithProblems as error:
            return _first({each.code for each in error.problems})
        except DougongError as error:
            return error.code
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            return f"{type(error).__name__}: {error}"

    def _do(self, race: Race, act: Act) -> str:
        if act.kind == "publish":
            publish_files(self.inst, self.actor, "race", module(next(self._versions)), allow_loss=True)
        elif act.kind == "import":
            return self._import(race, act)
        elif act.kind == "create":
            values = {"name": self._name(race, act.target[0]), "pot": race.ids[act.pot], "amount": act.amount}
            create_record(self.inst, self.actor, ASK, values, submit=True)
        elif act.kind in ("limit", "drop"):
            self._do_to_pot(race.ids[act.pot], act)
        elif act.kind in ("move", "change"):
            changes = {"pot": race.ids[act.pot]} if act.kind == "move" else {"amount": act.amount}
            update_record(self.inst, self.actor, ASK, race.ids[act.target[0]], changes)
        else:
            transition_record(self.inst, self.actor, ASK, race.ids[act.target[0]], act.kind)  # type: ignore[arg-type]
        return DONE

    def _do_to_pot(self, pot: str, act: Act) -> None:
        if act.kind == "limit":
            update_record(self.inst, self.actor, POT, pot, {"limit": act.amount})
        else:
            transition_record(self.inst, self.actor, POT, pot, "delete")

    def _import(self, race: Race, act: Act) -> str:
        rows = [f"{self._name(race, each)},{self._name(race, act.pot)},{act.amount}" for each in act.target]
        report = import_records(self.inst, self.actor, ASK, "\n".join(["name,pot,amount", *rows]).encode())
        return _first({each["code"] for each in report["problems"]}) or DONE

    # -------------------------------------------------------------------------------------------- after

    def judge(self, races: Sequence[Race]) -> list[str]:
        """What is wrong with how these races ended; empty when some order of their acts explains each of them."""
        return [f"{race.key}: {wrong}" for race in races for wrong in self._judge(race)]

    def _judge(self, race: Race) -> Iterator[str]:
        end, said, trail = read(self.inst, self.actor, lambda tx: self._end(tx, race))
        answers = list(zip(race.acts, race.answers, strict=True))
        story = "\n  ".join([f"from {race.start}", *(f"{act} -> {answer}" for act, answer in answers), f"to {end}"])
        if not model.explained(race.start, answers, end):
            yield f"no order explains\n  {story}"
        for name, _ in end.pots:
            if said[name] != model.figures(end, name):
                yield f"pot {name} says {said[name]}, right is {model.figures(end, name)}\n  {story}"
        wrong = {name: lines for name, (version, lines) in trail.items() if version != lines}
        if wrong:
            yield f"lines of history that do not tell of every version: {wrong}\n  {story}"

    def _end(self, tx: Transaction, race: Race) -> tuple[State, dict[str, Figures], dict[str, tuple[int, int]]]:
        """How it stands; what the pots say; version and lines of history of every record."""
        live = self.inst.catalog.live(tx)
        pots, asks = self._rows(tx, live.table(POT), race), self._rows(tx, live.table(ASK), race)
        ids = {row["id"]: name for name, row in pots.items()}
        end = model.of(
            ((name, Pot(int(row["limit"]), row["deleted"], row["version"])) for name, row in pots.items()),
            ((name, _ask(row, ids)) for name, row in asks.items()),
        )
        told = {name: _figures(row) for name, row in pots.items()}
        of = {row["id"]: (name, row["version"]) for rows in (pots, asks) for name, row in rows.items()}
        a = own.audit.c
        lines = select(a.record_id, func.count()).where(a.record_id.in_(of)).group_by(a.record_id)
        counted = {row[0]: row[1] for row in tx.conn.execute(lines)}
        return end, told, {name: (version, counted.get(each, 0)) for each, (name, version) in of.items()}

    def _rows(self, tx: Transaction, tables: Any, race: Race) -> dict[str, dict[str, Any]]:
        main, name = tables.main, tables.column("name")
        query = select(main).where(name.startswith(f"{race.key}:"))
        fields = ("pot", "amount") if tables.has("pot", None) else ("limit", *_TOLD)
        found = {}
        for row in tx.conn.execute(query).mappings():
            each = {field: row[tables.column(field)] for field in fields}
            each |= {"id": row[main.c.id], "state": row[main.c.state], "version": row[main.c.version]}
            found[row[name].partition(":")[2]] = each | {"deleted": row[main.c.deleted_at] is not None}
        return found

    def sound(self) -> list[dict[str, Any]]:
        """What the doctor finds wrong with the whole firm."""
        return run_doctor(self.inst, self.actor)


def _first(codes: set[str]) -> str:
    """The code that the model gives: of several problems told at once the one it would meet first."""
    return next((each for each in ("reference", "unique") if each in codes), " ".join(sorted(codes)))


_TOLD = ("planned", "reserved", "asks", "biggest", "mean", "room")


def _ask(row: dict[str, Any], pots: dict[str, str]) -> Ask:
    return Ask(pots[row["pot"]], int(row["amount"]), row["state"], row["deleted"], row["version"])


def _figures(row: dict[str, Any]) -> Figures:
    biggest, mean = row["biggest"], row["mean"]
    return Figures(
        int(row["planned"]), int(row["reserved"]), row["asks"], None if biggest is None else int(biggest),
        None if mean is None else Decimal(mean).quantize(Decimal("0.0001")), int(row["room"]),
    )  # fmt: skip


@contextmanager
def _eager() -> Iterator[None]:
    """Threads change places often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


# ------------------------------------------------------------------------------------------------ what is run


#: a is a draft, b waits for approval, d is in the recycle bin, all on P; on Q there is nothing that lives.
_ASKS = {"a": Ask("P", 30), "b": Ask("P", 20, "in_approval"), "d": Ask("P", 25, deleted=True, version=2)}
_NATURAL = {"move": "a", "change": "a", "submit": "a", "delete": "a", "withdraw": "b", "restore": "d"}


def race_of(kinds: Sequence[model.Kind], on: str = "") -> Race:
    """These acts at once. `on`: the ask that all acts on asks are meant for, else each has the one that suits it; "Q": new
    asks go to the pot that is empty, and that one is dropped."""
    pot = "Q" if on == "Q" else "P"
    asks = {**_ASKS, "d": replace(_ASKS["d"], pot=pot)}
    acts = []
    for index, kind in enumerate(kinds):
        target = on if on in asks else _NATURAL.get(kind, "")
        match kind:
            case "create":
                acts.append(Act(kind, (f"n{index}",), pot, 30))
            case "import":
                acts.append(Act(kind, ("i0", "i1"), pot, 15))
            case "change":
                acts.append(Act(kind, (target,), amount=60 + index))
            case "move":
                acts.append(Act(kind, (target,), "Q"))
            case "limit":
                acts.append(Act(kind, pot=pot, amount=55 + index))
            case "drop":
                acts.append(Act(kind, pot=pot))
            case "publish":
                acts.append(Act(kind))
            case _:
                acts.append(Act(kind, (target,)))
    return Race(model.of({"P": Pot(LIMIT), "Q": Pot(LIMIT)}.items(), asks.items()), acts)


def races_of(count: int) -> list[Race]:
    """Every choice of so many acts, repetition included, in every setting in which they meet."""
    found = []
    for kinds in itertools.combinations_with_replacement(model.KINDS, count):
        meeting = sum(each in model.ON_ASKS for each in kinds)
        found += [race_of(kinds, on) for on in ("", "Q", *(("a", "b", "d") if meeting > 1 else ()))]
    return found


def crowd(rng: random.Random, size: int) -> Race:
    """So many acts at random on one pot and its asks."""
    asks = {f"{each}{n}": ask for n in range(2) for each, ask in _ASKS.items()}
    asks = {name: replace(ask, amount=rng.choice((5, 10, 15))) for name, ask in asks.items()}
    acts = []
    for index in range(size):
        kind = rng.choice([each for each in model.KINDS if each != "publish"] + ["create", "change", "move", "submit"])
        target, amount = (rng.choice(sorted(asks)),), rng.randrange(1, 8) * 5
        if kind in ("create", "import"):
            target = (f"n{index}",) if kind == "create" else ("i0", "i1")
        elif kind not in model.ON_ASKS:
            target = ()
        pot = rng.choice(("P", "P", "P", "Q")) if kind in ("create", "import", "move", "limit", "drop") else ""
        amount = {"limit": rng.choice((60, 80, 120)), "drop": 0, "import": 10}.get(kind, amount)
        acts.append(Act(kind, target, pot, amount if kind in ("create", "import", "change", "limit") else 0))  # type: ignore[arg-type]
    acts[-1] = Act("publish")
    return Race(model.of({"P": Pot(LIMIT), "Q": Pot(LIMIT)}.items(), asks.items()), acts)
