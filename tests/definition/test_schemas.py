"""schemas/*.json say the structure of the language as JSON Schema: the same structure the loader reads."""

from __future__ import annotations

from typing import Any, get_args

import jsonschema
import pytest
import referencing
import simplejson

from dougong.assets import MODULES, SCHEMAS
from dougong.definition import flow, load, model, module_head, parts, screens, stories
from dougong.definition.keywords import FUNCTIONS, KEYWORDS
from dougong.definition.load import load_module
from dougong.fields.registry import field_types
from tests.definition.making import TEXT, authored

FILES = {path.stem: simplejson.loads(path.read_text("utf-8"), use_decimal=True) for path in SCHEMAS.glob("*.json")}
REGISTRY: referencing.Registry[Any] = referencing.Registry().with_resources(
    [(each["$id"], referencing.Resource.from_contents(each)) for each in FILES.values()]
)
DEFS = FILES["form"]["$defs"]


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(FILES[name], registry=REGISTRY)


@pytest.mark.parametrize("name", FILES)
def test_each_schema_is_one(name: str):
    jsonschema.Draft202012Validator.check_schema(FILES[name])


def test_the_bundled_modules_have_this_structure():
    kinds = {"forms": "form", "extends": "extension", "scenarios": "scenario"}
    for path in MODULES.glob("*/**/*.json"):
        kind = "module" if path.name == "module.json" else kinds.get(path.parent.name)
        if kind is not None:
            found = simplejson.loads(path.read_text("utf-8"), use_decimal=True)
            assert [each.message for each in validator(kind).iter_errors(found)] == [], path.name


def test_the_keys_are_those_the_loader_knows():
    assert set(FILES["form"]["properties"]) == set(load.FORM_KEYS)
    assert set(FILES["extension"]["properties"]) == set(load.EXTENSION_KEYS)
    assert set(FILES["module"]["properties"]) == set(module_head.MODULE_KEYS)
    assert set(FILES["scenario"]["properties"]) == set(stories.SCENARIO_KEYS)
    assert set(FILES["scenario"]["$defs"]["step"]["properties"]) == set(stories.STEP_KEYS)
    assert set(DEFS["keywords"]["properties"]) == set(KEYWORDS)


def test_the_words_are_those_the_loader_knows():
    assert FILES["form"]["properties"]["kind"]["enum"] == list(get_args(model.Kind))
    assert DEFS["policy"]["properties"]["actions"]["items"]["enum"] == list(get_args(model.Action))
    assert DEFS["policy"]["properties"]["fields"]["additionalProperties"]["enum"] == list(get_args(model.FieldLevel))
    assert DEFS["check"]["properties"]["on"]["items"]["enum"] == list(get_args(model.Moment))
    assert DEFS["effect"]["properties"]["on"]["enum"] == list(get_args(model.Event))
    assert DEFS["view"]["properties"]["kind"]["enum"] == list(screens.VIEW_KINDS)
    assert DEFS["print"]["properties"]["paper"]["enum"] == list(screens.PAPERS)
    assert set(screens.BLOCKS) <= set(DEFS["print"]["properties"]["blocks"]["items"]["properties"])
    assert DEFS["node"]["properties"]["type"]["enum"] == list(flow.NODES)
    assert DEFS["keywords"]["properties"]["x-rollup"]["properties"]["fn"]["enum"] == list(FUNCTIONS)
    assert FILES["scenario"]["$defs"]["step"]["properties"]["act"]["enum"] == list(stories.ACTS)
    assert all(word in DEFS["policy"]["properties"]["rows"]["description"] for word in parts.ROW_WORDS)


BAD: list[dict[str, Any]] = [
    {"kind": "paper"},
    {"checks": [{"message": "M"}]},
    {"checks": [{"rule": "true", "message": "M", "on": ["x"]}]},
    {"unique": [{"fields": []}]},
    {"policies": [{"roles": ["a"], "actions": ["look"]}]},
    {"layout": [{"fields": []}]},
    {"layout": [{"section": "S", "columns": 9, "fields": []}]},
    {"views": [{"title": "T"}]},
    {"effects": [{"on": "x", "do": "post", "form": "a.b", "values": {}}]},
    {"flow": {"nodes": [{"type": "x"}]}},
    {"record": {"type": "object", "properties": {"a": {"x-unique": "yes"}}}},
    {"record": {"type": "object", "properties": {"a": {"x-rollup": {"from": "a.b"}}}}},
    {"record": {"type": "object", "properties": {"a": {"x-lookup": {"via": "a", "from": "a.b", "field": "c"}}}}},
]


@pytest.mark.parametrize("part", BAD)
def test_what_the_schema_refuses_the_loader_refuses_too(part: dict[str, Any]):
    data = {**authored({"a": TEXT}), **part}
    assert not validator("form").is_valid(data)
    files = {"module.json": {"name": "pay", "title": "P"}, "forms/ask.json": data}
    assert load_module(files, field_types())[0] is None
