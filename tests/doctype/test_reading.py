"""What is no DocType, or cannot be one, is refused with its place."""

from __future__ import annotations

import json
from typing import Any

from tests.doctype.making import doctype, field, form, make, refused


def said(value: Any) -> str:
    return json.dumps(value)


def test_files_that_are_no_doctypes() -> None:
    assert refused("{") == [("not_json", "")]
    assert refused("[1]") == [("not_a_doctype", "/0")]
    assert refused(said({"title": "a schema"})) == [("not_a_doctype", "")]
    assert refused(said({"doctype": "DocType", "fields": []})) == [("missing", "/name")]
    assert refused(said({"doctype": "DocType", "name": "A", "fields": {}})) == [("wrong_kind", "/fields")]
    assert refused(said({"doctype": "DocType", "name": "A", "fields": [], "permissions": [1]})) == [
        ("wrong_kind", "/permissions")
    ]
    assert refused('{"doctype": "DocType", "name": "A", "name": "B"}') == [("duplicate_key", "/name")]
    assert refused("[" * 100 + "]" * 100) == [("too_deep", "")]


def test_fields_need_names_that_are_names_once() -> None:
    order = doctype("Order", field("a"), field("a"), field("no good"), field("1st/2"), field("docstatus"),
                    {"fieldtype": "Data"}, {"fieldname": "x"})  # fmt: skip
    assert refused(said(order)) == [
        ("duplicate_name", "/fields/1/fieldname"), ("bad_name", "/fields/2/fieldname"), ("bad_name", "/fields/3/fieldname"),
        ("reserved_name", "/fields/4/fieldname"), ("missing", "/fields/5"), ("missing", "/fields/6"),
    ]  # fmt: skip


def test_a_field_without_a_name_is_called_by_its_label() -> None:
    made = make(doctype("Order", {"fieldtype": "Data", "label": "Due Date"}))
    assert list(form(made, "order")["record"]["properties"]) == ["due_date"]


def test_names_that_are_words_of_formulas_can_be_asked_for() -> None:
    made = make(
        doctype(
            "Order",
            field("not", "Check"),
            field("客户"),
            field("2nd"),
            field("x", depends_on="eval:doc.not && doc.客户 && doc['2nd']"),
        )
    )
    assert (
        form(made, "order")["record"]["properties"]["x"]["x-visible"]
        == "`not` and not isblank(客户) and not isblank(`2nd`)"
    )


def test_doctypes_that_do_not_go_together() -> None:
    a = doctype("A", field("b", "Table", options="B"), istable=1)
    b = doctype("B", field("a", "Table", options="A"), istable=1)
    order = doctype("Order", field("x"))
    assert refused(said(a), said(b), said(order)) == [("child_cycle", "/fields"), ("child_cycle", "/fields")]
    assert refused(said(order), said(order)) == [("duplicate_name", "/name")]
    assert refused(said(doctype("Line", field("x"), istable=1))) == [("no_doctype", "")]


def test_a_list_of_doctypes_is_read_as_one_file() -> None:
    problems: list[Any] = []
    from dougong.doctype.reading import read_doctypes

    text = said([doctype("A", field("x")), doctype("B", field("x"))]).encode()
    assert [each.name for each in read_doctypes(text, "x.json", problems)] == ["A", "B"] and problems == []


def test_fields_stand_in_the_order_that_is_written() -> None:
    made = make(doctype("Order", field("b"), field("a"), field_order=["a", "b"]))
    assert list(form(made, "order")["record"]["properties"]) == ["a", "b"]


def test_five_hundred_fields_are_taken_and_too_many_refused() -> None:
    wide = doctype("Order", *(field(f"f{n}", depends_on=f"eval:doc.f{n - 1} == 'x'" if n else "") for n in range(500)))
    assert len(form(make(wide), "order")["record"]["properties"]) == 500
    assert refused(said(doctype("Order", *(field(f"f{n}") for n in range(1001))))) == [("too_many_fields", "/fields")]
