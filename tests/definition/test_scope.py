"""What a name in a formula means."""

from __future__ import annotations

import pytest

from dougong.definition.definitions import Definitions
from dougong.formula.types import Kind
from tests.definition.making import MONEY, TEXT, authored, linked, rows

REF = {"type": "string", "x-ref": "pay.contract"}


@pytest.fixture(scope="module")
def tenant() -> Definitions:
    member = {"type": "string", "x-type": "member"}
    group = {**rows(user=member, role=TEXT), "x-members": {"user": "user"}}
    address = {"type": "object", "properties": {"city": TEXT, "project": {"type": "string", "x-ref": "pay.project"}}}
    return linked(
        authored({"name": TEXT, "parent": {"type": "string", "x-ref": "pay.project"}, "members": group}, "project"),
        authored(
            {
                "title": TEXT,
                "rest": MONEY,
                "a.b": TEXT,
                "project": {"type": "string", "x-ref": "pay.project"},
                "terms": rows(share=MONEY),
            },
            "contract",
        ),
        authored(
            {
                "contract": REF,
                "address": address,
                "day": {"type": "string", "format": "date"},
                "amount": MONEY,
                "lines": rows(amount=MONEY, worker=TEXT, contract=REF),
            }
        ),
    )


def means(tenant: Definitions, text: str, sub: str | None = None, holder: tuple[str, str | None] | None = None) -> str:
    found = tenant.scope("pay.ask", sub, holder).resolve(tuple(text.split("/")))
    return "unknown" if found is None else f"{found.anchor} {'/'.join(found.path)} {found.type}"


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        ("amount", "self amount number"),
        ("address/city", "self address.city text"),
        ("address.city", "self address.city text"),
        ("contract", "self contract record"),
        ("contract/rest", "self contract/rest number"),
        ("contract/a.b", "self contract/a.b text"),
        ("contract/project/parent/name", "self contract/project/parent/name text"),
        ("contract/project/parent/parent/name", "unknown"),
        ("address/project/name", "self address.project/name text"),
        ("$state", "self $state text"),
        ("contract/$state", "self contract/$state text"),
        ("$id", "self $id record"),
        ("record/amount", "self amount number"),
        ("parent/amount", "unknown"),
        ("nothing", "unknown"),
        ("contract/nothing", "unknown"),
        ("amount/rest", "unknown"),
        ("$owner/name", "unknown"),
        ("lines/amount", "unknown"),
    ],
)
def test_names_of_a_record(tenant: Definitions, path: str, meaning: str):
    assert means(tenant, path) == meaning


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        ("amount", "self amount number"),
        ("worker", "self worker text"),
        ("day", "parent day date"),
        ("parent/amount", "parent amount number"),
        ("record/amount", "parent amount number"),
        ("parent/worker", "unknown"),
        ("$state", "parent $state text"),
        ("contract/rest", "self contract/rest number"),
        ("parent/contract/rest", "parent contract/rest number"),
    ],
)
def test_names_of_a_row_are_the_rows_then_the_records(tenant: Definitions, path: str, meaning: str):
    assert means(tenant, path, "lines") == meaning


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        ("title", "self title text"),
        ("record/worker", "holder worker text"),
        ("record/day", "holder day date"),
        ("parent/day", "holder day date"),
        ("record/contract/rest", "holder contract/rest number"),
        ("parent/$state", "holder $state text"),
        ("parent/amount", "unknown"),
        ("worker", "unknown"),
    ],
)
def test_names_of_a_row_looked_up_from_a_row(tenant: Definitions, path: str, meaning: str):
    found = tenant.scope("pay.contract", None, ("pay.ask", "lines")).resolve(tuple(path.split("/")))
    assert ("unknown" if found is None else f"{found.anchor} {'/'.join(found.path)} {found.type}") == meaning


def test_a_field_called_parent_is_a_field_where_there_is_no_row(tenant: Definitions):
    found = tenant.scope("pay.project").resolve(("parent", "name"))
    assert found is not None
    assert found.path == ("parent", "name")


def test_rows_of_ones_own_and_of_others(tenant: Definitions):
    record, row = tenant.scope("pay.ask"), tenant.scope("pay.ask", "lines")
    own = record.rows(("lines",))
    assert own is not None
    assert (own[0].anchor, own[0].path) == ("self", ("lines",))
    above = row.rows(("lines",))
    assert above is not None
    assert above[0].anchor == "parent"
    others = row.rows(("contract", "terms"))
    assert others is not None
    assert (others[0].anchor, others[0].path) == ("self", ("contract", "terms"))
    assert record.rows(("amount",)) is None


def test_inside_an_aggregate_the_rows_names_come_first(tenant: Definitions):
    found = tenant.scope("pay.ask").rows(("contract", "terms"))
    assert found is not None
    inside = found[1]
    share, day = inside.resolve(("share",)), inside.resolve(("record", "day"))
    assert share is not None and day is not None
    assert (share.anchor, share.path) == ("self", ("share",))
    assert (day.anchor, day.path) == ("parent", ("day",))


def test_groups_are_references_to_forms_with_members(tenant: Definitions):
    scope = tenant.scope("pay.ask")
    assert scope.group(("contract", "project"))
    assert not scope.group(("contract",))
    assert tenant.scope("pay.project").group(("$id",))


def test_fields_by_path(tenant: Definitions):
    found = tenant.field("pay.ask", ("contract", "project", "name"))
    assert found is not None
    assert found.name == "name"
    assert tenant.field("pay.ask", ("contract", "none")) is None


def test_who_points_at_a_form(tenant: Definitions):
    found = [(form.name, field.name, sub and sub.name) for form, field, sub in tenant.pointing_at("pay.contract")]
    assert found == [("ask", "contract", None), ("ask", "contract", "lines")]


def test_formulas_are_checked_once_and_know_their_kind(tenant: Definitions):
    first = tenant.checked("contract.rest - amount", "pay.ask")
    assert first is tenant.checked("contract.rest - amount", "pay.ask")
    assert first.type.kind is Kind.NUMBER
    assert tenant.checked("sum(lines.amount, worker = 'a')", "pay.ask").type.kind is Kind.NUMBER
