"""LANGUAGE, "record": what a JSON Schema says becomes what a record may hold, executed on both databases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.acceptance.conftest import DAY, MONEY, TEXT, WHOLE, Bench, obj, refused, rows


def test_a_nested_object_is_a_group_that_is_absent_when_blank(bench: Bench) -> None:
    bench.publish(site=obj("name", name=TEXT, place=obj("city", city=TEXT, spot=obj(lat=WHOLE, lng=WHOLE))))
    blank = bench.make("site", name="a")
    full = bench.make("site", name="b", place={"city": "深圳", "spot": {"lat": 22}})
    assert bench.values("site", blank)["place"] is None
    assert bench.values("site", full)["place"] == {"city": "深圳", "spot": {"lat": 22, "lng": None}}
    assert [each["name"] for each in bench.found("site", "place.spot.lat = 22")] == ["b"]
    assert refused(bench.make, "site", name="c", place={"spot": {"lat": 1}}) == {"/place/city": "required"}
    bench.change("site", full, {"place": {"spot": {"lng": 114}}})
    assert bench.values("site", full)["place"]["spot"] == {"lat": 22, "lng": 114}
    bench.change("site", full, {"place": None})
    assert bench.values("site", full)["place"] is None


def test_an_array_of_objects_is_a_subtable(bench: Bench) -> None:
    bench.publish(bill=obj(lines=rows("what", what=TEXT, price=MONEY), total={"x-formula": "sum(lines.price)"}))
    bill = bench.make("bill", lines=[{"what": "a", "price": Decimal("1.10")}, {"what": "b", "price": 2}])
    first, second = bench.values("bill", bill)["lines"]
    assert bench.values("bill", bill)["total"] == Decimal("3.10")
    bench.change("bill", bill, {"lines": [{"$id": second["$id"], "price": 5}, {"what": "c"}]})
    told = [(each["what"], each["price"]) for each in bench.values("bill", bill)["lines"]]
    assert told == [("b", 5), ("c", None)]
    assert bench.values("bill", bill)["lines"][0]["$id"] == second["$id"] != first["$id"]
    assert refused(bench.make, "bill", lines=[{"what": "x"}, {"price": 1}]) == {"/lines/1/what": "required"}


def test_arrays_of_scalars_are_tags_or_several_choices(bench: Bench) -> None:
    bench.publish(
        thing=obj(
            tags={"type": "array", "items": TEXT, "maxItems": 3},
            kinds={"type": "array", "items": {"enum": ["a", "b", "c"]}},
            sizes={"type": "array", "items": {"oneOf": [{"const": "s", "title": "小"}, {"const": "l", "title": "大"}]}},
        )
    )
    made = bench.make("thing", tags=["x", "y"], kinds=["b", "a"], sizes=["l"])
    values = bench.values("thing", made)
    assert (values["tags"], values["kinds"], values["sizes"]) == (["x", "y"], ["b", "a"], ["l"])
    assert bench.count("thing", "'a' in kinds") == 1
    assert bench.count("thing", "'z' in tags") == 0
    assert refused(bench.make, "thing", tags=["x", "y", "x"]) == {"/tags/2": "unique"}
    assert refused(bench.make, "thing", kinds=["a", "q"]) == {"/kinds/1": "enum"}
    assert refused(bench.make, "thing", tags=["1", "2", "3", "4"]) == {"/tags": "length"}


def test_arrays_of_figures_keep_them_as_they_are(bench: Bench) -> None:
    def several(kind: str, **more: Any) -> dict[str, Any]:
        return {"type": "array", "items": {"type": kind, **more}}

    form = obj(
        whole=several("integer", minimum=0), exact=several("number"), flags=several("boolean"),
        once={**several("integer"), "uniqueItems": True}, picked={"type": "array", "items": {"enum": [1, 2, 3]}},
    )  # fmt: skip
    assert bench.warnings({"forms/f.json": {"name": "f", "title": "f", "record": form}}) == {}
    sent = {
        "whole": [3, 1, 3], "exact": [Decimal("0.1"), 2, 2], "flags": [True, False, True], "once": [2, 1], "picked": [3, 1],
    }  # fmt: skip
    made = bench.make("f", **sent)
    assert bench.values("f", made) == sent
    for holds in ("1 in whole", "0.1 in exact", "2 in exact", "3 in picked", "not (2 in whole)", "not (2 in picked)"):
        assert bench.count("f", holds) == 1, holds
    assert refused(bench.make, "f", whole=[1, -1], exact=["x"], flags=[1], once=[1, 1], picked=[4]) == {
        "/whole/1": "range", "/exact/0": "type", "/flags/0": "type", "/once/1": "unique", "/picked/0": "enum",
    }  # fmt: skip


def test_arrays_inside_rows_and_free_objects_are_json_with_a_warning(bench: Bench) -> None:
    form = obj(
        lines=rows(marks={"type": "array", "items": TEXT}),
        free={"type": "object", "additionalProperties": {"type": "integer"}},
    )
    assert bench.warnings({"forms/f.json": {"name": "f", "title": "f", "record": form}}) == {
        "/record/properties/lines/items/properties/marks": "json_editor",
        "/record/properties/free": "json_editor",
    }
    made = bench.make("f", lines=[{"marks": ["a", "b"]}], free={"x": 1})
    assert bench.values("f", made)["lines"][0]["marks"] == ["a", "b"]
    assert bench.values("f", made)["free"] == {"x": 1}
    assert set(refused(bench.make, "f", free={"x": "no"})) == {"/free/x"}
    assert set(refused(bench.make, "f", lines=[{"marks": [1]}])) == {"/lines/0/marks/0"}


def test_an_undeclared_key_is_refused_unless_additional_properties_are_written(bench: Bench) -> None:
    bench.publish(
        closed=obj(a=TEXT),
        open={**obj(a=TEXT), "additionalProperties": True},
        numbers={**obj(a=TEXT), "additionalProperties": {"type": "integer"}},
    )
    assert refused(bench.make, "closed", a="x", b=1) == {"/b": "unknown_field"}
    made = bench.make("open", a="x", b={"deep": [1, 2]})
    assert bench.values("open", made)["b"] == {"deep": [1, 2]}
    bench.change("open", made, {"b": None, "c": 3})
    assert {key: value for key, value in bench.values("open", made).items() if value is not None} == {"a": "x", "c": 3}
    assert set(refused(bench.make, "numbers", more="text")) == {"/more"}
    assert bench.values("numbers", bench.make("numbers", more=7))["more"] == 7


def test_additional_properties_false_refuses_too(bench: Bench) -> None:
    bench.publish(strict={**obj(a=TEXT), "additionalProperties": False})
    assert refused(bench.make, "strict", b=1) == {"/b": "unknown_field"}


def test_defs_and_local_refs_are_followed(bench: Bench) -> None:
    bench.publish(
        person={
            "type": "object",
            "$defs": {"place": obj("city", city=TEXT), "Größe/x": {"type": "integer", "minimum": 0}},
            "properties": {
                "home": {"$ref": "#/$defs/place", "title": "住址"},
                "work": {"$ref": "#/$defs/place"},
                "height": {"$ref": "#/$defs/Gr%C3%B6%C3%9Fe~1x", "maximum": 300},
            },
        }
    )
    made = bench.make("person", home={"city": "北京"}, height=180)
    assert bench.values("person", made)["home"] == {"city": "北京"}
    assert refused(bench.make, "person", height=-1, work={"city": 3}) == {"/height": "range", "/work/city": "type"}
    assert refused(bench.make, "person", height=301) == {"/height": "range"}


def test_what_has_no_x_type_gets_the_type_its_schema_asks_for(bench: Bench) -> None:
    bench.publish(
        kinds=obj(
            pick={"enum": ["甲", "乙"]},
            named={"oneOf": [{"const": 1, "title": "一"}, {"const": 2, "title": "二"}]},
            short=TEXT,
            long={"type": "string", "maxLength": 256},
            day=DAY,
            at={"type": "string", "format": "date-time"},
            hour={"type": "string", "format": "time"},
            mail={"type": "string", "format": "email"},
            site={"type": "string", "format": "uri"},
            host={"type": "string", "format": "ipv4"},
            n=WHOLE,
            x={"type": "number"},
            yes={"type": "boolean"},
            maybe={"type": ["string", "null"], "maxLength": 3},
            any={},
            several={"type": ["string", "integer"]},
        )
    )
    sent: dict[str, Any] = {
        "pick": "甲", "named": 2, "short": "s", "long": "l" * 256, "day": "2026-02-28", "at": "2026-02-28T10:00:00+08:00",
        "hour": "08:30:00", "mail": "a@b.test", "site": "https://a.test/x", "host": "10.0.0.1", "n": 3, "x": Decimal("1.5"),
        "yes": True, "maybe": "abc", "any": {"k": [1]}, "several": 5,
    }  # fmt: skip
    made = bench.make("kinds", **sent)
    assert bench.values("kinds", made) == {**sent, "at": "2026-02-28T02:00:00Z"}
    wrong: dict[str, Any] = {
        "pick": "丙", "named": 3, "short": 1, "long": "l" * 257, "day": "2026-02-30", "at": "yesterday", "hour": "25:00:00",
        "mail": "no", "site": "no url", "host": "300.1.1.1", "n": Decimal("1.5"), "x": "1", "yes": "true", "maybe": "abcd",
        "several": True,
    }  # fmt: skip
    assert refused(bench.make, "kinds", **wrong) == {
        "/pick": "enum", "/named": "enum", "/short": "type", "/long": "length", "/day": "format", "/at": "format",
        "/hour": "format", "/mail": "format", "/site": "format", "/host": "format", "/n": "scale", "/x": "type",
        "/yes": "type", "/maybe": "length", "/several": "type",
    }  # fmt: skip


def test_null_is_absent_on_post_and_clears_on_patch(bench: Bench) -> None:
    bench.publish(f=obj("a", a=TEXT, b={"type": ["integer", "null"]}))
    assert refused(bench.make, "f", a=None) == {"/a": "required"}
    made = bench.make("f", a="x", b=None)
    bench.change("f", made, {"b": 4})
    bench.change("f", made, {"b": None})
    assert bench.values("f", made) == {"a": "x", "b": None}
    assert refused(bench.change, "f", made, {"a": None}) == {"/a": "required"}
    assert refused(bench.make, "f", a="   ") == {"/a": "required"}


def test_property_names_are_free_text(bench: Bench) -> None:
    names = [
        "合同 金额(元)",
        "validate",
        "select",
        "rowid",
        "version",
        "A",
        "a",
        "id",
        "__class__",
        "x" * 200,
        "if",
        "a b'\"`;--",
        "metadata",
        "1",
    ]
    bench.publish(f=obj(**dict.fromkeys(names, WHOLE)))
    made = bench.make("f", **{name: index for index, name in enumerate(names)})
    assert bench.values("f", made) == {name: index for index, name in enumerate(names)}
    assert bench.count("f", "`合同 金额(元)` = 0 and `A` = 5 and a = 6 and `version` = 4") == 1


def test_names_alike_in_their_first_sixty_characters_are_two(bench: Bench) -> None:
    one, two = "金" * 60 + "一", "金" * 60 + "二"
    bench.publish(f=obj(**{one: WHOLE, two: WHOLE}))
    made = bench.make("f", **{one: 1, two: 2})
    assert bench.values("f", made) == {one: 1, two: 2}


def test_what_only_a_branch_declares_is_a_field_and_the_branch_still_judges(bench: Bench) -> None:
    bench.publish(
        f={
            **obj(kind={"enum": ["firm", "person"]}),
            "if": {"properties": {"kind": {"const": "firm"}}, "required": ["kind"]},
            "then": {"properties": {"code": TEXT}, "required": ["code"]},
            "dependentRequired": {"code": ["kind"]},
        }
    )
    assert bench.values("f", bench.make("f", kind="firm", code="1"))["code"] == "1"
    assert refused(bench.make, "f", kind="firm") == {"/code": "required"}
    assert bench.make("f", kind="person")
    assert "/kind" in refused(bench.make, "f", code="1")


def test_multiples_and_bounds_are_kept(bench: Bench) -> None:
    bench.publish(
        f=obj(
            step={"type": "number", "multipleOf": Decimal("0.05"), "exclusiveMaximum": 1},
            few={"type": "array", "items": obj(a=TEXT), "minItems": 2, "maxItems": 3},
        )
    )
    assert bench.make("f", step=Decimal("0.35"), few=[{"a": "x"}, {"a": "y"}])
    assert bench.values("f", bench.make("f", few=[]))["few"] == []
    assert set(refused(bench.make, "f", step=Decimal("0.36"))) == {"/step"}
    assert refused(bench.make, "f", step=1) == {"/step": "range"}
    assert refused(bench.make, "f", few=[{"a": "x"}]) == {"/few": "length"}
    assert refused(bench.make, "f", few=[{"a": each} for each in "abcd"]) == {"/few": "length"}


def test_a_list_can_be_asked_for_by_everything_that_is_stored(bench: Bench) -> None:
    bench.publish(f=obj(a=TEXT, n=WHOLE))
    for index in range(3):
        bench.make("f", a=f"x{index}", n=index)
    assert [each["n"] for each in bench.found("f", "n >= 1", "-n")] == [2, 1]
