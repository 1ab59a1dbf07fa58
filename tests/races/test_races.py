"""Acts on one record and its neighbours at the same moment: some order of them explains how it ends and what each was told,
every derived value is right, nothing is half done, and no deadlock reaches anybody. On both databases."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from dougong.actions.installation import Installation
from dougong.records import locks
from tests.races import model
from tests.races.course import Course, Race, crowd, race_of, races_of


@pytest.fixture
def course(installation: Installation, tenant: str, request: pytest.FixtureRequest) -> Course:
    return Course(installation, seed=random.randrange(2**32) if request.config.getoption("--nightly") else 1)


def held(course: Course, races: Sequence[Race], at_once: int) -> None:
    """Run them, so many side by side, and judge every one."""
    wrong = []
    for first in range(0, len(races), at_once):
        some = races[first : first + at_once]
        course.lay_out(some)
        course.run(some)
        wrong += course.judge(some)
    assert not wrong, f"seed {course.seed}\n" + "\n".join(wrong)
    assert course.sound() == []


def shuffled(course: Course, races: list[Race]) -> list[Race]:
    random.Random(course.seed).shuffle(races)
    return races


def test_the_judge_knows_what_every_act_answers(course: Course) -> None:
    """One after another, in both orders, the program does what the model says."""
    races = [race_of(kinds, on) for on in ("", "Q", "a", "b", "d") for kinds in _walks()]
    course.lay_out(races)
    for race in races:
        state = race.start
        for act in race.acts:
            state, said = model.step(state, act)
            race.answers.append(course.answer(race, act))
            assert race.answers[-1] == said, (race.acts, act)
    assert course.judge(races) == []
    assert course.sound() == []


def _walks() -> list[tuple[model.Kind, ...]]:
    """A few walks of four acts in which every act follows others."""
    kinds = model.KINDS
    return [tuple(kinds[(first + 4 * turn) % len(kinds)] for turn in range(4)) for first in range(0, len(kinds), 2)]


def test_without_its_locks_the_program_would_be_caught(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    if course.inst.database.dialect == "sqlite":
        pytest.skip("SQLite has one writer and no locks to leave out")
    monkeypatch.setattr(locks, "lock_closure", lambda tx, model, wanted: None)
    for _ in range(40):
        races = [race_of(("create", "change", "restore")) for _ in range(4)]
        course.lay_out(races)
        course.run(races)
        if course.judge(races):
            return
    pytest.fail("nobody has missed the locks")


def test_every_pair_of_acts(course: Course) -> None:
    held(course, shuffled(course, races_of(2)), at_once=4)


def test_some_triples(course: Course) -> None:
    held(course, shuffled(course, races_of(3))[:60], at_once=4)


def test_a_crowd_at_one_record(course: Course) -> None:
    rng = random.Random(course.seed)
    held(course, [crowd(rng, 12) for _ in range(4)], at_once=1)


@pytest.mark.nightly
def test_every_pair_again_and_again(course: Course) -> None:
    for _ in range(10):
        held(course, shuffled(course, races_of(2)), at_once=8)


@pytest.mark.nightly
def test_every_triple(course: Course) -> None:
    held(course, shuffled(course, races_of(3)), at_once=5)


@pytest.mark.nightly
def test_sixteen_at_one_record(course: Course) -> None:
    rng = random.Random(course.seed)
    for _ in range(20):
        held(course, [crowd(rng, 16) for _ in range(5)], at_once=1)
