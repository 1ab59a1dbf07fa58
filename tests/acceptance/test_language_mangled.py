"""Definitions in which something was deleted or put in the wrong place: whatever it is, it is reported, never raised."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dougong.assets import MODULES
from dougong.definition.link import further
from dougong.definition.load import survey_module
from dougong.definition.model import Module
from dougong.definition.read import read_json
from dougong.fields.registry import field_types

TYPES = field_types()
JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, "", "x", "1 +", "today()", "$state", "money", "labor.worker", [], [1], [[]], ["x"], {},
    {"a": 1}, {"$ref": "#"}, {"type": "object"},
)  # fmt: skip


def _files(name: str) -> dict[str, Any]:
    found = (MODULES / name).rglob("*.json")
    return {
        path.relative_to(MODULES / name).as_posix(): read_json(path.read_bytes())
        for path in found
        if "seed" not in path.parts
    }


def _with_foreign_forms() -> dict[str, Any]:
    schemas = (Path(__file__).parent / "schemas").glob("*.json")
    forms = {f"forms/f{n}.json": read_json(path.read_bytes()) for n, path in enumerate(sorted(schemas))}
    return {**_files("labor"), **forms}


BASE: Module = survey_module(_files("base"), TYPES, name="base")[0]
FILES = _with_foreign_forms()


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, key)
        yield from _places(value[key], (*path, key))


PLACES = [(file, path) for file in sorted(FILES) for path in _places(FILES[file], ())]


def _at(file: str, path: tuple[Any, ...]) -> Any:
    found = FILES[file]
    for key in path:
        found = found[key]
    return found


def _mangled(chance: random.Random) -> tuple[dict[str, Any], list[Any]]:
    files, done = dict(FILES), list[Any]()
    for _ in range(chance.choice((1, 1, 2, 3))):
        file, path = chance.choice(PLACES)
        files[file] = copy.deepcopy(files[file])
        holder = files[file]
        try:
            for key in path[:-1]:
                holder = holder[key]
            if chance.random() < 0.4:
                del holder[path[-1]]
            else:
                holder[path[-1]] = (
                    chance.choice(JUNK) if chance.random() < 0.5 else copy.deepcopy(_at(*chance.choice(PLACES)))
                )
        except (KeyError, IndexError, TypeError):
            continue
        done.append((file, path))
    return files, done


def _try(seed: int, times: int) -> None:
    chance = random.Random(seed)
    for turn in range(times):
        files, done = _mangled(chance)
        try:
            module, problems = survey_module(files, TYPES, name="labor")
            further([BASE, module], TYPES, problems)
        except Exception as error:
            raise AssertionError(f"turn {turn} of {seed}: {done}") from error


def test_nothing_wrong_in_a_definition_is_more_than_a_problem() -> None:
    _try(seed=1, times=25)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(2, 8))
def test_nothing_wrong_is_more_than_a_problem_many_times(seed: int) -> None:
    _try(seed, times=300)
