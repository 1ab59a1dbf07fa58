"""From files to a published module, and from one version of a DocType to the next, on both databases."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dougong.actions.check_module import check_path
from dougong.actions.create_record import create_record
from dougong.actions.import_doctypes import import_doctypes, write_report
from dougong.actions.installation import Installation
from dougong.actions.publish_module import plan_module, publish_module
from dougong.actions.read_record import read_record
from dougong.cli.main import main
from dougong.kernel.actor import operator
from dougong.kernel.errors import Conflict, DefinitionError, Invalid, Malformed, NotFound
from tests.doctype.making import doctype, field

LINE = doctype("Order Line", field("item", reqd=1), field("price", "Currency"), istable=1)
ORDER = doctype(
    "Order", field("customer", "Link", options="Customer", reqd=1), field("note", "Small Text"), field("gone"),
    field("urgent", "Check"), field("why", depends_on="urgent", mandatory_depends_on="urgent"),
    field("lines", "Table", options="Order Line"), autoname="ORD-.####",
)  # fmt: skip
CUSTOMER = doctype("Customer", field("title", reqd=1), autoname="field:title")


def lay(folder: Path, *given: dict[str, Any]) -> Path:
    for each in given:
        home = folder / "shop" / "doctype" / each["name"].lower().replace(" ", "_")
        home.mkdir(parents=True, exist_ok=True)
        (home / f"{home.name}.json").write_text(json.dumps(each), encoding="utf-8")
    return folder


def taken_in(source: Path, out: Path) -> None:
    made = import_doctypes([source], out)
    write_report(out, {"files": list(made.files)}, "")
    assert [each for each in check_path(out) if each.level == "error"] == []


def published(inst: Installation, tenant: str, out: Path, **given: Any) -> None:
    publish_module(inst, operator(tenant), out, **given)
    assert plan_module(inst, operator(tenant), out).empty


def test_doctypes_become_forms_that_are_filled_in(installation: Installation, tenant: str, tmp_path: Path) -> None:
    taken_in(lay(tmp_path / "app", LINE, ORDER, CUSTOMER), tmp_path / "shop")
    published(installation, tenant, tmp_path / "shop")
    boss = operator(tenant)
    create_record(installation, boss, "shop.customer", {"title": "ACME"})
    made = create_record(
        installation, boss, "shop.order", {"customer": {"$key": "ACME"}, "lines": [{"item": "nail", "price": 3}]}
    )
    assert (made["record"] or {})["values"]["name"] == "ORD-0001"


def test_a_document_fetches_what_it_fetched_and_is_numbered_when_it_is_submitted(
    installation: Installation, tenant: str, tmp_path: Path
) -> None:
    item = doctype("Item", field("code"), field("price", "Currency"), field("off", "Percent"), autoname="field:code")
    row = doctype(
        "Bill Line", field("item", "Link", options="Item", reqd=1), field("price", "Currency", fetch_from="item.price"),
        field("code", fetch_from="item.code", read_only=1), field("why", depends_on="eval:doc.price > 100"), istable=1,
    )  # fmt: skip
    bill = doctype(
        "Bill", field("naming_series", "Select", options="BILL-.YYYY.-"), field("day", "Date", default="Today"),
        field("lines", "Table", options="Bill Line", reqd=1), field("paid", "Check", allow_on_submit=1),
        field("closed_on", "Date", depends_on="eval:doc.docstatus == 1"), is_submittable=1,
    )  # fmt: skip
    taken_in(lay(tmp_path / "app", item, row, bill), tmp_path / "shop")
    published(installation, tenant, tmp_path / "shop")
    boss = operator(tenant)
    create_record(installation, boss, "shop.item", {"code": "nail", "price": 3, "off": Decimal("0.05")})
    values = {"lines": [{"item": {"$key": "nail"}}]}
    made = create_record(installation, boss, "shop.bill", values, submit=True)["record"] or {}
    assert (made["state"], made["number"]) == ("approved", "BILL-2026-00001")
    (line,) = made["values"]["lines"]
    assert (line["price"], line["code"], line["why"]) == (3, "nail", None)
    with pytest.raises(Invalid) as refusal:
        create_record(installation, boss, "shop.bill", {"lines": [{"item": {"$key": "nail"}, "why": "much"}]})
    assert [each.code for each in refusal.value.problems] == ["not_applicable"]


def test_the_next_version_keeps_what_stays_and_loses_only_what_is_allowed(
    installation: Installation, tenant: str, tmp_path: Path
) -> None:
    source, out, boss = tmp_path / "app", tmp_path / "shop", operator(tenant)
    taken_in(lay(source, LINE, ORDER, CUSTOMER), out)
    published(installation, tenant, out)
    create_record(installation, boss, "shop.customer", {"title": "ACME"})
    values = {"customer": {"$key": "ACME"}, "note": "soon", "gone": "x", "urgent": True, "why": "late"}
    made = create_record(installation, boss, "shop.order", values)
    fields = [each for each in ORDER["fields"] if each["fieldname"] != "gone"]
    fields[1] = {**fields[1], "fieldtype": "Text Editor"}
    taken_in(lay(source, {**ORDER, "fields": [*fields, field("due", "Date")]}), out)
    with pytest.raises(DefinitionError) as refusal:
        publish_module(installation, boss, out)
    assert {each.code for each in refusal.value.problems} == {"loss"}
    published(installation, tenant, out, allow_loss=True)
    taken_in(lay(source, ORDER), out)
    published(installation, tenant, out, allow_loss=True)
    again = read_record(installation, boss, "shop.order", made["id"]).shown
    assert (again["values"]["gone"], again["values"]["why"]) == ("x", "late")


def test_forms_whose_doctype_went_go_with_it(tmp_path: Path) -> None:
    source, out = lay(tmp_path / "app", LINE, ORDER, CUSTOMER), tmp_path / "shop"
    taken_in(source, out)
    (source / "shop/doctype/order/order.json").unlink()
    taken_in(source, out)
    assert sorted(each.name for each in (out / "forms").iterdir()) == ["customer.json"]


def test_a_folder_of_somebody_else_is_not_written_to(tmp_path: Path) -> None:
    source, mine = lay(tmp_path / "app", CUSTOMER), tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("x", encoding="utf-8")
    for report in (None, "{}", "[", '{"files": 1}'):
        if report is not None:
            (mine / "losses.json").write_text(report, encoding="utf-8")
        with pytest.raises(Conflict):
            import_doctypes([source], mine)
    (mine / "losses.json").write_text(
        '{"files": ["../app/shop/doctype/customer/customer.json", "."]}', encoding="utf-8"
    )
    import_doctypes([source], mine)
    assert (source / "shop/doctype/customer/customer.json").is_file() and (mine / "notes.txt").is_file()
    with pytest.raises(Malformed):
        import_doctypes([source], tmp_path / "Not-A-Name")
    with pytest.raises(Malformed):
        import_doctypes([source], tmp_path / "sqlite")
    with pytest.raises(NotFound):
        import_doctypes([tmp_path / "nowhere"], tmp_path / "shop")


def test_other_files_of_a_folder_are_passed_over_and_nothing_is_written_while_one_is_wrong(tmp_path: Path) -> None:
    source = lay(tmp_path / "app", CUSTOMER)
    (source / "package.json").write_text("{}", encoding="utf-8")
    assert import_doctypes([source], tmp_path / "shop").skipped == 1
    (source / "bad.json").write_text('{"doctype": "DocType", "name": "x", ', encoding="utf-8")
    with pytest.raises(DefinitionError):
        import_doctypes([source], tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_the_command_says_what_was_lost(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = lay(tmp_path / "app", doctype("Order", field("a", depends_on="eval:frappe.x"), field("b", "Button")))
    assert main(["module", "from-doctype", str(source), "--out", str(tmp_path / "shop")]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 3 and lines[0].startswith("Order.a: depends_on = eval:frappe.x: ")
    assert (tmp_path / "shop" / "losses.txt").read_text("utf-8").splitlines() == lines[:2]
    assert main(["module", "from-doctype", str(source), "--out", str(tmp_path / "shop"), "--json"]) == 0
    data = json.loads(capfd.readouterr().out)
    assert data["forms"] == ["shop.order"] and [each["code"] for each in data["losses"]] == ["environment", "no_value"]
    assert data["losses"][0].keys() == {"doctype", "field", "what", "value", "code", "why", "instead"}


def test_a_form_too_large_for_a_file_is_refused(tmp_path: Path) -> None:
    for words, fits in ((200, True), (500, False)):
        fields = [field(f"f{number}", description="w" * words) for number in range(500)]
        source = lay(tmp_path / str(words), doctype("Order", *fields))
        if fits:
            taken_in(source, tmp_path / "fits")
            continue
        with pytest.raises(DefinitionError) as refusal:
            import_doctypes([source], tmp_path / "shop")
        assert [each.code for each in refusal.value.problems] == ["too_large"] and not (tmp_path / "shop").exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"doctype": "DocType", "name": "A"}', "null"])
def test_the_command_refuses_what_is_no_doctype(text: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.json"
    file.write_text(text, encoding="utf-8")
    code = main(["module", "from-doctype", str(file), "--out", str(tmp_path / "shop"), "--json"])
    data = json.loads(capfd.readouterr().out)
    assert code == (0 if "name" in text else 1) and bool(data["problems"]) == ("name" not in text)
