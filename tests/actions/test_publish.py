"""Definitions checked, planned, published, taken back, as the command line does it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dougong.actions.check_module import check_path
from dougong.actions.create_record import create_record
from dougong.actions.enable_module import disable_module, enable_module, export_module, list_modules
from dougong.actions.installation import Installation
from dougong.actions.publish_module import plan_module, publish_module, rollback
from dougong.actions.read_record import find_records, read_record
from dougong.kernel.actor import Actor, operator
from dougong.kernel.errors import DefinitionError, Forbidden, Malformed, NotFound
from dougong.records.query import Query

FIRM = operator("demo")
TEXT = {"type": "string"}


def form(name: str, /, **properties: Any) -> dict[str, Any]:
    return {"name": name, "title": name, "record": {"type": "object", "properties": properties}}


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Writes a module folder: `folder("shop", item=form(…), requires=["base"])`."""

    def write(name: str, *, requires: list[str] | None = None, **forms: Any) -> Path:
        root = tmp_path / "modules" / name
        (root / "forms").mkdir(parents=True, exist_ok=True)
        (root / "module.json").write_text(json.dumps({"name": name, "title": name, "requires": requires or []}))
        for each, content in forms.items():
            (root / "forms" / f"{each}.json").write_text(json.dumps(content))
        return root

    return write


def test_plan_then_apply_then_nothing_to_do(
    installation: Installation, tenant: str, folder: Callable[..., Path]
) -> None:
    path = folder("shop", item=form("item", name=TEXT))
    planned = plan_module(installation, FIRM, path)
    assert {each["op"] for each in planned.steps} >= {"create_form", "enable_module"}
    assert planned.version == 0
    done = publish_module(installation, FIRM, path)
    assert (done.steps, done.version) == (planned.steps, 1)
    assert plan_module(installation, FIRM, path).empty
    assert publish_module(installation, FIRM, path).version == 1
    create_record(installation, FIRM, "shop.item", {"name": "x"})


def test_what_would_be_lost_is_refused_until_allowed_and_comes_back(
    installation: Installation, tenant: str, folder: Callable[..., Path]
) -> None:
    both = folder("shop", item=form("item", name=TEXT, note=TEXT))
    publish_module(installation, FIRM, both)
    row = create_record(installation, FIRM, "shop.item", {"name": "x", "note": "kept"})["id"]
    less = folder("shop", item=form("item", name=TEXT))
    (step,) = [each for each in plan_module(installation, FIRM, less).steps if each["op"] == "retire_field"]
    assert (step["form"], step["field"], step["loss"]) == ("shop.item", "note", 1)
    with pytest.raises(DefinitionError) as refused:
        publish_module(installation, FIRM, less)
    assert refused.value.code == "loss"
    assert publish_module(installation, FIRM, less, allow_loss=True).version == 2
    assert "note" not in read_record(installation, FIRM, "shop.item", row).shown["values"]
    assert rollback(installation, FIRM, 1).version == 3
    assert read_record(installation, FIRM, "shop.item", row).shown["values"]["note"] == "kept"


def test_one_form_file_replaces_that_form_only(
    installation: Installation, tenant: str, folder: Callable[..., Path], tmp_path: Path
) -> None:
    publish_module(installation, FIRM, folder("shop", item=form("item", name=TEXT), order=form("order", name=TEXT)))
    alone = tmp_path / "anything.json"
    alone.write_text(json.dumps(form("item", name=TEXT, price={"type": "number"})))
    steps = publish_module(installation, FIRM, alone, as_form="shop.item").steps
    assert [(each["op"], each["form"], each["field"]) for each in steps if each["op"] == "add_field"] == [
        ("add_field", "shop.item", "price")
    ]
    assert {each["form"] for each in steps} == {"shop.item"}
    create_record(installation, FIRM, "shop.order", {"name": "still there"})


def test_any_json_schema_makes_a_form(installation: Installation, tenant: str, tmp_path: Path) -> None:
    schema = tmp_path / "person.json"
    properties = {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "exclusiveMinimum": True}}
    schema.write_text(
        json.dumps({"$schema": "http://json-schema.org/draft-04/schema#", "title": "Person", "type": "object",
                    "required": ["name"], "properties": properties})
    )  # fmt: skip
    assert not [each for each in check_path(schema) if each.level == "error"]
    publish_module(installation, FIRM, schema, as_form="crm.person")
    row = create_record(installation, FIRM, "crm.person", {"name": "Ada", "age": 36})["id"]
    assert read_record(installation, FIRM, "crm.person", row).shown["values"] == {"name": "Ada", "age": 36}
    with pytest.raises(Malformed, match="as_missing"):
        publish_module(installation, FIRM, schema)
    with pytest.raises(Malformed, match="bad_name"):
        publish_module(installation, FIRM, schema, as_form="no-name")


def test_required_modules_come_along_and_hold_their_ground(
    installation: Installation, tenant: str, folder: Callable[..., Path]
) -> None:
    folder("low", thing=form("thing", name=TEXT))
    high = folder("high", requires=["low"], use=form("use", thing={"type": "string", "x-ref": "low.thing"}))
    publish_module(installation, FIRM, high)
    row = create_record(installation, FIRM, "low.thing", {"name": "kept"})["id"]
    enabled = {each.name for each in list_modules(installation, FIRM) if each.enabled}
    assert enabled == {"low", "high"}
    with pytest.raises(DefinitionError) as refused:
        disable_module(installation, FIRM, "low")
    assert [each.code for each in refused.value.problems] == ["required_by"]
    disable_module(installation, FIRM, "high")
    disable_module(installation, FIRM, "low")
    with pytest.raises(NotFound):
        find_records(installation, FIRM, "low.thing", Query())
    enable_module(installation, FIRM, "high")
    assert read_record(installation, FIRM, "low.thing", row).shown["values"] == {"name": "kept"}
    with pytest.raises(NotFound):
        enable_module(installation, FIRM, "nowhere")


def test_every_problem_is_told_with_its_place(
    installation: Installation, tenant: str, folder: Callable[..., Path]
) -> None:
    bad = folder(
        "shop", item=form("item", total={"x-formula": "price + 1"}, who={"type": "string", "x-ref": "no.form"})
    )
    found = {(each.file, each.pointer, each.code) for each in check_path(bad) if each.level == "error"}
    assert found == {
        ("forms/item.json", "/record/properties/total/x-formula", "unknown_field"),
        ("forms/item.json", "/record/properties/who/x-ref", "unknown_form"),
    }
    planned = plan_module(installation, FIRM, bad)
    assert planned.refused
    with pytest.raises(DefinitionError):
        publish_module(installation, FIRM, bad)
    assert [each for each in list_modules(installation, FIRM) if each.installed] == []


def test_a_file_by_itself_is_not_blamed_for_its_neighbours(tmp_path: Path) -> None:
    lone = tmp_path / "use.json"
    lone.write_text(json.dumps(form("use", thing={"type": "string", "x-ref": "low.thing"})))
    problems = check_path(lone)
    assert [(each.code, each.level) for each in problems] == [("unknown_form", "warning")]
    lone.write_text('{"name": "use", "name": "twice"')
    assert {each.level for each in check_path(lone)} == {"error"}
    with pytest.raises(NotFound):
        check_path(tmp_path / "nothing")


def test_bundled_modules_are_clean() -> None:
    from dougong.assets import MODULES

    for module in sorted(MODULES.glob("*/module.json")):
        assert [str(each) for each in check_path(module.parent) if each.level == "error"] == []


def test_an_export_published_again_changes_nothing(
    installation: Installation, tenant: str, folder: Callable[..., Path], tmp_path: Path
) -> None:
    lines = {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}}
    source = form("item", name=TEXT, lines=lines) | {"checks": [{"rule": "name <> 'x'", "message": "no", "at": "name"}]}
    publish_module(installation, FIRM, folder("shop", item=source))
    written = export_module(installation, FIRM, "shop", tmp_path / "out" / "shop")
    assert set(written) == {"module.json", "forms/item.json"}
    first = {each: (tmp_path / "out" / "shop" / each).read_bytes() for each in written}
    moved = [each["op"] for each in publish_module(installation, FIRM, tmp_path / "out" / "shop").steps]
    assert set(moved) <= {"change_form", "change_module"}
    export_module(installation, FIRM, "shop", tmp_path / "again" / "shop")
    assert {each: (tmp_path / "again" / "shop" / each).read_bytes() for each in written} == first


def test_only_admins_publish(
    installation: Installation, member: Callable[..., Actor], folder: Callable[..., Path]
) -> None:
    path = folder("shop", item=form("item", name=TEXT))
    for act in (plan_module, publish_module):
        with pytest.raises(Forbidden):
            act(installation, member("bob"), path)
    assert publish_module(installation, member("admin"), path).version == 1
