"""LANGUAGE, "Files" and "scenarios", and the limits: whole modules, what may not be in one, and the stories that test them,
executed on both databases."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dougong.actions.check_module import check_path
from dougong.actions.enable_module import disable_module, enable_module, export_module, list_modules
from dougong.actions.load_seed import load_seed
from dougong.actions.publish_module import plan_module, publish_module
from dougong.actions.run_scenario import StoryFailed
from dougong.definition.load import load_form, load_module
from dougong.kernel.actor import operator
from dougong.kernel.errors import DefinitionError
from dougong.storage import exact_json
from tests.acceptance.conftest import DAY, MONEY, TEXT, WHOLE, Bench, obj, refused, rows

OPERATOR = operator("demo")


def _write(folder: Path, files: dict[str, Any]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content if isinstance(content, str) else exact_json.dumps(content), "utf-8")
    return folder


def _table(*lines: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue()


CORE = {
    "module.json": {"name": "core", "title": "核心"},
    "forms/project.json": {"name": "project", "title": "项目", "record": obj("name", name=TEXT)},
}
FUNDS = {
    "module.json": {"name": "funds", "title": "资金", "requires": ["core"]},
    "extends/core.project.json": {"record": obj(budget=MONEY)},
}


def test_enabling_brings_what_is_required_and_disabling_it_is_refused(bench: Bench, tmp_path: Path) -> None:
    _write(tmp_path / "core", CORE)
    publish_module(bench.inst, OPERATOR, _write(tmp_path / "funds", FUNDS))
    assert {each.name for each in list_modules(bench.inst, OPERATOR) if each.enabled} == {"core", "funds"}
    project = bench.make("core.project", name="a", budget=3)
    with pytest.raises(DefinitionError, match="required_by"):
        disable_module(bench.inst, OPERATOR, "core")
    disable_module(bench.inst, OPERATOR, "funds")
    assert bench.values("core.project", project) == {"name": "a"}
    enable_module(bench.inst, OPERATOR, "funds")
    assert bench.values("core.project", project) == {"name": "a", "budget": 3}


def test_an_export_writes_the_modules_own_files_with_every_id(bench: Bench, tmp_path: Path) -> None:
    _write(tmp_path / "core", CORE)
    publish_module(bench.inst, OPERATOR, _write(tmp_path / "funds", FUNDS))
    assert sorted(export_module(bench.inst, OPERATOR, "core", tmp_path / "out")) == sorted(CORE)
    written = exact_json.loads((tmp_path / "out" / "forms" / "project.json").read_text("utf-8"))
    assert written["record"]["properties"] == {"name": {"type": "string", "x-id": "name"}}
    (tmp_path / "out").rename(tmp_path / "again")
    assert plan_module(bench.inst, OPERATOR, tmp_path / "again").empty


def test_only_name_and_title_of_a_module_are_required(bench: Bench) -> None:
    types = bench.inst.types
    assert load_module({"module.json": {"name": "a", "title": "A"}}, types)[1] == []
    found = {each.params["key"] for each in load_module({"module.json": {}}, types)[1] if each.code == "missing"}
    assert found == {"name", "title"}


@pytest.mark.parametrize("name", ["A", "1a", "a__b", "a-b", "a" * 31, "", "合同"])
def test_names_of_modules_and_forms_have_their_shape(bench: Bench, name: str) -> None:
    types = bench.inst.types
    assert load_module({"module.json": {"name": name, "title": "A"}}, types)[0] is None
    assert load_form({"name": name, "title": "f", "record": obj()}, types, module="m")[0] is None
    assert load_form({"name": "a_1", "title": "f", "record": obj()}, types, module="m")[0] is not None


# ---------------------------------------------------------------------------------------------------- limits


def _deep(levels: int) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        made = obj(a=made)
    return made


def _codes(bench: Bench, form: Any) -> set[str]:
    return {each.code for each in load_form(form, bench.inst.types, module="m", name="f")[1] if each.level == "error"}


def test_the_limits_of_a_definition(bench: Bench) -> None:
    assert _codes(bench, b'{"type": "object", "title": "' + b"x" * 256 * 1024 + b'"}') == {"too_large"}
    assert _codes(bench, _deep(20)) == {"too_deep"}
    assert _codes(bench, obj(**{f"f{n}": WHOLE for n in range(1001)})) == {"too_many_fields"}
    assert _codes(bench, obj(**{f"f{n}": WHOLE for n in range(1000)})) == set()
    assert _codes(bench, b'{"type": "object", "type": "object"}') == {"duplicate_key"}
    assert _codes(bench, obj(a={"type": "string", "pattern": "(a)\\1"})) == {"pattern"}
    assert _codes(bench, obj(a={"type": "string", "pattern": "(a+)+$"})) == set()
    assert _codes(bench, obj(**{"x" * 201: WHOLE})) != set()
    assert _codes(bench, b'{"type": "object", "properties": {"a": {"minimum": NaN}}}') != set()
    assert _codes(bench, obj(a={"$ref": "file:///etc/passwd"})) == {"ref_remote"}
    assert _codes(bench, obj(a={"$ref": "#/$defs/none"})) == {"ref_unknown"}
    assert _codes(bench, {"$schema": "http://json-schema.org/draft-04/schema#", **obj(a={"$ref": 0})}) == {"wrong_kind"}


def test_a_schema_that_explodes_when_written_out_is_refused(bench: Bench) -> None:
    for word in ("allOf", "anyOf", "oneOf"):
        defs: dict[str, Any] = {f"a{n}": {word: [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(30)}
        form = {"type": "object", "$defs": {**defs, "a30": TEXT}, "properties": {"x": {"$ref": "#/$defs/a0"}}}
        assert _codes(bench, form) == {"too_complex"}


def test_a_schema_that_asks_too_much_of_one_value_stops(bench: Bench) -> None:
    branch = {"properties": {"a": {"$ref": "#/$defs/n"}}}
    node = {"anyOf": [{**branch, "required": ["z"]}, {**branch, "required": ["y"]}]}
    bench.modules(
        m={"forms/f.json": {"type": "object", "$defs": {"n": node}, "properties": {"x": {"$ref": "#/$defs/n"}}}}
    )
    value: dict[str, Any] = {}
    for _ in range(30):
        value = {"a": value}
    assert "check" in refused(bench.make, "f", x=value).values()


def test_all_problems_of_a_module_come_at_once(bench: Bench, tmp_path: Path) -> None:
    files = {
        "module.json": {"name": "bad", "title": "B", "menu": ["nowhere"]},
        "forms/one.json": {
            "name": "one",
            "title": "1",
            "record": obj(a={"x-type": "nonsense"}, b={"x-formula": "1 +"}),
        },
        "forms/two.json": {
            "name": "two",
            "title": "2",
            "record": obj(c={"x-formula": "missing"}),
            "checks": [{"rule": "1"}],
        },
        "forms/three.json": '{"name": "three", ',
    }
    problems = check_path(_write(tmp_path / "bad", files))
    assert {(each.file, each.pointer) for each in problems if each.level == "error"} >= {
        ("module.json", "/menu/0"),
        ("forms/one.json", "/record/properties/a/x-type"),
        ("forms/one.json", "/record/properties/b/x-formula"),
        ("forms/two.json", "/record/properties/c/x-formula"),
        ("forms/two.json", "/checks/0"),
        ("forms/three.json", ""),
    }


# ---------------------------------------------------------------------------------------------------- seeds and stories


SHOP: dict[str, Any] = {
    "module.json": {"name": "shop", "title": "店", "roles": [{"name": "clerk", "title": "店员"}]},
    "forms/item.json": {
        "name": "item",
        "title": "货",
        "record": obj("name", name={"type": "string", "x-unique": True}, price=MONEY),
        "policies": [{"roles": ["clerk"], "actions": ["view"]}],
    },
    "forms/order.json": {
        "name": "order",
        "title": "单",
        "kind": "document",
        "record": obj(
            "lines",
            code={"type": "string", "x-number": "O-{seq:3}"},
            day={**DAY, "x-default": "today()"},
            lines=rows(
                "item n",
                item={"type": "string", "x-ref": "shop.item"},
                n=WHOLE,
                sum={"x-type": "money", "x-formula": "n * item.price"},
            ),
            total={"x-type": "money", "x-formula": "sum(lines.sum)"},
        ),
        "checks": [{"rule": "total <= 100", "message": "超过 {total}", "at": "lines"}],
        "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit", "submit", "delete"]}],
        "flow": {"nodes": [{"type": "approve", "who": [{"role": "boss"}]}]},
    },
    "seed/demo/departments.json": [{"name": "店"}, {"name": "柜台", "parent": "店"}],
    "seed/demo/members.json": [
        {"name": "何静", "account": "ann@demo.test", "roles": ["clerk"], "departments": ["柜台"]}
    ],
    "seed/demo/shop.item.csv": _table(["name", "price"], ["a", "10.50"], ["b", "3"]),
}


def _shop(bench: Bench, tmp_path: Path) -> None:
    publish_module(bench.inst, OPERATOR, _write(tmp_path / "shop", SHOP))


def test_a_story_is_told_and_checked(bench: Bench, tmp_path: Path) -> None:
    assert [each.code for each in check_path(_write(tmp_path / "shop", SHOP))] == ["unknown_role"]
    _shop(bench, tmp_path)
    load_seed(bench.inst, "demo", "demo")
    line = {"item": {"$key": "a"}, "n": 2}
    bench.story(
        {"as": "ann", "create": "shop.order", "id": "one", "submit": True, "values": {"lines": [line]}},
        {"expect": {"on": "one", "values": {"$state": "in_approval", "$number": "O-001", "total": 21}}},
        {"as": "ann", "act": "patch", "on": "one", "values": {}, "refused": {"code": "state"}},
        {"act": "approve", "on": "one"},
        {"expect": {"form": "shop.order", "key": "O-001", "values": {"$state": "approved", "day": "2026-02-27"}}},
        {"now": "2026-03-01T09:00+08:00"},
        {"as": "ann", "create": "shop.order", "id": "two", "values": {"lines": [{"item": {"$key": "b"}, "n": 34}]}},
        {"as": "ann", "act": "submit", "on": "two", "refused": {"code": "check", "at": "/lines", "contains": "102"}},
        {"as": "ann", "act": "patch", "on": "two", "values": {"lines": [{"item": {"$key": "b"}, "n": 1}]}},
        {"as": "ann", "act": "submit", "on": "two"},
        {"act": "reject", "on": "two"},
        {"as": "ann", "act": "delete", "on": "two"},
        {
            "expect": {
                "form": "shop.order",
                "aggregate": {"group": ["$state"], "measures": {"n": "count()", "all": "sum(total)"}},
                "items": [{"group": {"$state": "approved"}, "values": {"n": 1, "all": 21}}],
            }
        },
    )
    assert bench.clock.now() == datetime(2026, 3, 1, 1, tzinfo=UTC)


def test_a_story_that_goes_otherwise_says_where(bench: Bench, tmp_path: Path) -> None:
    _shop(bench, tmp_path)
    load_seed(bench.inst, "demo", "demo")
    with pytest.raises(StoryFailed, match="price") as failed:
        bench.story({"expect": {"form": "shop.item", "key": "a", "values": {"price": 11}}})
    assert failed.value.step == 0
    with pytest.raises(StoryFailed, match="was not refused"):
        bench.story({"create": "shop.item", "values": {"name": "c"}, "refused": {"code": "unique"}})


def test_together_only_as_many_win_as_there_is_room(bench: Bench, tmp_path: Path) -> None:
    _shop(bench, tmp_path)
    step = {"create": "shop.item", "values": {"name": "only"}}
    bench.story({"together": [step, dict(step), dict(step)], "wins": 1})
    assert bench.count("shop.item", "name = 'only'") == 1


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"expect": {"form": "shop.item", "key": "a", "count": 3, "values": {}}}, "unknown_key"),
        ({"expect": {"form": "shop.item", "values": {}}}, "missing"),
        ({"act": "approve", "on": "x", "expect": {"on": "x", "values": {}}}, "not_together"),
        ({"act": "approve"}, "missing"),
        ({"as": "ann"}, "one_of"),
        ({"act": "fly", "on": "x"}, "not_one_of"),
        ({"together": [{"expect": {"on": "x", "values": {}}}]}, "one_of"),
    ],
)
def test_nothing_in_a_story_is_silently_ignored(bench: Bench, step: dict[str, Any], code: str) -> None:
    _, problems = load_module({**SHOP, "scenarios/s.json": {"steps": [step]}}, bench.inst.types, name="shop")
    assert {each.code for each in problems if each.file == "scenarios/s.json"} == {code}


def test_a_seed_may_give_a_record_its_number_and_nobody_else(bench: Bench) -> None:
    numbered = obj(code={"type": "string", "x-number": "N{seq:3}"}, a=TEXT)
    seed = [{"code": "N001", "a": "x"}, {"code": "OLD-7", "a": "y"}, {"a": "z"}]
    bench.modules(
        m={"forms/f.json": {"name": "f", "title": "f", "record": numbered}, "seed/demo/m.f.json": seed},
    )
    load_seed(bench.inst, "demo", "demo")
    assert {each["a"]: each["code"] for each in bench.found("f")} == {"x": "N001", "y": "OLD-7", "z": "N002"}
    assert bench.shown("f", bench.make("f"))["number"] == "N003"
    assert refused(bench.make, "f", bench.actor("admin"), code="N099") == {"/code": "read_only"}


def test_every_list_of_a_form_is_looked_through(bench: Bench) -> None:
    parts: dict[str, Any] = {
        "checks": [{"rule": "a > 1", "message": "m", "at": "none"}, {"rule": "a > 1", "message": "m", "each": "none"}],
        "unique": [{"fields": ["none"]}],
        "totals": [{"name": "t", "key": {"k": "none"}, "values": {"v": "count()"}}],
        "effects": [{"on": "approved", "do": "post", "form": "m.f", "values": {"none": "1", "a": "none"}}],
        "policies": [{"roles": ["r"], "actions": ["fly"], "rows": "none", "fields": {"none": "read"}}],
        "layout": [{"section": "s", "fields": ["none"], "columns": 9}],
        "views": [{"name": "v", "title": "v", "columns": ["none"], "filter": "none", "sort": ["none"], "kind": "pie"}],
        "prints": [{"name": "p", "title": "p", "paper": "A4", "blocks": [{"text": "{{none}}"}, {"nothing": 1}]}],
        "flow": {"nodes": [{"type": "choose", "branches": [{"when": "none", "nodes": []}]}, {"type": "fly"}]},
    }
    found = bench.refusals({"forms/f.json": {"name": "f", "title": "f", "record": obj(a=WHOLE), **parts}})
    assert set(found) == {
        "/checks/0/at", "/checks/1/each", "/unique/0/fields/0", "/totals/0/key/k", "/effects/0/values/none",
        "/effects/0/values/a", "/policies/0/actions/0", "/policies/0/rows", "/policies/0/fields/none", "/layout/0/fields",
        "/layout/0/columns", "/views/0/columns", "/views/0/filter", "/views/0/sort", "/views/0/kind",
        "/prints/0/blocks/0/text", "/prints/0/blocks/1", "/flow/nodes/0/branches/0", "/flow/nodes/0/branches/0/when",
        "/flow/nodes/1/type",
    }  # fmt: skip


def test_an_extension_may_not_take_what_is_there(bench: Bench) -> None:
    bench.modules(core=CORE)
    head = {"name": "x", "title": "x", "requires": ["core"]}
    bad = {
        "module.json": head,
        "extends/core.project.json": {"record": obj(name=WHOLE)},
        "extends/core.none.json": {"record": obj(a=TEXT)},
    }
    assert set(bench.refusals(bad, "x").values()) == {"duplicate_name", "unknown_form"}
    good = {"module.json": head, "extends/core.project.json": {"record": obj("b", b=TEXT), "unique": []}}
    assert bench.warnings(good, "x") == {"/unique": "unknown_key"}
    assert refused(bench.make, "core.project", name="x") == {"/b": "required"}
