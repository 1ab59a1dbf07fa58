"""A module written back with every id is the same module."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dougong.assets import MODULES
from dougong.definition.diff import compare
from dougong.definition.export import export_module
from dougong.definition.load import load_module
from dougong.definition.model import Module
from dougong.fields.registry import field_types
from tests.definition.making import MONEY, TEXT, authored, loaded, module, rows


def again(files: Any) -> Module:
    found, problems = load_module(files, field_types())
    assert found is not None, problems
    return found


def test_the_bundled_modules_survive_export():
    for folder in sorted(path.parent for path in MODULES.glob("*/module.json")):
        paths = [path for path in folder.rglob("*") if path.is_file()]
        made = again({str(path.relative_to(folder)): path.read_bytes() for path in paths})
        files = export_module(made)
        assert again(files) == made
        assert export_module(again(files)) == files


def test_every_field_and_item_has_its_id_written():
    made = module(
        authored(
            {"a": TEXT, "lines": rows(b=TEXT)}, checks=[{"rule": "true", "message": "M"}], unique=[{"fields": ["a"]}]
        ),
    )
    form = export_module(made)["forms/ask.json"]
    assert form["record"]["properties"]["a"]["x-id"] == "a"
    assert form["record"]["properties"]["lines"]["items"]["properties"]["b"]["x-id"] == "lines.b"
    assert (form["checks"][0]["id"], form["unique"][0]["id"]) == ("check", "a")


def test_a_definition_used_twice_keeps_its_fields_apart():
    record = {"$defs": {"place": {"type": "object", "properties": {"city": TEXT}}}}
    made = module(authored({"home": {"$ref": "#/$defs/place"}, "work": {"$ref": "#/$defs/place"}}, record=record))
    assert again(export_module(made)) == made


def test_other_files_stay_as_they_are():
    seed = {"seed/demo/pay.ask.csv": b"a,b\n1,2\n", "seed/demo/members.json": b'[{"account": "a@demo.test"}]'}
    made = module(authored({"a": TEXT, "b": TEXT}), files={**seed, "i18n/en.json": {"付款": "Payment"}})
    files = export_module(made)
    assert files["seed/demo/pay.ask.csv"] == "a,b\n1,2\n"
    assert again(files).translations == {"en": {"付款": "Payment"}}


SCALARS = st.sampled_from(
    [TEXT, MONEY, {"type": "integer"}, {"enum": ["a", "b"]}, {"x-formula": "1"}, {"type": "object"}, {}]
)
NAMES = st.text(min_size=1, max_size=6).filter(
    lambda name: name.strip() and name.isprintable() and not name.startswith("$")
)
OBJECTS = st.dictionaries(NAMES, SCALARS, max_size=4)
PROPERTIES = st.dictionaries(
    NAMES,
    st.one_of(
        SCALARS,
        OBJECTS.map(lambda inner: rows(**inner)),
        OBJECTS.map(lambda inner: {"type": "object", "properties": inner}),
    ),
    max_size=6,
)
CHECK = st.fixed_dictionaries(
    {"rule": st.just("true"), "message": st.just("M")},
    optional={"at": st.sampled_from("ab"), "id": st.sampled_from("xyz")},
)


@given(PROPERTIES, st.lists(CHECK, max_size=4, unique_by=lambda each: each.get("id", object())))
def test_whatever_loads_is_the_same_after_export(properties: dict[str, Any], checks: list[Any]):
    made, _ = load_module(
        {"module.json": {"name": "pay", "title": "Pay"}, "forms/ask.json": authored(properties, checks=checks)},
        field_types(),
    )
    if made is not None:
        assert again(export_module(made)) == made


def test_a_renamed_field_is_the_same_field():
    old, new = (
        loaded(authored({"a": TEXT, "gone": TEXT})),
        loaded(authored({"b": {"type": "string", "x-id": "a"}, "new": MONEY})),
    )
    found = compare(old, new)
    assert [each.place for each in found.changed] == [(None, "a")]
    assert found.changed[0].renamed and not found.changed[0].retyped
    assert (list(found.added), list(found.removed)) == ([(None, "new")], [(None, "gone")])


def test_columns_of_subtables_are_compared_too():
    old, new = loaded(authored({"lines": rows(a=TEXT, b=TEXT)})), loaded(authored({"lines": rows(a=MONEY, c=TEXT)}))
    found = compare(old, new)
    assert [(each.place, each.retyped) for each in found.changed] == [(("lines", "lines.a"), True)]
    assert (list(found.added), list(found.removed)) == ([("lines", "lines.c")], [("lines", "lines.b")])


def test_moving_a_formula_changes_nothing():
    check = {"id": "x", "rule": "true", "message": "M"}
    old, new = (
        loaded(authored({"a": TEXT}, checks=[check, {**check, "id": "y"}])),
        loaded(authored({"a": TEXT}, checks=[{**check, "id": "y"}, check])),
    )
    assert compare(old, new).empty
    assert compare(old, old).empty
    changed = compare(old, loaded(authored({"a": TEXT}, checks=[{**check, "rule": "false"}])))
    assert changed.parts == {"checks": {"removed": ("y",), "changed": ("x",)}}


def test_a_new_form_adds_everything():
    assert list(compare(None, loaded(authored({"a": TEXT}))).added) == [(None, "a")]
