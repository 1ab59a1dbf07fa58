"""A condition becomes the formula that holds for the same records; blanks count as they do in Frappe."""

from __future__ import annotations

import pytest

from dougong.doctype.conditions import condition
from dougong.doctype.expressions import Unreadable
from dougong.doctype.module import World, form_names
from dougong.doctype.values import Scene
from tests.doctype.making import doctype, field, form, lost, make, read

CUSTOMER = doctype("Customer", field("title"), autoname="hash")
GROUP = doctype("Group", field("code"), autoname="field:code")
ROW = doctype("Order Line", field("amount", "Currency"), field("kind"), istable=1)
ORDER = doctype(
    "Order", field("status", "Select", options="Open\nDone"), field("note"), field("urgent", "Check"),
    field("paid", "Check"), field("total", "Currency"), field("rate", "Percent"), field("due", "Date"),
    field("sent", "Date"), field("customer", "Link", options="Customer"), field("partner", "Link", options="Customer"),
    field("group", "Link", options="Group"), field("user", "Link", options="User"),
    field("lines", "Table", options="Order Line"), field("file", "Attach"), is_submittable=1, autoname="ORD-.####",
)  # fmt: skip

SAID = {
    "urgent": "urgent",
    "eval:doc.urgent": "urgent",
    "eval:!doc.urgent": "not nz(urgent, false)",
    "eval:doc.urgent == 1": "urgent",
    "eval:doc.urgent === 0": "not nz(urgent, false)",
    "eval:doc.urgent == true && doc.note": "urgent and not isblank(note)",
    "eval:cint(doc.urgent)": "urgent",
    "eval:doc.urgent == doc.paid": "nz(urgent, false) = nz(paid, false)",
    "status": "not isblank(status)",
    "eval:doc.status == 'Open'": 'status = "Open"',
    "eval:'Open' === doc.status": 'status = "Open"',
    "eval:doc.status != 'Open'": 'status <> "Open" or isblank(status)',
    "eval:!(doc.status == 'Open' || doc.urgent)": '(status <> "Open" or isblank(status)) and not nz(urgent, false)',
    "eval:doc.status == ''": "isblank(status)",
    "eval:doc.status != null": "not isblank(status)",
    "eval:in_list(['Open', 'Done'], doc.status)": 'status in ("Open", "Done")',
    "eval:!['Open', 'Done'].includes(doc.status)": 'status not in ("Open", "Done") or isblank(status)',
    "eval:['Open', ''].includes(doc.status)": 'status = "Open" or isblank(status)',
    "eval:['Open', 'Done'].indexOf(doc.status) !== -1": 'status in ("Open", "Done")',
    "eval:['Open', 'Done'].indexOf(doc.status) < 0": 'status not in ("Open", "Done") or isblank(status)',
    "eval:doc.note.startsWith('x')": 'startswith(note, "x")',
    "eval:!doc.note.includes('x')": 'not nz(contains(note, "x"), false)',
    "eval:doc.total": "nz(total, 0) <> 0",
    "eval:doc.total > 100": "nz(total, 0) > 100",
    "eval:100 > doc.total": "nz(total, 0) < 100",
    "eval:!(doc.total > 100)": "nz(total, 0) <= 100",
    "eval:doc.total - 1 >= doc.rate": "nz(total, 0) - 1 >= nz(rate, 0) * 100",
    "eval:doc.rate == 50": "nz(rate, 0) * 100 = 50",
    "eval:flt(doc.total) == 0": "nz(total, 0) = 0",
    "eval:doc.due < doc.sent": "nz(due < sent, false)",
    "eval:doc.due > frappe.datetime.get_today()": "nz(due > today(), false)",
    "eval:doc.customer": "not isblank(customer)",
    "eval:doc.customer != doc.partner": "not nz(customer = partner, isblank(customer) and isblank(partner))",
    "eval:doc.lines.length": "count(lines) <> 0",
    "eval:(doc.lines || []).length > 1": "count(lines) > 1",
    "eval:doc.group == 'A'": 'group.code = "A"',
    "eval:!in_list(['A', 'B'], doc.group)": (
        '(group.code <> "A" or isblank(group.code)) and (group.code <> "B" or isblank(group.code))'
    ),
    "eval:doc.file": "not isblank(file)",
    "eval:doc.docstatus == 1": '$state in ("approved", "closed")',
    "eval:doc.docstatus < 1": '$state in ("draft", "in_approval", "rejected", "withdrawn")',
    "eval:!doc.docstatus": '$state in ("draft", "in_approval", "rejected", "withdrawn")',
    "eval:doc.doctype == 'Order' && doc.urgent": "urgent",
    "eval:doc.urgent ? doc.note : doc.total": "urgent and not isblank(note) or not nz(urgent, false) and nz(total, 0) <> 0",
    "eval: doc.name": "not isblank(name)",
    "eval:!doc.__islocal && doc.urgent": "urgent",
}
REFUSED = {
    "eval:doc.customer == 'ACME'": "record_name",
    "eval:doc.user == 'a@b.c'": "record_name",
    "eval:frappe.boot.developer_mode": "environment",
    "eval:cur_frm.is_new2()": "environment",
    "eval:doc.missing": "name",
    "eval:parent.status": "name",
    "eval:doc.customer.title": "name",
    "eval:doc.note.match('x')": "function",
    "fn:something": "function",
    "eval:doc.lines.some(row => row.amount)": "syntax",
    "eval:doc.status > 'a'": "kinds",
    "eval:doc.urgent == 'yes'": "kinds",
    "eval:doc.total == 'many'": "kinds",
    "eval:doc.lines == doc.file": "kinds",
    "eval:doc.urgent + 1": "kinds",
    "eval:": "nothing",
}


def scene() -> Scene:
    found = {each.name: each for each in read(CUSTOMER, GROUP, ROW, ORDER)}
    names = {doc: f"shop.{name}" for doc, name in form_names(["Customer", "Group", "Order"]).items()}
    return Scene(World("shop", found, names), found["Order"], number=("name", "text"))


@pytest.mark.parametrize("text", SAID)
def test_a_condition_is_said_as_a_formula(text: str) -> None:
    assert condition(text, scene()).text == SAID[text]


def test_every_formula_that_is_said_passes_the_checker() -> None:
    fields = [field(f"shown_{number}", depends_on=text) for number, text in enumerate(SAID)]
    made = make(CUSTOMER, GROUP, ROW, {**ORDER, "fields": [*ORDER["fields"], *fields]})
    shown = form(made, "order")["record"]["properties"]
    assert [shown[f"shown_{number}"].get("x-visible") for number in range(len(SAID))] == list(SAID.values())


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_said_exactly_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        condition(text, scene())
    assert refusal.value.reason == REFUSED[text]


def test_a_refused_condition_leaves_the_field_open_and_is_told() -> None:
    bad = "eval:frappe.user == 'x'"
    hidden = field("a", depends_on=bad, mandatory_depends_on=bad, read_only_depends_on=bad)
    made = make(doctype("Order", hidden, field("cut", "Section Break", depends_on=bad), field("b")))
    assert form(made, "order")["record"]["properties"]["a"].keys() == {"type", "maxLength", "title"}
    told = [("depends_on", "shown"), ("mandatory_depends_on", "optional"), ("read_only_depends_on", "open")]
    assert lost(made, "a") == [(what, "environment", done) for what, done in told]
    assert lost(made, "cut") == [("depends_on", "environment", "shown")]


def test_rows_ask_themselves_and_their_record() -> None:
    row = doctype("Line", field("kind"), field("text", depends_on="eval:parent.open && doc.kind == 'x'"), istable=1)
    made = make(row, doctype("Order", field("open", "Check"), field("lines", "Table", options="Line")))
    columns = form(made, "order")["record"]["properties"]["lines"]["items"]["properties"]
    assert columns["text"]["x-visible"] == 'parent.open and kind = "x"'


def test_a_condition_that_is_always_the_same_is_said_as_it_is() -> None:
    fields = [field(name, depends_on=text) for name, text in
              (("a", "eval:doc.__islocal"), ("b", "eval:doc.doctype == 'x'"), ("c", "eval:doc.doctype != 'x'"))]  # fmt: skip
    made = make(doctype("Order", field("note"), *fields))
    found = form(made, "order")["record"]["properties"]
    assert [found[each].get("x-visible") for each in "abc"] == [None, False, None]
    assert lost(made, "a") == [("depends_on", "saved_only", "shown")]
    assert lost(made, "b") == lost(made, "c") == []


def test_a_field_that_asks_for_itself_is_always_shown() -> None:
    made = make(doctype("Order", field("a", depends_on="a"), field("b", depends_on="eval:doc.a && doc.b")))
    found = form(made, "order")["record"]["properties"]
    assert "x-visible" not in found["a"] and "x-visible" not in found["b"]
    assert lost(made, "b") == [("depends_on", "own_value", "shown")]
