"""What depends on what: which values are kept, in which order they are computed, and what may not be published."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong.definition import graph
from dougong.definition.components import components
from dougong.definition.graph import Edge, Graph
from dougong.definition.reads import Slot
from dougong.kernel.problems import Problem
from tests.definition.making import MONEY, TEXT, authored, link_problems, linked, places, rows


def compiled(*forms: Any) -> Graph:
    return graph.compile(linked(*forms))


def formula(text: str, **more: Any) -> dict[str, Any]:
    return {"x-type": "money", "x-formula": text, **more}


def rollup(source: str, via: str, fn: str = "sum", **more: Any) -> dict[str, Any]:
    return {"x-rollup": {"from": source, "via": via, "fn": fn, **more}}


def ref(form: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "x-ref": form, **more}


PAYMENT = authored({"contract": ref("pay.contract"), "amount": MONEY}, "payment")
CONTRACT = authored(
    {
        "project": ref("pay.project"),
        "total": MONEY,
        "paid": rollup("pay.payment", "contract", field="amount"),
        "rest": formula("total - paid"),
    },
    "contract",
)
PROJECT = authored({"name": TEXT, "paid": rollup("pay.contract", "project", field="paid")}, "project")


def order_of(found: Graph) -> list[Slot]:
    return [slot for component in found.order for slot in component.slots]


def test_what_feeds_comes_before_what_is_fed() -> None:
    order = order_of(compiled(PROJECT, CONTRACT, PAYMENT))
    low, middle, high = (
        Slot(f, None, n) for f, n in (("pay.contract", "paid"), ("pay.contract", "rest"), ("pay.project", "paid"))
    )
    assert order.index(low) < order.index(middle)
    assert order.index(low) < order.index(high)


def test_children_are_locked_before_their_parents() -> None:
    rank = compiled(PROJECT, CONTRACT, PAYMENT).rank
    assert rank["pay.payment"] < rank["pay.contract"] < rank["pay.project"]


def test_a_contribution_hangs_on_state_deletion_and_reference() -> None:
    links = compiled(PROJECT, CONTRACT, {**PAYMENT, "kind": "document"}).sources[Slot("pay.contract", None, "paid")]
    assert {(each.source.name, each.edge) for each in links} == {
        (name, Edge.UP) for name in ("amount", "contract", "$state", "$deleted")
    }


@pytest.mark.parametrize(
    ("field", "kept"),
    [
        (formula("total * 2"), True),
        (formula("if(today() > date('2025-01-01'), total, 0)"), False),
        (formula("nz(contract.total, 0)"), False),
        (formula("later * 2"), False),
        ({"x-lookup": {"via": "contract", "field": "total"}}, False),
        ({"x-lookup": {"via": "contract", "field": "total", "freeze": "submit"}}, True),
        (formula("sum(lines.cost)"), True),
    ],
)
def test_a_column_keeps_what_only_writes_change(field: dict[str, Any], kept: bool) -> None:
    form = authored(
        {
            "contract": ref("pay.contract"),
            "total": MONEY,
            "later": formula("contract.total + 1"),
            "lines": rows(cost=MONEY),
            "it": field,
        },
        "form",
    )
    assert compiled(form, CONTRACT, PAYMENT, PROJECT).is_kept("pay.form", None, "it") is kept


def test_a_lookup_that_a_sum_reads_is_needed() -> None:
    sale = authored(
        {
            "item": ref("pay.item"),
            "shop": ref("pay.shop"),
            "price": {"x-lookup": {"via": "item", "field": "price"}},
            "worth": formula("price * 2"),
        },
        "sale",
    )
    item = authored({"price": MONEY}, "item")
    shop = authored({"worth": rollup("pay.sale", "shop", field="worth")}, "shop")
    found = compiled(sale, item, shop)
    assert {slot.name for slot in found.needed} == {"price", "worth"}
    assert not {slot for slot in found.needed if slot in found.kept}


def test_the_date_of_a_running_sum_feeds_it() -> None:
    """What the date follows from is a change to the sum; a date that follows from the sum is a circle."""
    low = rollup("pay.entry", "account", "lowest_running", field="amount", by="day")
    account = authored({"low": low, "opened": {**TEXT, "format": "date"}}, "account")
    entry = {"account": ref("pay.account"), "amount": MONEY}
    looked = compiled(account, authored({**entry, "day": {"x-lookup": {"via": "account", "field": "opened"}}}, "entry"))
    assert {slot.name for slot in looked.needed} == {"day"}
    late = {**TEXT, "format": "date", "x-formula": "if(account.low < 0, date('2025-01-02'), date('2025-01-01'))"}
    assert "formula_cycle" in {code for _, code in codes(account, authored({**entry, "day": late}, "entry"))}


def test_a_tree_may_sum_upwards_and_spell_downwards() -> None:
    form = authored(
        {
            "name": TEXT,
            "up": ref("pay.folder", **{"x-ref-tree": True}),
            "own": MONEY,
            "below": rollup("pay.folder", "up", field="whole"),
            "whole": {**MONEY, "x-formula": "nz(own, 0) + below"},
            "path": {**TEXT, "x-formula": "if(isblank(up), name, up.path & '/' & name)"},
        },
        "folder",
    )
    found = compiled(form)
    trees = {frozenset(slot.name for slot in each.slots) for each in found.order if each.tree}
    assert trees == {frozenset({"below", "whole"}), frozenset({"path"})}
    assert found.is_kept("pay.folder", None, "path")


def codes(*forms: Any) -> list[tuple[str, str]]:
    return places(link_problems(*forms))


def problem(*forms: Any) -> Problem:
    (found,) = [each for each in link_problems(*forms) if each.level == "error"]
    return found


def test_a_circle_is_printed_with_its_titles() -> None:
    form = authored(
        {"a": {**MONEY, "title": "甲", "x-formula": "b + 1"}, "b": {**MONEY, "title": "乙", "x-formula": "a"}}, "f"
    )
    found = problem(form)
    assert (found.code, found.params["cycle"]) == ("formula_cycle", ["f.甲", "f.乙", "f.甲"])


def test_a_circle_over_two_forms_is_refused() -> None:
    contract = authored(
        {
            "total": {**MONEY, "x-formula": "paid"},
            "paid": {**MONEY, **rollup("pay.payment", "contract", field="share")},
        },
        "contract",
    )
    payment = authored(
        {"contract": ref("pay.contract"), "share": {**MONEY, "x-formula": "contract.total / 2"}}, "payment"
    )
    assert [code for _, code in codes(contract, payment)] == ["formula_cycle"]


def test_forms_may_refer_to_each_other_as_long_as_values_do_not() -> None:
    department = authored(
        {"manager": ref("pay.employee"), "heads": rollup("pay.employee", "department", "count")}, "department"
    )
    employee = authored(
        {"department": ref("pay.department"), "managed": rollup("pay.department", "manager", "count")}, "employee"
    )
    assert codes(department, employee) == []


def test_a_needed_lookup_of_what_the_form_feeds_itself_is_an_echo() -> None:
    contract = authored(
        {"paid": rollup("pay.payment", "contract", field="amount"), "firm": ref("pay.firm")}, "contract"
    )
    payment = authored(
        {
            "contract": ref("pay.contract"),
            "firm": ref("pay.firm"),
            "amount": MONEY,
            "paid": {"x-lookup": {"via": "contract", "field": "paid"}},
        },
        "payment",
    )
    firm = authored({"paid": rollup("pay.payment", "firm", field="paid")}, "firm")
    assert codes(contract, payment, authored({"name": TEXT}, "firm")) == []
    assert [code for _, code in codes(contract, payment, firm)] == ["echo"]


def test_a_sum_over_what_changes_by_itself_is_refused_with_its_chain() -> None:
    sale = authored(
        {"shop": ref("pay.shop"), "age": {"type": "integer", "x-formula": "days(today(), date('2025-01-01'))"}}, "sale"
    )
    shop = authored({"age": rollup("pay.sale", "shop", field="age")}, "shop")
    found = problem(sale, shop)
    assert (found.code, found.pointer) == ("volatile", "/record/properties/age")
    assert found.params["chain"] == ["shop.age", "sale.age"]


def test_a_sum_over_a_function_without_sql_is_refused() -> None:
    sale = authored({"shop": ref("pay.shop"), "amount": MONEY}, "sale")
    shop = authored(
        {"n": rollup("pay.sale", "shop", "count", where="rmb_upper(amount) = '壹元整'")},
        "shop",
    )
    assert "not_queryable" in [code for _, code in codes(sale, shop)]


def test_the_reference_of_a_sum_is_never_computed() -> None:
    payment = authored(
        {
            "contract": ref("pay.contract"),
            "amount": MONEY,
            "project": {"x-lookup": {"via": "contract", "field": "project"}},
        },
        "payment",
    )
    project = authored({"paid": rollup("pay.payment", "project", field="amount")}, "project")
    contract = authored({"project": ref("pay.project")}, "contract")
    assert {code for _, code in codes(payment, project, contract)} & {"derived_via", "not_a_reference"}


def test_five_totals_are_many_and_nine_too_many() -> None:
    def form(count: int) -> Any:
        totals = [{"name": f"t{n}", "key": {"k": "name"}, "values": {"n": "count()"}} for n in range(count)]
        return authored({"name": TEXT}, "f", totals=totals)

    assert places(link_problems(form(5)), "warning") == [("/totals", "limit")]
    assert codes(form(9)) == [("/totals", "limit")]


def test_sums_of_sums_end_after_eight_forms() -> None:
    forms = [authored({"n": MONEY, "up": ref("pay.f1")}, "f0")]
    for level in range(1, 11):
        below = "n"
        fields = {"n": rollup(f"pay.f{level - 1}", "up", field=below), "up": ref(f"pay.f{level + 1}")}
        forms.append(authored(fields, f"f{level}"))
    forms.append(authored({"name": TEXT}, "f11"))
    assert [code for _, code in codes(*forms)] == ["limit"]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=24))
def test_components_are_the_classes_of_mutual_reach_in_order(edges: list[tuple[int, int]]) -> None:
    found = components(range(9), edges)
    reach = {node: {node} for node in range(9)}
    for _ in range(9):
        for source, target in edges:
            for node in range(9):
                if source in reach[node]:
                    reach[node] |= reach[target]
    place = {node: index for index, some in enumerate(found) for node in some}
    assert sorted(node for some in found for node in some) == list(range(9))
    assert all((place[a] == place[b]) == (b in reach[a] and a in reach[b]) for a in range(9) for b in range(9))
    assert all(place[source] <= place[target] for source, target in edges)
