"""Publishing as authors meet it: what a plan says, what applying does to the data, and how it comes back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import func, inspect, select, text

from dougong.kernel.errors import Conflict, DefinitionError, Invalid
from dougong.kernel.problems import Problem
from dougong.storage import apply as applying
from dougong.storage import own, versions
from dougong.storage.database import TenantStore
from dougong.storage.draft import Plan
from dougong.storage.model import Model
from dougong.storage.plan import plan
from dougong.storage.transaction import Transaction
from tests.storage.bench import INTEGER, MONEY, NUMBER, TEXT, Bench, definitions, definitions_of, files_of, form


@pytest.fixture
def bench(tenant_store: TenantStore) -> Bench:
    return Bench(tenant_store)


def test_a_new_form_becomes_tables_and_the_plan_after_is_empty(bench: Bench) -> None:
    lines = {"type": "array", "items": {"type": "object", "properties": {"what": TEXT, "price": MONEY}}}
    new = definitions(form("ask", {"name": TEXT, "amount": MONEY, "lines": lines}))
    assert bench.steps(new) == [("create_form", None, 0, 0), ("enable_module", None, 0, 0)]
    assert bench.publish(new) == 1
    assert bench.plan(new).empty
    [record] = bench.add("m.ask", {"name": "钢筋", "amount": Decimal("12.50")})
    bench.add("m.ask", {"what": "螺纹钢", "price": Decimal("0.10"), "$parent": record}, sub="lines")
    assert bench.values("m.ask", "amount") == [Decimal("12.50")]
    assert bench.values("m.ask", "price", "lines") == [Decimal("0.10")]


def test_a_new_field_is_empty_for_old_rows(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"name": TEXT})))
    bench.add("m.ask", {"name": "a"})
    new = definitions(form("ask", {"name": TEXT, "amount": MONEY}))
    assert bench.steps(new) == [("add_field", "amount", 1, 0)]
    bench.publish(new)
    assert bench.values("m.ask", "amount") == [None]
    assert bench.plan(new).empty


def test_a_rename_touches_no_data(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"名称": TEXT})))
    bench.add("m.ask", {"名称": "a"})
    new = definitions(form("ask", {"项目名称": {**TEXT, "x-id": "名称"}}))
    assert bench.steps(new) == [("rename_field", "项目名称", 0, 0)]
    bench.publish(new)
    assert bench.values("m.ask", "项目名称") == ["a"]
    assert bench.plan(new).empty


def test_a_removed_field_with_values_is_refused_and_comes_back_with_its_data(bench: Bench) -> None:
    old, new = definitions(form("ask", {"name": TEXT, "amount": MONEY})), definitions(form("ask", {"name": TEXT}))
    bench.publish(old)
    bench.add("m.ask", {"name": "a", "amount": Decimal("1.00")}, {"name": "b"})
    assert bench.steps(new) == [("retire_field", "amount", 1, 1)]
    with pytest.raises(DefinitionError) as refused:
        bench.publish(new)
    assert refused.value.code == "loss"
    bench.publish(new, allow_loss=True)
    assert bench.plan(new).empty
    assert bench.steps(old) == [("restore_field", "amount", 1, 0)]
    bench.publish(old)
    assert bench.values("m.ask", "amount") == [Decimal("1.00"), None]


def test_a_removed_field_without_values_needs_no_permission(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"name": TEXT, "amount": MONEY})))
    bench.add("m.ask", {"name": "a"})
    assert bench.publish(definitions(form("ask", {"name": TEXT}))) == 2


def test_a_type_change_converts_and_counts_what_would_be_lost(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"size": TEXT})))
    bench.add("m.ask", {"size": "12"}, {"size": "12a"}, {"size": None})
    new = definitions(form("ask", {"size": INTEGER}))
    assert bench.steps(new) == [("change_type", "size", 2, 1)]
    with pytest.raises(DefinitionError):
        bench.publish(new)
    assert bench.values("m.ask", "size") == ["12", "12a", None]
    bench.publish(new, allow_loss=True)
    assert bench.values("m.ask", "size") == [12, None, None]
    assert bench.plan(new).empty


def test_a_type_change_and_its_way_back_lose_nothing(bench: Bench) -> None:
    as_text, as_number = definitions(form("ask", {"size": TEXT})), definitions(form("ask", {"size": INTEGER}))
    bench.publish(as_text)
    ids = bench.add("m.ask", {"size": "12"}, {"size": "12a"}, {"size": "0012"}, {"size": "7"})
    bench.publish(as_number, allow_loss=True)
    with bench.act() as tx:
        tables = bench.live(tx).table("m.ask")
        change = {tables.column("size").name: 8}
        tx.conn.execute(tables.main.update().where(tables.main.c.id == ids[3]).values(change))
    bench.publish(as_text)
    assert bench.values("m.ask", "size") == ["12", "12a", "0012", "8"]
    bench.publish(as_number, allow_loss=True)
    assert bench.values("m.ask", "size") == [12, None, 12, 8]


def test_more_places_keep_every_digit_and_fewer_are_counted(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"size": {**NUMBER, "x-scale": 2}})))
    bench.add("m.ask", {"size": Decimal("1.25")}, {"size": Decimal("2.00")})
    assert bench.steps(definitions(form("ask", {"size": {**NUMBER, "x-scale": 4}}))) == [("change_type", "size", 2, 0)]
    assert bench.steps(definitions(form("ask", {"size": {**NUMBER, "x-scale": 1}}))) == [("change_type", "size", 2, 1)]


def test_text_to_a_choice_that_has_all_values_stays_in_place(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"kind": TEXT})))
    bench.add("m.ask", {"kind": "红"})
    new = definitions(form("ask", {"kind": {"enum": ["红", "蓝"]}}))
    assert bench.steps(new) == [("change_type", "kind", 1, 0)]
    bench.publish(new)
    assert bench.values("m.ask", "kind") == ["红"]
    assert bench.plan(new).empty
    assert bench.steps(definitions(form("ask", {"kind": INTEGER}))) == [("change_type", "kind", 1, 1)]


def test_a_subtable_goes_and_comes_back_with_its_rows(bench: Bench) -> None:
    lines = {"type": "array", "items": {"type": "object", "properties": {"what": TEXT}}}
    old, new = definitions(form("ask", {"name": TEXT, "lines": lines})), definitions(form("ask", {"name": TEXT}))
    bench.publish(old)
    [record] = bench.add("m.ask", {"name": "a"})
    bench.add("m.ask", {"what": "x", "$parent": record}, {"what": "y", "$parent": record}, sub="lines")
    assert bench.steps(new) == [("retire_field", "lines", 2, 2)]
    bench.publish(new, allow_loss=True)
    assert bench.steps(old) == [("restore_field", "lines", 2, 0)]
    bench.publish(old)
    assert bench.values("m.ask", "what", "lines") == ["x", "y"]


def test_a_renamed_subtable_keeps_its_rows(bench: Bench) -> None:
    def with_lines(name: str) -> dict[str, object]:
        rows = {"type": "object", "properties": {"what": TEXT}}
        return {name: {"type": "array", "x-id": "lines", "items": rows}}

    bench.publish(definitions(form("ask", with_lines("lines"))))
    [record] = bench.add("m.ask", {})
    bench.add("m.ask", {"what": "x", "$parent": record}, sub="lines")
    bench.publish(definitions(form("ask", with_lines("明细"))))
    assert bench.values("m.ask", "what", "明细") == ["x"]


def test_a_removed_form_keeps_its_rows_and_comes_back(bench: Bench) -> None:
    both = definitions(form("ask", {"name": TEXT}), form("other", {"name": TEXT}))
    one = definitions(form("other", {"name": TEXT}))
    bench.publish(both)
    bench.add("m.ask", {"name": "a"})
    assert bench.steps(one)[0] == ("retire_form", None, 1, 1)
    bench.publish(one, allow_loss=True)
    assert bench.plan(one).empty
    assert bench.steps(both)[0] == ("restore_form", None, 1, 0)
    bench.publish(both)
    assert bench.values("m.ask", "name") == ["a"]


def test_rollback_publishes_an_earlier_version_forward_and_loses_nothing(bench: Bench) -> None:
    first = files_of(form("ask", {"name": TEXT}))
    bench.publish(definitions_of({"m": first}))
    bench.publish(definitions(form("ask", {"name": TEXT, "amount": MONEY})))
    bench.add("m.ask", {"name": "a", "amount": Decimal("1.00")})
    with bench.act(write=False) as tx:
        earlier = definitions_of(versions.files_at(tx.conn, 1))
    assert bench.publish(earlier, allow_loss=True) == 3
    assert bench.values("m.ask", "name") == ["a"]
    with bench.act(write=False) as tx:
        latest = definitions_of(versions.files_at(tx.conn, 2))
    bench.publish(latest)
    assert bench.values("m.ask", "amount") == [Decimal("1.00")]


def test_a_change_of_words_only_is_a_version_too(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"name": TEXT})))
    new = definitions(form("ask", {"name": {**TEXT, "title": "名称"}}))
    assert bench.steps(new) == [("change_form", None, 0, 0)]
    assert bench.publish(new, reason="clearer") == 2
    with bench.act(write=False) as tx:
        assert [each.reason for each in versions.history(tx.conn)] == ["clearer", ""]


def test_two_publishes_of_one_base_have_one_winner(bench: Bench) -> None:
    with bench.act(write=False) as tx:
        one = plan(tx, bench.live(tx), definitions(form("ask", {"name": TEXT})))
        two = plan(tx, bench.live(tx), definitions(form("bid", {"name": TEXT})))
    with bench.act() as tx:
        applying.apply(tx, one)
    with pytest.raises(Conflict), bench.act() as tx:
        applying.apply(tx, two)


def test_a_disabled_module_keeps_its_data(bench: Bench) -> None:
    one, two = files_of(form("ask", {"name": TEXT})), files_of(form("bid", {"name": TEXT}), module="n")
    bench.publish(definitions_of({"m": one, "n": two}))
    bench.add("n.bid", {"name": "a"})
    bench.publish(definitions_of({"m": one}), allow_loss=True)
    with bench.act(write=False) as tx:
        assert [(each.name, each.enabled) for each in versions.installed(tx.conn)] == [("m", True), ("n", False)]
        kept = versions.files_of(tx.conn, "n")
    bench.publish(definitions_of({"m": one, "n": kept}))
    assert bench.values("n.bid", "name") == ["a"]


def test_names_that_databases_fear_work(bench: Bench) -> None:
    long = "工程名称" * 15
    names = [
        "validate",
        "select",
        "rowid",
        "version",
        "data",
        "errors",
        "A",
        "a",
        f"{long}甲",
        f"{long}假",
        "😀",
        "id'--%",
    ]
    new = definitions(form("ask", {name: {**TEXT, "x-index": True} for name in names}))
    bench.publish(new)
    bench.add("m.ask", {name: name for name in names})
    for name in names:
        assert bench.values("m.ask", name) == [name]
    with bench.act(write=False) as tx:
        row = tx.conn.execute(text("SELECT * FROM v_m__ask")).mappings().one()
    assert row["select"] == "select"
    assert sorted(str(value) for value in row.values() if value in names) == sorted(names)


def test_the_audit_tells_who_published_what(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"name": TEXT})), reason="first")
    with bench.act(write=False) as tx:
        row = tx.conn.execute(own.audit.select()).one()
    assert (row.event, row.actor_kind) == ("published", "platform")
    assert {each["field"]: each["new"] for each in row.changes}["reason"] == "first"


def test_an_index_of_the_definition_is_made_and_goes(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"name": {**TEXT, "x-index": True}})))
    with bench.act(write=False) as tx:
        made = {tuple(each["column_names"]) for each in inspect(tx.conn).get_indexes("m__ask")}
    assert ("f_name", "id") in made
    bench.publish(definitions(form("ask", {"name": TEXT})))
    with bench.act(write=False) as tx:
        left = {tuple(each["column_names"]) for each in inspect(tx.conn).get_indexes("m__ask")}
    assert left == made - {("f_name", "id")}


def test_a_form_wider_than_a_row_is_refused(bench: Bench) -> None:
    new = definitions(form("ask", {f"field{number}": TEXT for number in range(401)}))
    assert [each.code for each in bench.plan(new).errors] == ["too_many_columns"]
    with pytest.raises(DefinitionError):
        bench.publish(new)


def test_a_field_that_became_required_counts_the_rows_without_it(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"name": TEXT})))
    bench.add("m.ask", {"name": "a"}, {})
    found = bench.plan(definitions(form("ask", {"name": TEXT}, required=["name"]))).problems
    assert [(each.code, each.level, each.params["rows"]) for each in found] == [("rows_without_value", "warning", 1)]


def test_a_rehearsal_finds_what_only_the_data_can_show_and_leaves_nothing(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"name": TEXT})))
    bench.add("m.ask", {"name": "a"}, {"name": "a"})
    new = definitions(form("ask", {"name": TEXT, "size": INTEGER}, unique=[{"id": "one", "fields": ["name"]}]))

    def fill(tx: Transaction, model: Model, made: Plan) -> None:
        assert made.uniques == (("m.ask", "one"),)
        tables = model.table("m.ask")
        doubles = select(tables.column("name")).group_by(tables.column("name")).having(func.count() > 1)
        if tx.conn.execute(doubles).first() is not None:
            raise Invalid([Problem("unique", "/name")])

    with bench.act() as tx:
        made = plan(tx, bench.live(tx), new)
        assert [each.code for each in applying.rehearse(tx, made, fill)] == ["unique"]
    assert [each[0] for each in bench.steps(new)] == ["add_field", "add_unique"]
    with pytest.raises(Invalid):
        bench.publish(new, fill=fill)
    assert [each[0] for each in bench.steps(new)] == ["add_field", "add_unique"]


def test_derived_values_to_fill_are_named_for_forms_that_have_rows(bench: Bench) -> None:
    bench.publish(definitions(form("ask", {"price": MONEY})))
    bench.add("m.ask", {"price": Decimal("1.00")})
    new = definitions(form("ask", {"price": MONEY, "twice": {**MONEY, "x-formula": "price * 2"}}))
    assert bench.plan(new).refill == (("m.ask", None, "twice"),)
    bench.publish(new)
    other = definitions(form("ask", {"price": MONEY, "twice": {**MONEY, "x-formula": "price + price"}}))
    assert bench.steps(other) == [("recompute_field", "twice", 1, 0)]
    assert bench.plan(other).refill == (("m.ask", None, "twice"),)


def test_a_table_that_would_have_the_name_of_a_view_is_refused(bench: Bench) -> None:
    one, two = files_of(form("ask", {"name": TEXT}), module="a"), files_of(form("ask", {"name": TEXT}), module="v_a")
    found = bench.plan(definitions_of({"a": one, "v_a": two})).errors
    assert [(each.code, each.params["name"]) for each in found] == [("name_taken", "v_a__ask")]
