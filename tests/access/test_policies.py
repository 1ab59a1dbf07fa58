"""Policies: who sees which rows and fields, on every path there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong.actions.aggregate_records import aggregate_records
from dougong.actions.create_record import create_record
from dougong.actions.installation import Installation
from dougong.actions.read_record import find_records, read_record
from dougong.actions.transition_record import transition_record
from dougong.actions.update_record import update_record
from dougong.kernel.actor import Actor, operator
from dougong.kernel.errors import Forbidden, Invalid, Malformed, NotFound
from dougong.records.query import Query

Publish = Callable[..., None]
Member = Callable[..., Actor]


def form(*policies: dict[str, Any], **properties: dict[str, Any]) -> dict[str, Any]:
    fields = {"name": {"type": "string"}, "pay": {"type": "integer"}, **properties}
    return {"policies": list(policies), "record": {"type": "object", "properties": fields}}


def names(inst: Installation, actor: Actor, asked: Query | None = None) -> list[str]:
    listed = find_records(inst, actor, "m.f", asked or Query(sort=["name"]))
    return [each["values"]["name"] for each in listed.items]


def put(inst: Installation, actor: Actor, **values: Any) -> str:
    return create_record(inst, actor, "m.f", values)["id"]


ALL = ["view", "create", "edit", "delete"]


def test_a_form_without_policies_is_the_admins(installation: Installation, member: Member, publish: Publish) -> None:
    publish(m={"f": form()})
    put(installation, member("admin"), name="a")
    assert names(installation, member("admin")) == ["a"]
    with pytest.raises(NotFound):
        names(installation, member("bob", "clerk"))
    with pytest.raises(NotFound):
        put(installation, member("bob"), name="b")


def test_the_operator_may_do_everything(installation: Installation, member: Member, publish: Publish) -> None:
    publish(m={"f": form()})
    row = put(installation, operator("demo"), name="a")
    update_record(installation, operator("demo"), "m.f", row, {"pay": 1})
    assert names(installation, operator("demo")) == ["a"]


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        ("all", ["amy", "ben", "cat", "dan"]),
        ("own", ["ben"]),
        ("department", ["amy", "ben"]),
        ("department_tree", ["amy", "ben", "cat"]),
        ("taking_part", ["ben"]),
        ("pay > 20", ["cat", "dan"]),
        ("pay > 20 or $owner = me()", ["ben", "cat", "dan"]),
        ("pay > nothing", []),
    ],
)
def test_rows_words(installation: Installation, member: Member, publish: Publish, rows: str, seen: list[str]) -> None:
    publish(
        m={
            "f": form(
                {"roles": ["*"], "actions": ["create"]},
                {"roles": ["viewer"], "actions": ["view"], "rows": rows},
                nothing={"type": "integer"},
            )
        }
    )
    places = {"amy": "甲", "ben": "甲", "cat": "甲/乙", "dan": "丙"}
    for pay, (name, place) in enumerate(places.items(), 1):
        put(installation, member(name, departments=[place]), name=name, pay=pay * 10)
    assert names(installation, member("ben", "viewer")) == seen
    counted = aggregate_records(installation, member("ben"), "m.f", measures={"n": "count()"})
    assert counted["items"][0]["values"]["n"] == len(seen)


def test_policies_add_up(installation: Installation, member: Member, publish: Publish) -> None:
    publish(
        m={
            "f": form(
                {"roles": ["a"], "actions": ["view"], "rows": "pay = 1"},
                {"roles": ["b"], "actions": ["view"], "rows": "pay = 2"},
            )
        }
    )
    for pay in (1, 2, 3):
        put(installation, operator("demo"), name=str(pay), pay=pay)
    assert names(installation, member("x", "a")) == ["1"]
    assert names(installation, member("y", "a", "b")) == ["1", "2"]


def test_an_invisible_record_is_an_absent_one(installation: Installation, member: Member, publish: Publish) -> None:
    publish(m={"f": form({"roles": ["*"], "actions": ALL, "rows": "own"})})
    mine, theirs = put(installation, member("bob"), name="a"), put(installation, member("eve"), name="b")
    nowhere = mine[:-4] + ("0000" if mine[-4:] != "0000" else "1111")
    for row in (theirs, nowhere, "no-id", "' or 1=1 --"):
        with pytest.raises(NotFound):
            read_record(installation, member("bob"), "m.f", row)
        with pytest.raises(NotFound):
            update_record(installation, member("bob"), "m.f", row, {"name": "x"})
        with pytest.raises(NotFound):
            transition_record(installation, member("bob"), "m.f", row, "delete")


def test_who_may_see_but_not_change_is_forbidden(installation: Installation, member: Member, publish: Publish) -> None:
    publish(
        m={"f": form({"roles": ["*"], "actions": ["view"]}, {"roles": ["w"], "actions": ["edit"], "rows": "pay < 5"})}
    )
    low, high = (put(installation, operator("demo"), name="x", pay=pay) for pay in (1, 9))
    writer = member("bob", "w")
    update_record(installation, writer, "m.f", low, {"name": "y"})
    for row, change in ((high, {"name": "z"}), (low, {"pay": 9})):
        with pytest.raises(Forbidden):
            update_record(installation, writer, "m.f", row, change)
    with pytest.raises(Forbidden):
        put(installation, writer, name="new")


def test_what_is_taken_away_is_gone_with_the_next_request(
    installation: Installation, member: Member, publish: Publish
) -> None:
    from dougong.actions.change_member import change_member

    publish(m={"f": form({"roles": ["clerk"], "actions": ["view"]})})
    bob = member("bob", "clerk")
    assert names(installation, bob) == []
    assert bob.member is not None
    change_member(installation, operator("demo"), bob.member, give=[])
    with pytest.raises(NotFound):
        names(installation, member("bob"))


# ------------------------------------------------------------ fields


def test_a_hidden_field_does_not_exist(installation: Installation, member: Member, publish: Publish) -> None:
    publish(m={"f": form({"roles": ["*"], "actions": ["view", "create", "edit"], "fields": {"pay": "hidden"}})})
    bob = member("bob")
    row = put(installation, bob, name="a")
    update_record(installation, operator("demo"), "m.f", row, {"pay": 7})
    shown = read_record(installation, bob, "m.f", row).shown
    assert "pay" not in shown["values"]
    refusals = set()
    for field in ("pay", "nonsense"):
        for asked in (
            Query(filter=f"{field} = 7"),
            Query(filter=f"{field} = 'text'"),
            Query(filter=f"'a' in {field}"),
            Query(filter=f"sum({field}.x) = 1"),
            Query(sort=[field]),
            Query(sort=["-" + field]),
            Query(fields=[field]),
        ):
            with pytest.raises(Malformed) as refused:
                find_records(installation, bob, "m.f", asked)
            assert refused.value.code == "unknown_field"
        for group, measures in (([field], {}), ([], {"n": f"sum({field})"}), ([], {"n": f"max({field} + 1)"})):
            with pytest.raises(Malformed) as refused:
                aggregate_records(installation, bob, "m.f", group=group, measures=measures)
            assert refused.value.code == "unknown_field"
        with pytest.raises(Invalid) as invalid:
            update_record(installation, bob, "m.f", row, {field: 8})
        refusals.add(tuple(each.code for each in invalid.value.problems))
    assert refusals == {("unknown_field",)}
    update_record(installation, bob, "m.f", row, {"name": "b"})
    assert read_record(installation, operator("demo"), "m.f", row).shown["values"]["pay"] == 7


def test_a_search_looks_at_readable_texts_only(installation: Installation, member: Member, publish: Publish) -> None:
    hidden = {"roles": ["*"], "actions": ["view"], "fields": {"note": "hidden"}}
    publish(m={"f": form(hidden, note={"type": "string"})})
    put(installation, operator("demo"), name="a", note="secret")
    assert names(installation, operator("demo"), Query(words="secret")) == ["a"]
    assert names(installation, member("bob"), Query(words="secret")) == []
    assert names(installation, member("bob"), Query(words="A")) == ["a"]


def test_read_only_and_masked_fields(installation: Installation, member: Member, publish: Publish) -> None:
    publish(
        m={
            "f": form(
                {"roles": ["*"], "actions": ["view", "edit"], "fields": {"pay": "read", "card": "masked"}},
                card={"type": "string", "x-mask": "##****##"},
            )
        }
    )
    row = put(installation, operator("demo"), name="a", pay=1, card="622202123456")
    bob = member("bob")
    shown = read_record(installation, bob, "m.f", row).shown["values"]
    assert (shown["pay"], shown["card"]) == (1, "62****56")
    assert names(installation, bob, Query(filter="pay = 1")) == ["a"]
    with pytest.raises(Malformed, match="unknown_field"):
        names(installation, bob, Query(filter="card = '622202123456'"))
    for change in ({"pay": 2}, {"card": "1"}):
        with pytest.raises(Invalid) as refused:
            update_record(installation, bob, "m.f", row, change)
        assert [each.code for each in refused.value.problems] == ["read_only"]


def test_a_field_has_on_each_row_the_best_level_of_the_policies_matching_it(
    installation: Installation, member: Member, publish: Publish
) -> None:
    publish(
        m={
            "f": form(
                {"roles": ["*"], "actions": ["view"], "fields": {"pay": "hidden"}},
                {"roles": ["*"], "actions": ["create"]},
                {"roles": ["*"], "actions": ["view", "edit"], "rows": "own"},
            )
        }
    )
    bob = member("bob")
    mine, theirs = put(installation, bob, name="bob", pay=1), put(installation, member("eve"), name="eve", pay=2)
    listed = find_records(installation, bob, "m.f", Query(sort=["name"]))
    assert [each["values"].get("pay", "absent") for each in listed.items] == [1, "absent"]
    assert "pay" in read_record(installation, bob, "m.f", mine).shown["values"]
    assert "pay" not in read_record(installation, bob, "m.f", theirs).shown["values"]
    update_record(installation, bob, "m.f", mine, {"pay": 3})
    with pytest.raises(Malformed, match="unknown_field"):
        find_records(installation, bob, "m.f", Query(filter="pay > 0"))


def test_columns_of_a_subtable_have_levels_of_their_own(
    installation: Installation, member: Member, publish: Publish
) -> None:
    lines = {
        "type": "array",
        "items": {"type": "object", "properties": {"what": {"type": "string"}, "price": {"type": "integer"}}},
    }
    publish(m={"f": form({"roles": ["*"], "actions": ["view"], "fields": {"lines.price": "hidden"}}, lines=lines)})
    row = put(installation, operator("demo"), name="a", lines=[{"what": "x", "price": 5}])
    bob = member("bob")
    (line,) = read_record(installation, bob, "m.f", row).shown["values"]["lines"]
    assert {name for name in line if not name.startswith("$")} == {"what"}
    for text in ("sum(lines.price) > 1", "sum(lines.price, what = 'x') > 1", "count(lines, price = 5) > 0"):
        with pytest.raises(Malformed, match="unknown_field"):
            names(installation, bob, Query(filter=text))
    assert names(installation, operator("demo"), Query(filter="sum(lines.price) > 1")) == ["a"]


# ------------------------------------------------------------ behind references


def linked(*policies: dict[str, Any]) -> dict[str, Any]:
    return {
        "boss": {
            "policies": list(policies),
            "record": {"type": "object", "properties": {"title": {"type": "string"}, "secret": {"type": "integer"}}},
        },
        "f": form({"roles": ["*"], "actions": ["view"]}, boss={"type": "string", "x-ref": "m.boss"}),
    }


def test_what_lies_behind_a_reference_is_cut_by_its_own_policies(
    installation: Installation, member: Member, publish: Publish
) -> None:
    publish(m=linked({"roles": ["*"], "actions": ["view"], "rows": "secret < 5", "fields": {"secret": "read"}}))
    firm = operator("demo")
    seen, unseen = (
        create_record(installation, firm, "m.boss", {"title": title, "secret": secret})["id"]
        for title, secret in (("open", 1), ("closed", 9))
    )
    for name, boss in (("a", seen), ("b", unseen)):
        put(installation, firm, name=name, boss=boss)
    bob = member("bob")
    listed = find_records(installation, bob, "m.f", Query(sort=["name"], fields=["boss.title", "boss.secret", "boss"]))
    assert [each["values"]["boss.title"] for each in listed.items] == ["open", None]
    assert [each["values"]["boss.secret"] for each in listed.items] == [1, None]
    assert [each["titles"].get("boss") for each in listed.items] == ["open", None]
    assert names(installation, bob, Query(filter="boss.secret > 0")) == ["a"]
    assert names(installation, bob, Query(filter="isblank(boss.title)")) == ["b"]
    assert names(installation, bob, Query(sort=["-boss.secret"])) == ["a", "b"]
    assert names(installation, firm, Query(sort=["-boss.secret"])) == ["b", "a"]
    groups = aggregate_records(installation, bob, "m.f", group=["boss.title"], measures={"s": "sum(boss.secret)"})
    assert [(each["group"]["boss.title"], each["values"]["s"]) for each in groups["items"]] == [("open", 1), (None, 0)]


def test_a_hidden_field_behind_a_reference_is_unknown(
    installation: Installation, member: Member, publish: Publish
) -> None:
    publish(m=linked({"roles": ["*"], "actions": ["view"], "fields": {"secret": "hidden"}}))
    bob = member("bob")
    for asked in (Query(filter="boss.secret = 1"), Query(sort=["boss.secret"]), Query(fields=["boss.secret"])):
        with pytest.raises(Malformed, match="unknown_field"):
            find_records(installation, bob, "m.f", asked)


def test_a_total_is_asked_only_by_who_sees_every_row(
    installation: Installation, member: Member, publish: Publish
) -> None:
    shut = form({"roles": ["*"], "actions": ["view"], "rows": "own"})
    shut["totals"] = [{"name": "by_name", "key": {"n": "name"}, "values": {"pay": "sum(pay)"}}]
    publish(m={"f": shut, "open": form({"roles": ["*"], "actions": ["view"]})})
    asked = Query(filter="total('m.f.by_name', name).pay > 0")
    with pytest.raises(Malformed, match="unknown_total"):
        find_records(installation, member("bob"), "m.open", asked)
    assert find_records(installation, operator("demo"), "m.open", asked).items == []


# ------------------------------------------------------------ group forms


def test_my_is_true_for_members_in_force(installation: Installation, member: Member, publish: Publish) -> None:
    crew = {
        "type": "array",
        "x-members": {"user": "who", "role": "role", "from": "from", "to": "to"},
        "items": {
            "type": "object",
            "properties": {
                "who": {"type": "string", "x-type": "member"},
                "role": {"type": "string"},
                "from": {"type": "string", "format": "date"},
                "to": {"type": "string", "format": "date"},
            },
        },
    }
    publish(
        m={
            "project": {"record": {"type": "object", "properties": {"title": {"type": "string"}, "crew": crew}}},
            "f": form(
                {"roles": ["*"], "actions": ["view"], "rows": "my(project)"},
                project={"type": "string", "x-ref": "m.project"},
            ),
        }
    )
    firm, bob = operator("demo"), member("bob")
    stays = {"now": {}, "past": {"to": "2026-02-26"}, "today": {"from": "2026-02-27"}, "later": {"from": "2026-02-28"}}
    for name, stay in stays.items():
        crewed = {"title": name, "crew": [{"who": bob.member, **stay}]}
        project = create_record(installation, firm, "m.project", crewed)["id"]
        put(installation, firm, name=name, project=project)
    put(installation, firm, name="none")
    assert names(installation, bob) == ["now", "today"]
    assert names(installation, member("eve")) == []


def test_a_picker_offers_what_may_be_seen_by_a_name_that_may_be_read(
    installation: Installation, member: Member, publish: Publish
) -> None:
    from dougong.actions.find_options import find_options

    publish(m=linked({"roles": ["*"], "actions": ["view"], "rows": "secret < 5", "fields": {"title": "hidden"}}))
    firm = operator("demo")
    for title, secret in (("open", 1), ("closed", 9)):
        create_record(installation, firm, "m.boss", {"title": title, "secret": secret})
    assert {each.title for each in find_options(installation, firm, "m.f", "boss", "").items} == {"open", "closed"}
    offered = find_options(installation, member("bob"), "m.f", "boss", "").items
    assert [each.title == each.id for each in offered] == [True]
    assert find_options(installation, member("bob"), "m.f", "boss", "open").items == []


def test_an_export_holds_the_rows_that_may_be_exported(
    installation: Installation, member: Member, publish: Publish
) -> None:
    from dougong.actions.export_records import Wanted, export_rows

    publish(
        m={
            "f": form(
                {"roles": ["*"], "actions": ["view"]}, {"roles": ["out"], "actions": ["export"], "rows": "pay < 5"}
            )
        }
    )
    for pay in (1, 9):
        put(installation, operator("demo"), name=str(pay), pay=pay)
    with pytest.raises(Forbidden):
        list(export_rows(installation, member("bob"), "m.f", Wanted()))
    rows = list(export_rows(installation, member("eve", "out"), "m.f", Wanted()))
    assert [each["values"]["name"] for each in rows] == ["1"]
    assert names(installation, member("eve")) == ["1", "9"]
