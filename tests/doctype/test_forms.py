"""What a DocType says beside its fields: names, numbers, rights, sections, lists, trees."""

from __future__ import annotations

from typing import Any

import pytest

from dougong.definition.names import is_name
from dougong.doctype.names import form_names, role_name
from tests.doctype.making import doctype, field, form, lost, make

NUMBERS = {
    "ORD-.####": "ORD-{seq:4}",
    "ORD.YYYY.-.MM.-.#####": "ORD{yyyy}-{mm}-{seq:5}",
    "format:E-{YY}{MM}-{kind}-{##}": "E-{yy}{mm}-{kind}-{seq:2}",
    "ORD-.kind.-.###": "ORD-{kind}-{seq:3}",
    "ORD-.WW.###": "ORD-{seq:3}",
    "autoincrement": "{seq}",
    "naming_series:": "A-{yyyy}-{seq:5}",
}


@pytest.mark.parametrize("rule", NUMBERS)
def test_numbers_follow_the_pattern(rule: str) -> None:
    series = [field("naming_series", "Select", options="A-.YYYY.-\nB-.####")] if rule.startswith("naming") else []
    made = make(doctype("Order", *series, field("kind"), autoname=rule))
    found = form(made, "order")["record"]["properties"]
    assert found["name"]["x-number"] == NUMBERS[rule]
    assert "naming_series" not in found


def test_a_second_series_is_told() -> None:
    made = make(doctype("Order", field("naming_series", "Select", options="A-.##\nB-.##", default="B-.##"), field("x")))
    assert form(made, "order")["record"]["properties"]["name"]["x-number"] == "B-{seq:2}"
    assert ("options", "more_series", "first_series") in lost(made)


def test_records_called_by_a_field_or_by_people() -> None:
    by_field = form(make(doctype("Item", field("code"), field("note"), autoname="field:code")), "item")["record"]
    assert by_field["required"] == ["code"] and by_field["properties"]["code"]["x-unique"] is True
    asked = form(make(doctype("Item", field("note"), autoname="Prompt")), "item")["record"]
    assert asked["required"] == ["name"] and asked["properties"]["name"]["x-unique"] is True
    both = form(make(doctype("Item", field("a"), field("b"), autoname="format:{a}-{b}")), "item")
    assert both["unique"] == [{"fields": ["a", "b"]}]
    assert "name" not in form(make(doctype("Item", field("a"), autoname="hash")), "item")["record"]["properties"]


def test_names_of_forms_are_names_whatever_doctypes_are_called() -> None:
    given = [
        "Sales Order",
        "Sales-Order",
        "3D Model",
        "客户",
        "🙂",
        "X",
        "A" * 140,
        "Process Statement Of Accounts Customer",
    ]
    made = form_names(given)
    assert all(is_name(each) for each in made.values()) and len(set(made.values())) == len(given)
    assert form_names(["Task"]) == {"Task": "task"}
    assert form_names(given[-1:]) == {given[-1]: made[given[-1]]}
    assert role_name("Admin") != "admin"


def permission(role: str, *rights: str, **given: Any) -> dict[str, Any]:
    return {"role": role, **dict.fromkeys(rights, 1), **given}


def test_permissions_are_policies() -> None:
    made = make(
        doctype(
            "Order", field("a"), field("secret", permlevel=1), is_submittable=1,
            permissions=[
                permission("Sales User", "read", "write", "create", "submit", "share"),
                permission("Sales Manager", "read", "write", "cancel"),
                permission("Sales Manager", "read", "write", permlevel=1),
                permission("All", "read", if_owner=1), permission("Guest", "read"),
                permission("Auditor", "read", permlevel=1),
            ],
        )
    )  # fmt: skip
    assert form(made, "order")["policies"] == [
        {"roles": ["sales_user"], "actions": ["view", "create", "edit", "submit"], "fields": {"secret": "hidden"}},
        {"roles": ["sales_manager"], "actions": ["view", "edit", "void"]},
        {"roles": ["*"], "actions": ["view"], "rows": "own", "fields": {"secret": "hidden"}},
    ]
    roles = made.files["module.json"]["roles"]
    assert roles == [{"name": "sales_manager", "title": "Sales Manager"}, {"name": "sales_user", "title": "Sales User"}]
    told = [each for each in lost(made) if each[0] == "permissions"]
    assert [why for _, why, _ in told] == ["guest", "rights", "permlevel"]


def test_where_nobody_may_submit_only_admins_do() -> None:
    made = make(doctype("Order", field("a"), is_submittable=1, permissions=[permission("Clerk", "read", "create")]))
    assert form(made, "order")["policies"][-1] == {"roles": ["admin"], "actions": ["submit"]}


def test_a_reader_of_a_level_does_not_write_it() -> None:
    made = make(
        doctype("Order", field("a"), field("b", permlevel=2), field("lines", "Table", options="Line"),
                permissions=[permission("Clerk", "read", "write"), permission("Clerk", "read", permlevel=2)]),
        doctype("Line", field("price", permlevel=2), istable=1),
    )  # fmt: skip
    assert form(made, "order")["policies"][0]["fields"] == {"b": "read", "lines.price": "read"}


def test_a_level_of_a_reader_never_becomes_more_than_reading() -> None:
    made = make(
        doctype("Order", field("a"), field("b", permlevel=1),
                permissions=[permission("Clerk", "read"), permission("Clerk", "read", "write", permlevel=1)])
    )  # fmt: skip
    assert "fields" not in form(made, "order")["policies"][0]


def test_columns_run_in_lines_and_breaks_are_sections_and_tabs() -> None:
    made = make(
        doctype(
            "Order", field("a"), field("b"), field("c1", "Column Break"), field("c"), field("s", "Section Break", label=""),
            field("text", "Text Editor"), field("t", "Tab Break", label="More"),
            field("u", "Section Break", label="Rest", depends_on="eval:doc.a == 'x'"), field("d"),
            field("v", "Section Break", label="Empty"), field("w", "Tab Break", label="Nothing"),
        )
    )  # fmt: skip
    assert form(made, "order")["layout"] == [
        {"section": "Order", "columns": 2, "fields": ["a", "c", "b", {"field": "text", "span": 2, "break": True}]},
        {"tab": "More", "columns": 1, "fields": []},
        {"section": "Rest", "columns": 1, "fields": ["d"], "when": 'a = "x"'},
    ]


def test_a_name_that_people_give_stands_first() -> None:
    made = make(doctype("Item", field("a"), field("b"), autoname="Prompt"))
    assert form(made, "item")["layout"] == [
        {"section": "Item", "columns": 1, "fields": ["name", {"field": "a", "break": True}, "b"]}
    ]
    made = make(doctype("Item", field("s", "Section Break", label="S"), field("a"), autoname="Prompt"))
    assert [each["section"] for each in form(made, "item")["layout"]] == ["Item", "S"]


def test_a_hidden_section_hides_its_fields() -> None:
    made = make(doctype("Order", field("a"), field("s", "Section Break", label="S", hidden=1), field("b", reqd=1)))
    assert form(made, "order")["record"]["properties"]["b"]["x-widget"] == "hidden"
    assert ("reqd", "program", "optional") in lost(made, "b")


def test_lists_show_what_lists_showed() -> None:
    made = make(
        doctype("Order", field("a"), field("b", in_list_view=1), field("c"), field("pic", "Attach", in_list_view=1),
                title_field="c", search_fields="a, x", sort_field="modified desc, b", sort_order="ASC", is_submittable=1)
    )  # fmt: skip
    (view,) = form(made, "order")["views"]
    assert view["columns"] == ["c", "b", "a", "$state"] and view["sort"] == ["-$updated_at", "b"]


def test_the_title_field_names_records_where_it_can() -> None:
    named = make(doctype("Order", field("a"), field("c"), title_field="c"))
    assert next(iter(form(named, "order")["record"]["properties"])) == "c" and "title_field" not in str(lost(named))
    other = make(doctype("Order", field("a", reqd=1), field("c"), title_field="c"))
    assert ("title_field", "title", "first_field") in lost(other)


def test_trees_documents_and_settings() -> None:
    tree = doctype("Group", field("title", reqd=1), field("parent_group", "Link", options="Group"), field("lft", "Int"),
                   is_tree=1, nsm_parent_field="parent_group")  # fmt: skip
    made = make(tree, doctype("Order", field("a"), is_submittable=1), doctype("Setup", field("a", "Check"), issingle=1))
    group = form(made, "group")
    assert group["record"]["properties"]["parent_group"]["x-ref-tree"] is True
    assert [each["name"] for each in group["views"]] == ["all", "tree"] and "lft" not in group["record"]["properties"]
    assert (form(made, "order")["kind"], form(made, "setup")["kind"]) == ("document", "settings")


def test_what_is_virtual_is_left_out() -> None:
    made = make(doctype("Order", field("a"), field("b", is_virtual=1)), doctype("Shadow", field("a"), is_virtual=1))
    assert "forms/shadow.json" not in made.files
    assert lost(made, "b") == [("is_virtual", "virtual", "left_out")]
