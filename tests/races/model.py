"""What acts on pots and asks mean, one after another, in plain Python: the judge of every race.

One rule: it shares nothing with the program; a state is a value, an act leads from it to the next and has an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

Kind = Literal[
    "create", "move", "change", "submit", "withdraw", "delete", "restore", "import", "publish", "limit", "drop"
]
#: The acts of the record's own life, which may all be meant for one and the same ask.
ON_ASKS: tuple[Kind, ...] = ("move", "change", "submit", "withdraw", "delete", "restore")
KINDS: tuple[Kind, ...] = ("create", *ON_ASKS, "import", "publish", "limit", "drop")
OPEN = ("draft", "withdrawn")
DONE = "done"


@dataclass(frozen=True, order=True)
class Act:
    """`target` is the ask or pot acted upon (for a create and an import the names of what is made), `pot` where it goes,
    `amount` what it is set to."""

    kind: Kind
    target: tuple[str, ...] = ()
    pot: str = ""
    amount: int = 0


@dataclass(frozen=True, order=True)
class Pot:
    limit: int
    deleted: bool = False
    version: int = 1


@dataclass(frozen=True, order=True)
class Ask:
    pot: str
    amount: int
    state: str = "draft"
    deleted: bool = False
    version: int = 1


@dataclass(frozen=True)
class State:
    pots: tuple[tuple[str, Pot], ...]
    asks: tuple[tuple[str, Ask], ...]

    def pot(self, name: str) -> Pot:
        return dict(self.pots)[name]

    def ask(self, name: str) -> Ask | None:
        return dict(self.asks).get(name)

    def planned(self, pot: str) -> int:
        return sum(each.amount for each in self.living(pot))

    def living(self, pot: str) -> list[Ask]:
        return [each for _, each in self.asks if each.pot == pot and not each.deleted]

    def with_pot(self, name: str, pot: Pot) -> State:
        return replace(self, pots=tuple(sorted({**dict(self.pots), name: pot}.items())))

    def with_ask(self, name: str, ask: Ask) -> State:
        return replace(self, asks=tuple(sorted({**dict(self.asks), name: ask}.items())))

    @property
    def sound(self) -> bool:
        return all(pot.deleted or self.planned(name) <= pot.limit for name, pot in self.pots)


@dataclass(frozen=True)
class Figures:
    """What a pot says of its asks."""

    planned: int
    reserved: int
    asks: int
    biggest: int | None
    mean: Decimal | None
    room: int


def figures(state: State, pot: str) -> Figures:
    """All of them, computed anew."""
    amounts = [each.amount for each in state.living(pot)]
    reserved = sum(each.amount for each in state.living(pot) if each.state == "in_approval")
    mean = (Decimal(sum(amounts)) / len(amounts)).quantize(Decimal("0.0001")) if amounts else None
    biggest, planned = max(amounts, default=None), sum(amounts)
    return Figures(planned, reserved, len(amounts), biggest, mean, state.pot(pot).limit - planned)


def step(state: State, act: Act) -> tuple[State, str]:
    """The state after the act, and its answer: "done", or the code of the refusal, which changes nothing."""
    after, answer = _STEPS[act.kind](state, act)
    if answer == DONE and not after.sound:
        return state, "check"
    return after, answer


def explained(start: State, acts: Sequence[tuple[Act, str]], end: State) -> bool:
    """Whether some order of these acts, each answering as it did, leads from the start to this end."""
    seen: set[tuple[State, tuple[tuple[Act, str], ...]]] = set()

    def search(state: State, left: tuple[tuple[Act, str], ...]) -> bool:
        if not left:
            return state == end
        if (state, left) in seen:
            return False
        seen.add((state, left))
        for index, (act, answer) in enumerate(left):
            if index and left[index - 1] == left[index]:
                continue
            after, said = step(state, act)
            if said == answer and search(after, left[:index] + left[index + 1 :]):
                return True
        return False

    return search(start, tuple(sorted(acts)))


# ------------------------------------------------------------------------------------------------ the acts


def _create(state: State, act: Act) -> tuple[State, str]:
    """A create makes one ask that is handed in, an import several drafts; all of them or none."""
    if state.pot(act.pot).deleted:
        return state, "reference"
    if any(state.ask(each) is not None for each in act.target):
        return state, "unique"
    born = "in_approval" if act.kind == "create" else "draft"
    for each in act.target:
        state = state.with_ask(each, Ask(act.pot, act.amount, born))
    return state, DONE


def _edit(state: State, act: Act) -> tuple[State, str]:
    name, ask = _the_ask(state, act)
    if ask.deleted:
        return state, "not_found"
    if ask.state not in OPEN:
        return state, "state"
    if act.kind == "move" and ask.pot != act.pot and state.pot(act.pot).deleted:
        return state, "reference"
    changed = replace(ask, pot=act.pot) if act.kind == "move" else replace(ask, amount=act.amount)
    return (state, DONE) if changed == ask else (state.with_ask(name, _newer(changed)), DONE)


def _move_on(state: State, act: Act) -> tuple[State, str]:
    """Submit and withdraw."""
    name, ask = _the_ask(state, act)
    if ask.deleted:
        return state, "not_found"
    sources, target = (OPEN, "in_approval") if act.kind == "submit" else (("in_approval",), "withdrawn")
    if ask.state == target:
        return state, "already_done"
    if ask.state not in sources:
        return state, "state"
    return state.with_ask(name, _newer(replace(ask, state=target))), DONE


def _delete(state: State, act: Act) -> tuple[State, str]:
    name, ask = _the_ask(state, act)
    if ask.deleted:
        return state, "not_found"
    if ask.state not in OPEN:
        return state, "state"
    return state.with_ask(name, _newer(replace(ask, deleted=True))), DONE


def _restore(state: State, act: Act) -> tuple[State, str]:
    name, ask = _the_ask(state, act)
    if not ask.deleted:
        return state, "already_done"
    if state.pot(ask.pot).deleted:
        return state, "reference"
    return state.with_ask(name, _newer(replace(ask, deleted=False))), DONE


def _limit(state: State, act: Act) -> tuple[State, str]:
    pot = state.pot(act.pot)
    if pot.deleted:
        return state, "not_found"
    if pot.limit == act.amount:
        return state, DONE
    return state.with_pot(act.pot, replace(pot, limit=act.amount, version=pot.version + 1)), DONE


def _drop(state: State, act: Act) -> tuple[State, str]:
    pot = state.pot(act.pot)
    if pot.deleted:
        return state, "not_found"
    if state.living(act.pot):
        return state, "referenced"
    return state.with_pot(act.pot, replace(pot, deleted=True, version=pot.version + 1)), DONE


def _publish(state: State, _: Act) -> tuple[State, str]:
    return state, DONE


def _the_ask(state: State, act: Act) -> tuple[str, Ask]:
    (name,) = act.target
    ask = state.ask(name)
    assert ask is not None, f"no race begins without {name}"
    return name, ask


def _newer(ask: Ask) -> Ask:
    return replace(ask, version=ask.version + 1)


_STEPS = {
    "create": _create, "import": _create, "move": _edit, "change": _edit, "submit": _move_on, "withdraw": _move_on,
    "delete": _delete, "restore": _restore, "limit": _limit, "drop": _drop, "publish": _publish,
}  # fmt: skip


def of(pots: Iterable[tuple[str, Pot]], asks: Iterable[tuple[str, Ask]]) -> State:
    return State(tuple(sorted(pots)), tuple(sorted(asks)))
