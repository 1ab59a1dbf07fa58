"""Hostile definitions through every door that takes one: check, plan and apply of the command line, and the action behind
them. Each is refused in words with a place, or simply works; the forms that stand are never touched by one that is not."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from dougong.actions.check_module import check_path
from dougong.actions.installation import Installation
from dougong.actions.publish_module import plan_module, publish_files, publish_module
from dougong.actions.transaction import read
from dougong.kernel.actor import operator
from dougong.kernel.errors import DefinitionError, DougongError
from dougong.pages.sentences import sentence

TEXT = {"type": "string"}


def authored(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "evil", "title": "坏", "record": {"type": "object", "properties": properties}, **more}


def deep(levels: int) -> dict[str, Any]:
    node: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        node = {"type": "object", "properties": {"a": node}}
    return node


SELF = {"x-formula": "a + 1", "type": "number"}
REFUSED: dict[str, Any] = {
    "deep": authored({"a": deep(60)}),
    "very deep text": b'{"record":' * 20_000 + b"{}" + b"}" * 20_000,
    "huge": authored({"a": {**TEXT, "description": "x" * 300_000}}),
    "many fields": authored({f"f{n}": TEXT for n in range(1_500)}),
    "file": authored({"a": {"$ref": "file:///etc/passwd"}}),
    "host": authored({"a": {"$ref": "http://127.0.0.1:9/x.json"}}),
    "protocol relative": authored({"a": {"$ref": "//example.com/x"}}),
    "parent folder": authored({"a": {"$ref": "../../../etc/passwd#/a"}}),
    "look behind": authored({"a": {**TEXT, "pattern": "(?<=a)b"}}),
    "back reference": authored({"a": {**TEXT, "pattern": r"(a)\1"}}),
    "huge repeat": authored({"a": {**TEXT, "pattern": "((a{1000}){1000}){1000}"}}),
    "open bracket": authored({"a": {**TEXT, "pattern": "("}}),
    "system names": authored({"$state": TEXT, "$deleted": TEXT, "$parent": TEXT}),
    "long name": authored({"长" * 201: TEXT}),
    "control name": authored({"a\x00b": TEXT}),
    "line name": authored({"a\nb": TEXT}),
    "own circle": authored({"a": SELF}),
    "two circle": authored({"a": {"type": "number", "x-formula": "b"}, "b": {"type": "number", "x-formula": "a"}}),
    "circle through a reference": authored(
        {"up": {**TEXT, "x-ref": "evil.evil"}, "n": {"type": "number", "x-formula": "nz(up.n, 0) + 1"}},
        checks=[{"id": "c", "rule": "n < 5", "message": "x"}],
    ),
    "circle through a roll-up": authored({
        "up": {**TEXT, "x-ref": "evil.evil"}, "own": {"type": "number", "x-formula": "total + 1"},
        "total": {"type": "number", "x-rollup": {"from": "evil.evil", "via": "up", "fn": "sum", "field": "own"}}}),
    "unknown names": authored({"a": {"type": "number", "x-formula": "nosuch + 1"}}),
    "unknown function": authored({"a": {"type": "number", "x-formula": "__import__('os')"}}),
    "long formula": authored({"a": {"type": "number", "x-formula": "1" + "+1" * 40_000}}),
    "deep formula": authored({"a": {"type": "number", "x-formula": "(" * 5_000 + "1" + ")" * 5_000}}),
    "power tower": authored({"a": {"type": "number", "x-formula": "9^9^9"}}),
    "unknown reference": authored({"a": {**TEXT, "x-ref": "no.such"}}),
    "sql table": authored({"a": {**TEXT, "x-ref": "sqlite_master"}}),
    "unknown type": authored({"a": {**TEXT, "x-type": "os.system"}}),
    "same id": authored({"a": {**TEXT, "x-id": "x"}, "b": {**TEXT, "x-id": "x"}}),
    "name of a path": {**authored({"a": TEXT}), "name": "../../etc/cron.d/x"},
    "name of sql": {**authored({"a": TEXT}), "name": 'x"; drop table dg_meta; --'},
    "bad unique": authored({"a": TEXT}, unique=[{"fields": ["nosuch"]}]),
    "bad total": authored({"a": TEXT}, totals=[{"name": "t", "key": {"k": "nosuch"}, "values": {"v": "sum(a)"}}]),
    "policy formula": authored({"a": TEXT}, policies=[{"roles": ["*"], "actions": ["view"], "rows": "nosuch = 1"}]),
    "no text in policy": authored({"a": TEXT}, policies=[{"roles": "*", "actions": "all"}]),
    "number pattern": authored({"a": {**TEXT, "x-number": "{seq:99999999}"}}),
    "list": [], "text": "form", "number": 5, "null": None, "record null": {"name": "evil", "record": None},
    "duplicate keys": b'{"name":"evil","title":"x","record":{"type":"object","properties":{"a":{},"a":{}}}}',
    "nan": b'{"name":"evil","title":"x","record":{"type":"object","properties":{"a":{"minimum":NaN}}}}',
    "big number": authored({"a": {"type": "number", "x-scale": 10**6}}),
    "no utf-8": b"\xff\xfe{}", "half": b'{"name": "evil", "title": "\\ud800", "record": {"type":"object"}}',
}  # fmt: skip
FINE: dict[str, Any] = {
    "exploding pattern": authored({"a": {**TEXT, "pattern": "^(a+)+$"}}),
    "self reference": authored({"a": {"$ref": "#/properties/a"}}),
    "root reference": authored({"a": {"$ref": "#"}}),
    "A beside a": authored({"A": TEXT, "a": TEXT, "Ａ": TEXT}),
    "alike": authored({"汉" * 60 + "甲": TEXT, "汉" * 60 + "乙": TEXT}),
    "sql words": authored(dict.fromkeys(("select", "rowid", "validate", "version", "table", "oid", "_rowid_"), TEXT)),
    "huge enum": authored({"a": {"enum": [f"v{n}" for n in range(5_000)]}}),
    "script": authored({"a": {**TEXT, "title": "<script>alert(1)</script>"}}),
    "unknown keywords": authored({"a": {**TEXT, "x-evil": {"__class__": 1}, "format": "nosuch"}}),
}  # fmt: skip


@pytest.fixture
def inst(app: Flask) -> Installation:
    found: Installation = app.extensions["dougong"]
    return found


def written(folder: Path, form: Any) -> Path:
    folder = folder / "evil"
    (folder / "forms").mkdir(parents=True)
    (folder / "module.json").write_text('{"name": "evil", "title": "坏"}', encoding="utf-8")
    path = folder / "forms" / "evil.json"
    path.write_bytes(form if isinstance(form, bytes) else json.dumps(form).encode())
    return folder


def version(inst: Installation) -> tuple[int, list[str]]:
    return read(
        inst,
        operator("demo"),
        lambda tx: (inst.catalog.live(tx).version, list(inst.catalog.live(tx).definitions.forms)),
    )


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_definitions_are_refused_with_a_place(inst: Installation, tmp_path: Path, name: str) -> None:
    before, begun = version(inst), time.process_time()
    folder = written(tmp_path, REFUSED[name])
    checked = check_path(folder)
    errors = [each for each in checked if each.level == "error"]
    assert errors
    assert all(each.file and each.pointer is not None and each.code for each in errors)
    planned = plan_module(inst, operator("demo"), folder)
    assert planned.refused
    assert not planned.steps
    with pytest.raises(DefinitionError) as refused:
        publish_module(inst, operator("demo"), folder)
    for problem in refused.value.problems:
        for lang in ("zh_CN", "en"):
            said = sentence(problem, lang)
            assert len(said) > 4
            assert "%(" not in said
    assert version(inst) == before
    assert time.process_time() - begun < 8


@pytest.mark.parametrize("name", FINE)
def test_what_only_looks_hostile_works(inst: Installation, tmp_path: Path, name: str) -> None:
    folder = written(tmp_path, FINE[name])
    assert [each for each in check_path(folder) if each.level == "error"] == []
    publish_module(inst, operator("demo"), folder, allow_loss=True)
    assert plan_module(inst, operator("demo"), folder).empty


@pytest.mark.parametrize(
    "files",
    [
        {"module.json": []},
        {"forms/a.json": {}},
        {"module.json": {"name": "evil"}},
        {"module.json": {"name": "x" * 99, "title": "x"}},
        {"module.json": {"name": "evil", "title": "x", "requires": ["evil"]}},
        {"module.json": {"name": "evil", "title": "x", "requires": ["nosuch"]}},
        {"module.json": {"name": "sqlite", "title": "x"}},
        {"module.json": {"name": "evil", "title": "x"}, "extends/no.such.json": {"record": {}}},
        {"module.json": {"name": "other", "title": "x"}},
        {"module.json": b"{" * 100_000},
    ],
)
def test_modules_that_are_none(inst: Installation, files: dict[str, Any]) -> None:
    before = version(inst)
    with pytest.raises(DougongError):
        publish_files(inst, operator("demo"), "evil", files)
    assert version(inst) == before


def test_paths_that_are_no_module(inst: Installation, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.json").write_bytes(b"\x00\x01")
    for path in ("nowhere", "empty", "x.json"):
        with pytest.raises(DougongError):
            publish_module(inst, operator("demo"), tmp_path / path)
