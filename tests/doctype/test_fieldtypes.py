"""Every field type of Frappe becomes what the mapping says; the page of the docs says the same."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dougong.assets import ROOT
from dougong.doctype.fieldtypes import DATA_OPTIONS, FIELDTYPES
from dougong.doctype.known_keys import DOCTYPE_USED, USED
from dougong.doctype.losses import DONE, WHY
from dougong.fields.registry import field_types
from dougong.pages import losses as sentences
from tests.doctype.making import doctype, field, form, lost, make, properties

DOC = (ROOT / "docs" / "from-doctype.md").read_text("utf-8")
ROWS = re.findall(
    r"^\| `([^`|]+)` \| (?:`(\w+)`)? ?\|", DOC.partition("<!-- mapping -->")[2].partition("## Prop")[0], re.M
)
NEEDED = {
    "Select": {"options": "a\nb"}, "Link": {"options": "Customer"}, "Table": {"options": "Line"},
    "Table MultiSelect": {"options": "Customer Link"},
}  # fmt: skip
COMPANY = (
    doctype("Customer", field("title", reqd=1)),
    doctype("Customer Link", field("customer", "Link", options="Customer"), istable=1),
    doctype("Line", field("what"), istable=1),
)


@pytest.mark.parametrize("kind", FIELDTYPES)
def test_each_field_type_becomes_a_field_of_ours_that_loads(kind: str) -> None:
    made = make(*COMPANY, doctype("Order", field("note"), field("x", kind, **NEEDED.get(kind, {}))))
    found = form(made, "order")["record"]["properties"].get("x")
    expected = FIELDTYPES[kind].type
    assert (found is None) == (expected == "")
    if found is not None:
        assert _loaded(made.files, "order", "x") == expected
    assert [each.why for each in made.losses if each.field == "x" and each.why != "program"] == _told(kind)


def _told(kind: str) -> list[str]:
    why = FIELDTYPES[kind].why
    return [] if kind in ("Section Break", "Column Break", "Tab Break", "Heading", "Fold") or not why else [why]


def _loaded(files: Any, name: str, of: str) -> str:
    from dougong.definition.load import load_module

    module, _ = load_module(files, field_types(), name="shop")
    assert module is not None
    found = next(each for each in module.forms if each.name == name).find(of)
    assert found is not None
    return found.type


def test_the_page_names_every_field_type_and_what_it_becomes() -> None:
    assert dict(ROWS) == {kind: each.type for kind, each in FIELDTYPES.items()}


def test_the_page_names_the_kinds_of_lines() -> None:
    assert {each for each in DATA_OPTIONS if f"`{each}`" not in DOC} == {"Name", "IBAN"}


def test_the_page_names_every_property_that_is_translated() -> None:
    aside = {"fieldname", "fieldtype", "label", "options", "fetch_if_empty", "is_virtual", "set_only_once", "not_nullable",
             "naming_rule", "nsm_parent_field"}  # fmt: skip
    assert {each for each in USED | DOCTYPE_USED if f"`{each}`" not in DOC and f"`{each}:" not in DOC} <= aside


def test_every_loss_has_its_sentences() -> None:
    assert set(sentences.WHY) == set(WHY)
    assert set(sentences.DONE) == set(DONE)


def test_lines_know_mails_phones_and_addresses_of_the_web() -> None:
    made = properties(*(field(each.lower(), options=each) for each in ("Email", "Phone", "URL", "Barcode", "IBAN")))
    assert [each.get("x-type") for each in made.values()] == ["email", "phone", "url", "barcode", None]


def test_choices_are_those_of_the_options() -> None:
    made = properties(
        field("a", "Select", options="\nOpen\nDone\nOpen"), field("b", "Select", options="Open\nDone"),
        field("c", "Select", options="Open\nDone", default="Done"), field("d", "Select"),
    )  # fmt: skip
    assert made["a"]["enum"] == ["Open", "Done"] and "default" not in made["a"]
    assert (made["b"]["default"], made["c"]["default"]) == ("Open", "Done")
    assert "enum" not in made["d"]


def test_figures_keep_their_places_and_shares_become_fractions() -> None:
    made = properties(
        field("a", "Float", precision="3"), field("b", "Currency", precision="4", options="currency"),
        field("c", "Currency", precision="2"), field("d", "Percent", default="100"),
        field("e", "Int", non_negative=1, default="7"), field("f", "Float", precision="12"),
    )  # fmt: skip
    assert (made["a"]["x-scale"], made["b"]["x-scale"], made["f"]["x-scale"]) == (3, 4, 10)
    assert made["c"]["x-type"] == "money" and "x-type" not in made["b"]
    assert (made["d"]["default"], made["e"]["default"], made["e"]["minimum"]) == (1, 7, 0)


def test_defaults_are_values_or_formulas() -> None:
    made = properties(
        field("a", "Date", default="Today"), field("b", "Datetime", default="now"), field("c", "Time", default="Now"),
        field("d", "Link", options="User", default="__user"), field("e", "Check", default="1"),
        field("f", default="x"), field("g", "Date", default="2020-01-31"), field("h", default="{f} of {a}"),
    )  # fmt: skip
    assert [made[each].get("x-default") for each in "abcd"] == ["today()", "now()", "timeof(now())", "me()"]
    assert [made[each].get("default") for each in "efg"] == [True, "x", "2020-01-31"]
    assert made["h"]["x-default"] == 'f & " of " & a'


def test_a_default_nobody_can_say_is_told() -> None:
    made = make(
        doctype("Order", field("a", default=":Company"), field("b", "Date", default="soon"), field("c", default="{no}"))
    )
    assert [each for each in lost(made) if each[0] == "default"] == [("default", "default", "no_default")] * 3


def test_links_lead_to_forms_of_the_import_and_to_members() -> None:
    made = make(
        doctype("Customer", field("title")), doctype("Line", field("x"), istable=1),
        doctype("Order", field("customer", "Link", options="Customer"), field("order", "Link", options="Order"),
                field("user", "Link", options="User"), field("place", "Link", options="Territory"),
                field("kind", "Link", options="Line"), field("team", "Link", options="Department")),
    )  # fmt: skip
    found = form(made, "order")["record"]["properties"]
    assert (found["customer"]["x-ref"], found["order"]["x-ref"]) == ("shop.customer", "shop.order")
    assert (found["user"]["x-type"], found["team"]["x-type"]) == ("member", "department")
    assert lost(made, "place") == [("options", "not_imported", "as_text")]
    assert lost(made, "kind") == [("options", "single", "as_text")]


def test_tables_need_their_child_table() -> None:
    inner = doctype("Inner", field("x"), istable=1)
    row = doctype("Line", field("x", reqd=1), field("deeper", "Table", options="Inner"), istable=1)
    made = make(inner, row, doctype("Order", field("note"), field("lines", "Table", options="Line", reqd=1),
                                    field("gone", "Table", options="Nowhere")))  # fmt: skip
    found = form(made, "order")["record"]
    assert found["required"] == ["lines"] and found["properties"]["lines"]["minItems"] == 1
    assert found["properties"]["lines"]["items"]["required"] == ["x"]
    assert lost(made, "gone") == [("options", "child_missing", "left_out")]
    assert lost(made, "deeper") == [("options", "nested_table", "left_out")]


def test_several_of_something_are_references_rows_or_tags() -> None:
    made = make(
        *COMPANY,
        doctype("Order", field("a", "Table MultiSelect", options="Customer Link"),
                field("b", "Table MultiSelect", options="Line"), field("c", "Table MultiSelect", options="Nowhere")),
    )  # fmt: skip
    found = form(made, "order")["record"]["properties"]
    assert found["a"]["x-ref"] == "shop.customer" and found["a"]["type"] == "array"
    assert "properties" in found["b"]["items"] and found["c"]["items"] == {"type": "string"}


def test_an_unknown_type_keeps_its_values_as_text() -> None:
    made = make(doctype("Order", field("a", "Hologram")))
    assert form(made, "order")["record"]["properties"]["a"]["x-type"] == "long_text"
    assert lost(made, "a") == [("fieldtype", "fieldtype", "as_long_text")]


def test_fetched_values_are_looked_up_or_begun_with() -> None:
    made = make(
        doctype("Customer", field("title"), field("limit", "Currency")),
        doctype("Order", field("customer", "Link", options="Customer"),
                field("a", fetch_from="customer.title", read_only=1), field("b", fetch_from="customer.title"),
                field("c", "Currency", fetch_from="customer.title"), field("d", fetch_from="customer.nothing"),
                field("e", "Currency", fetch_from="customer.limit", read_only=1), is_submittable=1),
    )  # fmt: skip
    found = form(made, "order")["record"]["properties"]
    assert found["a"]["x-lookup"] == {"via": "customer", "field": "title", "freeze": "submit"}
    assert found["b"]["x-default"] == "customer.title"
    assert found["e"]["x-lookup"]["field"] == "limit"
    assert [lost(made, each) for each in "cd"] == [[("fetch_from", "fetch", "typed_in")]] * 2


def test_lookups_that_follow_each_other_in_a_circle_are_taken_out() -> None:
    made = make(
        doctype("A", field("b", "Link", options="B"), field("x", fetch_from="b.x", read_only=1)),
        doctype("B", field("a", "Link", options="A"), field("x", fetch_from="a.x", read_only=1)),
    )
    assert ("fetch_from", "refused", "typed_in") in lost(made)


def test_filters_of_links_are_formulas_or_told() -> None:
    rules = '[["Customer","closed","=",0],["Customer","kind","in",["a","b"]]]'
    made = make(
        doctype("Customer", field("closed", "Check"), field("kind")),
        doctype("Order", field("a", "Link", options="Customer", link_filters=rules),
                field("b", "Link", options="Customer", link_filters='[["Customer","kind","like","%x"]]')),
    )  # fmt: skip
    found = form(made, "order")["record"]["properties"]
    assert found["a"]["x-ref-where"] == 'not nz(closed, false) and kind in ("a", "b")'
    assert lost(made, "b") == [("link_filters", "filters", "all_rows")]


def test_what_only_programs_filled_is_closed_and_not_required() -> None:
    made = make(doctype("Order", field("a"), field("b", reqd=1, read_only=1), field("c", reqd=1, hidden=1)))
    found = form(made, "order")["record"]
    assert found["properties"]["b"]["x-readonly"] is True and "required" not in found
    assert found["properties"]["c"]["x-widget"] == "hidden"


def test_a_property_nobody_knows_is_told() -> None:
    made = make(doctype("Order", field("a", sparkle=1, bold=1), glitter="much"))
    assert ("sparkle", "property", "left_out") in lost(made, "a")
    assert ("glitter", "settings", "left_out") in lost(made, "")
    assert ("appearance", "appearance", "left_out") in lost(made, "")
