"""LANGUAGE, "record": schemas that know nothing of us, of every draft and of the kinds one meets, load and run."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dougong.actions.proposal import propose_files
from dougong.actions.publish_module import plan
from dougong.definition.export import export_module
from dougong.definition.load import load_module
from dougong.definition.read import read_json
from dougong.kernel.actor import operator
from tests.acceptance.conftest import Bench, refused

SCHEMAS = Path(__file__).parent / "schemas"


def schema(name: str) -> Any:
    """A schema as its author wrote it."""
    return read_json((SCHEMAS / f"{name}.json").read_bytes())


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        (
            "product-04",
            {
                "name": "a",
                "price": Decimal("9.5"),
                "tags": ["x"],
                "size": {"length": 3, "width": None},
                "pair": [1, "a"],
            },
            {
                "/price": {"name": "a", "price": 0},
                "/name": {"price": 1},
                "/size/length": {"name": "a", "price": 1, "tags": ["x"], "size": {"width": 1}},
                "/tags": {"name": "a", "price": 1, "size": {"length": 1}},
                "/pair/1": {"name": "a", "price": 1, "pair": [1, 2]},
                "/pair": {"name": "a", "price": 1, "pair": [1, "a", 3]},
                "/more": {"name": "a", "price": 1, "more": 1},
            },
        ),
        (
            "list-06",
            {"level": 9, "fixed": "yes", "list": ["a", 1]},
            {"/level": {"level": 10}, "/fixed": {"fixed": "no"}, "/list": {"list": ["a"]}},
        ),
        (
            "payment-07",
            {"method": "card", "card": "1234", "iban": None, "note": None},
            {"/card": {"method": "card"}, "/iban": {"method": "bank"}, "/method": {"method": "cash", "iban": "x"}},
        ),
        (
            "person-2019-09",
            {"first": "ab", "last": "abcde", "cc": "1", "bill": "x"},
            {"/first": {"first": "a"}, "/last": {"last": "abcdef"}, "/bill": {"cc": "1"}, "/other": {"other": 1}},
        ),
        (
            "point-2020-12",
            {"point": [1, Decimal("2.5")], "who": "me", "size": "m"},
            {"/point": {"point": [1, 2, 3]}, "/point/0": {"point": ["a"]}, "/who": {"who": 3}, "/size": {"size": "l"}},
        ),
    ],
    ids=["draft-04", "draft-06", "draft-07", "2019-09", "2020-12"],
)
def test_every_draft_loads_and_judges(bench: Bench, name: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    bench.modules(m={"forms/f.json": schema(name)})
    assert bench.values("f", bench.make("f", **{k: v for k, v in good.items() if v is not None})) == good
    for pointer, values in bad.items():
        assert any(each.startswith(pointer) for each in refused(bench.make, "f", **values)), (pointer, values)


def test_the_schema_of_a_package_file(bench: Bench) -> None:
    bench.modules(m={"forms/package.json": schema("package-file")})
    good: dict[str, Any] = {
        "name": "@a/b", "version": "1.0.0", "keywords": ["x"], "license": "MIT", "author": {"name": "me"},
        "contributors": ["you", {"name": "she"}], "exports": {"node": {"import": "./a.js"}, "default": "./b.js"},
        "private": True, "bin": {"b": "./b.js"}, "dependencies": {"c": "^1"}, "bundledDependencies": ["c"],
        "engines": {"node": ">=20", "npm": "1"}, "repository": {"type": "git", "url": "x"}, "_private": {"any": 1},
    }  # fmt: skip
    made = bench.make("package", **good)
    assert {k: v for k, v in bench.values("package", made).items() if v is not None} == good
    for key, wrong in {
        "name": "Bad Name", "author": {"url": "https://a.test"}, "contributors": [{}], "exports": {"a": {"b": 1}},
        "private": "no", "bin": {"b": 1}, "dependencies": {"c": 1}, "repository": {"type": "git"},
    }.items():  # fmt: skip
        found = refused(bench.make, "package", **{"name": "a", key: wrong})
        assert any(each.startswith(f"/{key}") for each in found), (key, found)


def test_the_schema_of_a_curriculum_vitae(bench: Bench) -> None:
    bench.modules(m={"forms/resume.json": schema("resume")})
    good = {
        "basics": {
            "name": "张伟",
            "email": "a@b.test",
            "location": {"city": "深圳"},
            "profiles": [{"network": "x", "own": 1}],
        },
        "work": [{"name": "x", "startDate": "2014-06", "highlights": ["a"], "extra": [1]}],
        "skills": ["go", "砌筑"],
    }
    made = bench.make("resume", **good, awards=[{"title": "t", "date": "2014"}])
    shown = bench.values("resume", made)
    assert {name: shown[name] for name in good} == good
    assert [(each["title"], each["date"]) for each in shown["awards"]] == [("t", "2014")]
    assert set(refused(bench.make, "resume", work=[{"startDate": "yesterday"}])) == {"/work/0/startDate"}
    assert set(refused(bench.make, "resume", awards=[{"date": "never"}])) == {"/awards/0/date"}
    assert set(refused(bench.make, "resume", basics={"email": "none"})) == {"/basics/email"}
    assert set(refused(bench.make, "resume", hobby="x")) == {"/hobby"}


def test_the_schema_of_a_place_on_the_map(bench: Bench) -> None:
    bench.modules(m={"forms/feature.json": schema("geojson-feature")})
    line = {"type": "LineString", "coordinates": [[1, 2], [Decimal("3.5"), 4]]}
    good = {
        "type": "Feature",
        "id": "x",
        "properties": {"name": "桥"},
        "geometry": line,
        "bbox": [0, 0, Decimal("10.5"), 10],
    }
    made = bench.make("feature", **good)
    assert bench.values("feature", made) == good
    for wrong in (
        {"type": "Point", "coordinates": [1]},
        {"type": "Circle", "coordinates": [1, 2]},
        {"coordinates": [1, 2]},
    ):
        assert any(at.startswith("/geometry") for at in refused(bench.make, "feature", **{**good, "geometry": wrong}))
    assert set(refused(bench.make, "feature", **{**good, "bbox": [1, 2]})) == {"/bbox"}


TREE = {
    "title": "Menu",
    "type": "object",
    "$defs": {
        "item": {
            "type": "object",
            "required": ["label"],
            "properties": {
                "label": {"type": "string"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/item"}},
            },
        }
    },
    "properties": {"root": {"$ref": "#/$defs/item"}, "other": {"type": "array", "items": {"$ref": "#/$defs/item"}}},
}


def test_a_schema_that_contains_itself_is_judged_all_the_way_down(bench: Bench) -> None:
    bench.modules(m={"forms/menu.json": json.loads(json.dumps(TREE))})
    good = {"label": "a", "children": [{"label": "b", "children": [{"label": "c"}]}]}
    assert bench.values("menu", bench.make("menu", root=good))["root"] == good
    deep = {"label": "a", "children": [{"label": "b", "children": [{"label": 3}]}]}
    assert any(each.startswith("/root/children/0/children/0") for each in refused(bench.make, "menu", root=deep))
    found = refused(bench.make, "menu", other=[{"label": "a", "children": [{"children": []}]}])
    assert set(found) == {"/other/0/children/0/label"}


def test_rows_keep_the_conditions_of_their_schema(bench: Bench) -> None:
    row = {
        "type": "object",
        "properties": {"kind": {"enum": ["a", "b"]}, "why": {"type": "string"}, "n": {"type": "integer"}},
        "if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]},
        "then": {"required": ["why"]},
        "dependentRequired": {"n": ["kind"]},
    }
    bench.modules(
        m={
            "forms/f.json": {
                "type": "object",
                "$defs": {"row": row},
                "properties": {
                    "plain": {"type": "array", "items": row},
                    "referred": {"type": "array", "items": {"$ref": "#/$defs/row"}},
                    "merged": {"allOf": [{"type": "array", "items": {"$ref": "#/$defs/row"}}, {"maxItems": 2}]},
                },
            }
        }
    )
    for name in ("plain", "referred", "merged"):
        bench.make("f", **{name: [{"kind": "a", "why": "x"}, {"kind": "b", "n": 1}]})
        assert refused(bench.make, "f", **{name: [{"kind": "b"}, {"kind": "a"}]}) == {f"/{name}/1/why": "required"}
        assert refused(bench.make, "f", **{name: [{"n": 1}]}) == {f"/{name}/0/kind": "required"}
    assert refused(bench.make, "f", merged=[{"kind": "b"}] * 3) == {"/merged": "length"}


@pytest.mark.parametrize("name", sorted(each.stem for each in SCHEMAS.glob("*.json")))
def test_a_schema_of_others_is_exported_and_applies_again_without_a_change(bench: Bench, name: str) -> None:
    files = {"module.json": {"name": "m", "title": "m"}, "forms/f.json": schema(name)}
    bench.modules(m=dict(files))
    module, _ = load_module(files, bench.inst.types, name="m")
    assert module is not None
    out = export_module(module)
    made = plan(bench.inst, operator("demo"), lambda tx: propose_files(bench.inst, tx.conn, out, "m"))
    assert made.empty, made.steps
