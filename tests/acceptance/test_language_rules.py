"""LANGUAGE, the lists beside the record: checks, unique, totals, effects, policies, and the kinds of forms, executed on both
databases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dougong.actions.create_record import create_record
from dougong.actions.transition_record import transition_record
from dougong.kernel.errors import DougongError, Forbidden, NotFound
from tests.acceptance.conftest import DAY, MONEY, TEXT, WHOLE, Bench, obj, refused, rows


def document(record: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"kind": "document", "record": record, **parts}


# ---------------------------------------------------------------------------------------------------- checks


def test_a_check_of_a_master_runs_on_save_and_a_null_one_passes(bench: Bench) -> None:
    rule = {"id": "c", "rule": "a <= b", "message": "{a} is over {b}", "at": "a"}
    bench.publish(f={"record": obj(a=WHOLE, b=WHOLE), "checks": [rule]})
    made = bench.make("f", a=5)
    assert refused(bench.change, "f", made, {"b": 4}) == {"/a": "check"}
    bench.story(
        {
            "create": "m.f",
            "values": {"a": 5, "b": 4},
            "refused": {"code": "check", "at": "/a", "contains": "5 is over 4"},
        },
    )


def test_a_check_of_a_document_runs_at_submit_and_approve_not_in_drafts(bench: Bench) -> None:
    rule = {"rule": "a <= 3", "message": "too much", "at": "a"}
    bench.publish(d=document(obj(a=WHOLE), checks=[rule]))
    made = bench.make("d", a=5)
    assert refused(bench.act, "d", made, "submit") == {"/a": "check"}
    bench.change("d", made, {"a": 3})
    bench.act("d", made, "submit")


def test_moments_are_where_a_check_runs(bench: Bench) -> None:
    rule = {"rule": "not locked", "message": "locked", "on": ["void"]}
    bench.publish(d=document(obj(locked={"type": "boolean", "x-late": True}), checks=[rule]))
    made = bench.make("d", locked=True, submit=True)
    assert "check" in refused(bench.act, "d", made, "void").values()
    bench.change("d", made, {"locked": False})
    bench.act("d", made, "void")


def test_a_check_over_rows_points_at_its_row(bench: Bench) -> None:
    rule = {"each": "lines", "rule": "n <= parent.most", "message": "{n} is more than {parent.most}", "at": "n"}
    bench.publish(f={"record": obj(most=WHOLE, lines=rows(n=WHOLE)), "checks": [rule]})
    assert refused(bench.make, "f", most=2, lines=[{"n": 1}, {"n": 3}, {"n": 4}]) == {
        "/lines/1/n": "check",
        "/lines/2/n": "check",
    }


def test_warnings_are_returned_and_can_be_asked_about_first(bench: Bench) -> None:
    bench.publish(
        f={
            "record": obj(a=WHOLE),
            "checks": [
                {"rule": "a <= 3", "message": "rather much", "level": "warn", "at": "a"},
                {
                    "rule": "a <= 5",
                    "message": "far too much",
                    "level": "if(a > 9, 'block', if(a > 7, 'none', 'warn'))",
                    "at": "a",
                },
            ],
        }
    )
    actor = bench.actor("admin")
    answers = {a: create_record(bench.inst, actor, "m.f", {"a": a}) for a in (3, 4, 6, 8)}
    assert [len(answers[a]["warnings"]) for a in (3, 4, 6, 8)] == [0, 1, 2, 1]
    assert refused(bench.make, "f", a=10) == {"/a": "check"}
    with pytest.raises(DougongError):
        create_record(bench.inst, actor, "m.f", {"a": 4}, confirm=False)
    assert bench.count("f") == 4


def test_a_check_on_a_parent_refuses_the_child(bench: Bench) -> None:
    bench.publish(
        pot={
            "record": obj(
                limit=MONEY,
                paid={"x-rollup": {"from": "m.pay", "via": "pot", "fn": "sum", "field": "amount"}},
                rest={"x-formula": "limit - paid"},
            ),
            "checks": [{"rule": "rest >= 0", "message": "over the limit"}],
        },
        pay={"record": obj(pot={"type": "string", "x-ref": "m.pot"}, amount=MONEY)},
    )
    pot = bench.make("pot", limit=100)
    pay = bench.make("pay", pot=pot, amount=60)
    assert refused(bench.make, "pay", pot=pot, amount=41) == {"/pot": "check"}
    assert refused(bench.change, "pay", pay, {"amount": Decimal("100.01")}) == {"/pot": "check"}
    bench.make("pay", pot=pot, amount=40)
    assert refused(bench.change, "pot", pot, {"limit": 99}) != {}
    assert bench.values("pot", pot)["rest"] == 0


# ---------------------------------------------------------------------------------------------------- unique


def test_unique_over_several_fields_where_a_condition_holds(bench: Bench) -> None:
    rule = {"fields": ["a", "b"], "where": "not old", "message": "{a} and {b} exist"}
    bench.publish(f={"record": obj(a=TEXT, b=WHOLE, old={"type": "boolean", "default": False}), "unique": [rule]})
    first = bench.make("f", a="x", b=1)
    bench.make("f", a="x", b=1, old=True)
    bench.make("f", a="x")
    bench.make("f", a="x")
    assert "unique" in refused(bench.make, "f", a="x", b=1).values()
    bench.change("f", first, {"old": True})
    again = bench.make("f", a="x", b=1)
    assert "unique" in refused(bench.change, "f", first, {"old": False}).values()
    bench.act("f", again, "delete")
    bench.change("f", first, {"old": False})


def test_unique_over_rows_of_different_records(bench: Bench) -> None:
    bench.publish(f={"record": obj(day=DAY, lines=rows(who=TEXT)), "unique": [{"fields": ["lines.who", "day"]}]})
    bench.make("f", day="2026-01-01", lines=[{"who": "a"}, {"who": "b"}])
    bench.make("f", day="2026-01-02", lines=[{"who": "a"}])
    assert refused(bench.make, "f", day="2026-01-01", lines=[{"who": "c"}, {"who": "b"}]) == {"/lines/1/who": "unique"}
    assert refused(bench.make, "f", day="2026-01-03", lines=[{"who": "c"}, {"who": "c"}]) == {"/lines/1/who": "unique"}


def test_unique_of_documents_counts_from_submit(bench: Bench) -> None:
    bench.publish(d=document(obj(a=TEXT), unique=[{"fields": ["a"]}]))
    first, second = bench.make("d", a="x"), bench.make("d", a="x")
    bench.act("d", first, "submit")
    assert "unique" in refused(bench.act, "d", second, "submit").values()
    bench.act("d", first, "void")
    bench.act("d", second, "submit")


# ---------------------------------------------------------------------------------------------------- totals


def test_totals_are_kept_read_anywhere_and_guard(bench: Bench) -> None:
    bench.publish(
        ticket=document(
            obj(day=DAY, lines=rows(who=TEXT, hours=WHOLE)),
            totals=[
                {
                    "name": "per_day",
                    "each": "lines",
                    "key": {"who": "who", "day": "parent.day"},
                    "values": {"hours": "sum(hours)", "n": "count()", "mean": "avg(hours)"},
                    "where": "parent.$state in ('in_approval', 'approved', 'closed')",
                }
            ],
            checks=[
                {
                    "each": "lines",
                    "rule": "total('m.ticket.per_day', who, parent.day).hours <= 24",
                    "message": "{who}: more than a day",
                    "at": "hours",
                }
            ],
        ),
        person=obj(
            name=TEXT,
            hours={"x-formula": "total('m.ticket.per_day', name, date('2026-01-01')).hours"},
            times={"x-formula": "total('m.ticket.per_day', name, date('2026-01-01')).n"},
            mean={"x-formula": "total('m.ticket.per_day', name, date('2026-01-01')).mean"},
        ),
    )
    who = bench.make("person", name="a")

    def told() -> list[Any]:
        return [bench.values("person", who)[name] for name in ("hours", "times", "mean")]

    assert told() == [0, 0, None]
    draft = bench.make("ticket", day="2026-01-01", lines=[{"who": "a", "hours": 10}, {"who": "b", "hours": 1}])
    assert told() == [0, 0, None]
    bench.act("ticket", draft, "submit")
    assert told() == [10, 1, 10]
    bench.make("ticket", day="2026-01-01", lines=[{"who": "a", "hours": 13}], submit=True)
    assert told() == [23, 2, Decimal("11.5")]
    over = {"day": "2026-01-01", "lines": [{"who": "b", "hours": 1}, {"who": "a", "hours": 2}]}
    assert refused(bench.make, "ticket", None, True, **over) == {"/lines/1/hours": "check"}
    bench.act("ticket", draft, "void")
    assert told() == [13, 1, 13]
    bench.make("ticket", None, True, **over)


def test_at_most_four_totals_and_eight_with_a_warning(bench: Bench) -> None:
    def form(count: int) -> dict[str, Any]:
        totals = [{"name": f"t{n}", "key": {"a": "a"}, "values": {"n": "count()"}} for n in range(count)]
        return {"forms/f.json": {"name": "f", "title": "f", "record": obj(a=TEXT), "totals": totals}}

    assert bench.warnings(form(4)) == {}
    assert set(bench.warnings(form(5)).values()) == {"limit"}
    assert set(bench.refusals(form(9)).values()) == {"limit"}


# ---------------------------------------------------------------------------------------------------- effects


def test_effects_set_create_and_post_once_and_void_takes_posts_back(bench: Bench) -> None:
    bench.publish(
        stock=obj("item", item={"type": "string", "x-unique": True}, last=TEXT),
        entry={
            "kind": "log",
            "record": obj(item=TEXT, amount=WHOLE, source=TEXT),
            "totals": [{"name": "held", "key": {"item": "item"}, "values": {"amount": "sum(amount)"}}],
        },
        memo=obj(text=TEXT),
        receipt=document(
            obj(
                code={"type": "string", "x-number": "R{seq}"},
                stock={"type": "string", "x-ref": "m.stock"},
                mark=TEXT,
                lines=rows(item=TEXT, amount=WHOLE),
            ),
            effects=[
                {"on": "approved", "do": "set", "form": "m.receipt", "values": {"mark": "'done ' & $number"}},
                {
                    "on": "approved", "do": "post", "form": "m.entry", "each": "lines", "where": "amount > 0",
                    "values": {"item": "item", "amount": "amount", "source": "parent.$number"},
                },
                {"on": "approved", "do": "set", "form": "m.stock", "values": {"last": "$number"}},
                {"on": "submitted", "do": "create", "form": "m.memo", "values": {"text": "'sent ' & $number"}},
            ],
        ),
    )  # fmt: skip
    stock = bench.make("stock", item="a")
    made = bench.make(
        "receipt",
        None,
        True,
        stock=stock,
        lines=[{"item": "a", "amount": 3}, {"item": "b", "amount": 0}, {"item": "a", "amount": 4}],
    )
    assert bench.shown("receipt", made)["state"] == "approved"
    assert [(e["item"], e["amount"], e["source"]) for e in bench.found("entry", sort="amount")] == [
        ("a", 3, "R1"),
        ("a", 4, "R1"),
    ]
    assert bench.values("stock", stock)["last"] == "R1"
    assert bench.values("receipt", made)["mark"] == "done R1"
    assert [each["text"] for each in bench.found("memo")] == ["sent R1"]
    bench.act("receipt", made, "void")
    assert sum(each["amount"] for each in bench.found("entry")) == 0


# ---------------------------------------------------------------------------------------------------- policies


def test_the_words_of_rows_and_formulas_say_which_records(bench: Bench) -> None:
    def seen(rows_: str) -> dict[str, Any]:
        return {"roles": [rows_ if rows_.isidentifier() else "formula"], "actions": ["view"], "rows": rows_}

    bench.publish(
        f={
            "record": obj(a=WHOLE),
            "policies": [
                {"roles": ["maker"], "actions": ["view", "create", "edit"], "rows": "own"},
                *map(seen, ("all", "department", "department_tree", "own", "taking_part", "a > 1")),
            ],
        }
    )
    member = bench._member
    maker = member("maker", "maker", departments=["公司/工程部"])
    other = member("other", "maker", departments=["公司/工程部/一队"])
    mine, theirs = bench.make("f", maker, a=1), bench.make("f", other, a=2)

    def sees(name: str, *departments: str) -> list[Any]:
        return sorted(each["a"] for each in bench.found("f", by=member(f"see_{name}", name, departments=departments)))

    assert sees("all") == [1, 2]
    assert sees("department", "公司/工程部") == [1]
    assert sees("department_tree", "公司/工程部") == [1, 2]
    assert sees("department_tree", "公司/工程部/一队") == [2]
    assert sees("own") == []
    assert sees("formula") == [2]
    assert [each["a"] for each in bench.found("f", by=maker)] == [1]
    with pytest.raises(NotFound):
        bench.shown("f", theirs, maker)
    with pytest.raises(NotFound):
        bench.change("f", theirs, {"a": 3}, maker)
    bench.change("f", mine, {"a": 3}, maker)
    with pytest.raises((Forbidden, NotFound)):
        bench.change("f", mine, {"a": 4}, bench.actor("see_all"))


def test_default_is_nothing_and_star_is_everybody(bench: Bench) -> None:
    bench.publish(
        closed=obj(a=WHOLE), open={"record": obj(a=WHOLE), "policies": [{"roles": ["*"], "actions": ["view"]}]}
    )
    bench.make("closed", a=1)
    bench.make("open", a=1)
    bob = bench.actor("bob")
    assert bench.count("open", by=bob) == 1
    with pytest.raises((Forbidden, NotFound)):
        bench.found("closed", by=bob)
    with pytest.raises((Forbidden, NotFound)):
        bench.make("open", bob, a=2)


def test_levels_of_fields_hide_read_and_edit(bench: Bench) -> None:
    bench.publish(
        f={
            "record": obj(a=TEXT, b=TEXT, c=TEXT),
            "policies": [
                {
                    "roles": ["r"],
                    "actions": ["view", "edit", "create"],
                    "fields": {"*": "read", "a": "edit", "c": "hidden"},
                }
            ],
        }
    )
    bob = bench.actor("bob", "r")
    made = bench.make("f", a="1", b="2", c="3")
    assert bench.values("f", made, bob) == {"a": "1", "b": "2"}
    bench.change("f", made, {"a": "x"}, bob)
    assert refused(bench.change, "f", made, {"b": "x"}, bob) == {"/b": "read_only"}
    assert refused(bench.change, "f", made, {"c": "x"}, bob) == {"/c": "unknown_field"}
    with pytest.raises(DougongError, match="unknown_field"):
        bench.found("f", "c = '3'", by=bob)
    assert bench.values("f", made) == {"a": "x", "b": "2", "c": "3"}


# ---------------------------------------------------------------------------------------------------- kinds


def test_a_settings_form_has_one_record(bench: Bench) -> None:
    bench.publish(s={"kind": "settings", "record": obj(rate={"type": "number", "default": 3}, name=TEXT)})
    made = bench.make("s", name="x")
    assert bench.values("s", made)["rate"] == 3
    assert refused(bench.make, "s", name="y")
    assert bench.count("s") == 1


def test_a_log_is_written_by_the_platform_only(bench: Bench) -> None:
    bench.publish(log={"kind": "log", "record": obj(a=TEXT)})
    with pytest.raises(DougongError):
        create_record(bench.inst, bench.actor("admin"), "m.log", {"a": "x"})
    assert bench.count("log") == 0


def test_a_master_is_active_or_disabled(bench: Bench) -> None:
    bench.publish(f=obj(a=TEXT))
    made = bench.make("f", a="x")
    assert bench.shown("f", made)["state"] == "active"
    bench.act("f", made, "disable")
    assert bench.shown("f", made)["state"] == "disabled"
    bench.act("f", made, "enable")
    with pytest.raises(DougongError):
        transition_record(bench.inst, bench.actor("admin"), "m.f", made, "submit")


def test_a_flow_with_people_leaves_a_document_in_approval(bench: Bench) -> None:
    approve = {"type": "approve", "who": [{"role": "boss"}]}
    bench.publish(
        asked=document(obj(a=WHOLE), flow={"nodes": [approve]}),
        told=document(obj(a=WHOLE), flow={"nodes": [{"type": "cc", "who": [{"role": "boss"}]}]}),
        plain=document(obj(a=WHOLE), flow={}),
    )
    made = {form: bench.make(form, None, True, a=1) for form in ("asked", "told", "plain")}
    states = {form: bench.shown(form, record)["state"] for form, record in made.items()}
    assert states == {"asked": "in_approval", "told": "approved", "plain": "approved"}
    bench.act("asked", made["asked"], "reject")
    bench.change("asked", made["asked"], {"a": 2})
    bench.act("asked", made["asked"], "submit")
    bench.act("asked", made["asked"], "approve")
    assert bench.shown("asked", made["asked"])["state"] == "approved"


# ---------------------------------------------------------------------------------------------------- extends


def test_a_module_adds_to_another_modules_form(bench: Bench) -> None:
    base = {"forms/project.json": {"name": "project", "title": "项目", "record": obj("name", name=TEXT)}}
    extension = {
        "record": obj(
            budget=MONEY,
            spent={"x-rollup": {"from": "funds.bill", "via": "project", "fn": "sum", "field": "amount"}},
        ),
        "checks": [{"rule": "nz(spent, 0) <= budget", "message": "over budget", "at": "budget"}],
        "policies": [{"roles": ["cashier"], "actions": ["view"]}],
        "views": [{"name": "money", "title": "钱", "columns": ["name", "budget", "spent"]}],
        "layout": [{"section": "钱", "columns": 2, "fields": ["budget", "spent"]}],
        "totals": [{"name": "by_name", "key": {"name": "name"}, "values": {"budget": "sum(budget)"}}],
    }
    funds = {
        "module.json": {
            "name": "funds",
            "title": "资金",
            "requires": ["core"],
            "roles": [{"name": "cashier", "title": "出纳"}],
        },
        "forms/bill.json": {
            "name": "bill",
            "title": "账单",
            "record": obj(project={"type": "string", "x-ref": "core.project"}, amount=MONEY),
        },
        "extends/core.project.json": extension,
    }
    bench.modules(core=base, funds=funds)
    project = bench.make("core.project", name="a", budget=100)
    bench.make("funds.bill", project=project, amount=70)
    assert bench.values("core.project", project) == {"name": "a", "budget": 100, "spent": 70}
    assert refused(bench.make, "funds.bill", project=project, amount=31) == {"/project": "check"}
    assert bench.values("core.project", project, bench.actor("cash", "cashier"))["spent"] == 70
    assert bench.refusals(
        {"extends/core.project.json": {"record": obj(a=TEXT)}, "module.json": {"name": "x", "title": "x"}}, "x"
    ) == {"": "not_required"}
