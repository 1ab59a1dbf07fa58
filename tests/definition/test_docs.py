"""docs/definition-language.md: its examples load and link, and it leaves nothing of the language out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import simplejson

from dougong.assets import ROOT
from dougong.definition import definitions, flow, load, model, module_head, parts, screens, stories
from dougong.definition.codes import CODES
from dougong.definition.definitions import link
from dougong.definition.keywords import FUNCTIONS, KEYWORDS
from dougong.definition.load import load_module
from dougong.definition.names import SYSTEM
from dougong.fields.registry import field_types
from dougong.records.states import DOCUMENT_STATES, OTHER_STATES
from tests.definition.test_schemas import DEFS

DOC = (ROOT / "docs" / "definition-language.md").read_text("utf-8")
EXAMPLES: dict[str, str] = dict(re.findall(r"<!-- file: (\S+) -->\n```json\n(.*?)```", DOC, re.DOTALL))
PACKAGE = Path(definitions.__file__).parent


def modules() -> list[Any]:
    made = []
    for name in sorted({path.split("/")[0] for path in EXAMPLES}):
        files = {path.partition("/")[2]: text for path, text in EXAMPLES.items() if path.startswith(name + "/")}
        found, problems = load_module(files, field_types(), name=name)
        assert problems == []
        made.append(found)
    return made


def test_the_examples_load_without_a_problem():
    assert {each.name for each in modules()} == {"base", "labor", "pay"}


def test_the_examples_make_one_tenant():
    tenant, problems = link(modules(), field_types())
    assert [(each.file, each.pointer, each.code, dict(each.params)) for each in problems] == []
    assert tenant is not None
    assert tenant.form("base.project").find("account") is not None


def test_every_example_is_marked_and_no_file_comes_twice():
    assert DOC.count("```json") == len(EXAMPLES)


@pytest.mark.parametrize(
    "words",
    [
        load.FORM_KEYS,
        load.EXTENSION_KEYS,
        module_head.MODULE_KEYS,
        stories.SCENARIO_KEYS,
        stories.STEP_KEYS,
        stories.ACTS,
        tuple(KEYWORDS),
        FUNCTIONS,
        tuple(SYSTEM),
        get_args(model.Kind),
        get_args(model.Action),
        get_args(model.FieldLevel),
        get_args(model.Moment),
        get_args(model.Event),
        parts.ROW_WORDS,
        screens.VIEW_KINDS,
        screens.BLOCKS,
        screens.PAPERS,
        flow.NODES,
        *(
            tuple(DEFS[part]["properties"])
            for part in ("check", "unique", "total", "effect", "policy", "section", "view", "print")
        ),
    ],
)
def test_every_word_of_the_language_is_documented(words: tuple[str, ...]):
    assert [each for each in words if not re.search(rf"[`{{ |]{re.escape(each)}[`}},:*]", DOC)] == []


def test_every_field_type_and_state_is_documented():
    assert [each for each in field_types() if f"`{each}`" not in DOC] == []
    assert [each for each in (*DOCUMENT_STATES, *OTHER_STATES) if each not in DOC] == []


def test_every_problem_code_the_code_gives_is_documented():
    given = set()
    for path in PACKAGE.glob("*.py"):
        given |= set(
            re.findall(
                r'\b(?:error|warn|report|Problem|at|limit)\(\s*(?:[a-z_.]+, )?"([a-z_]+)"', path.read_text("utf-8")
            )
        )
    assert given - set(CODES) - {"start", "type"} == set()
    assert [code for code in CODES if f"| `{code}` | {CODES[code]} |" not in DOC] == []


def test_the_readers_own_examples_of_the_schema_are_json():
    assert all(isinstance(simplejson.loads(text), dict) for text in EXAMPLES.values())
