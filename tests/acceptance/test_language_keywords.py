"""LANGUAGE, "x- keywords": each in a form of its own, executed on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.acceptance.conftest import DAY, MONEY, TEXT, WHOLE, Bench, obj, refused, rows

RENAMED = {"forms/f.json": {"name": "f", "title": "f", "record": obj(new={"type": "string", "x-id": "old"})}}


def test_x_id_keeps_the_data_of_a_renamed_field(bench: Bench) -> None:
    bench.publish(f=obj(old=TEXT))
    made = bench.make("f", old="kept")
    bench.modules(m=RENAMED)
    assert bench.values("f", made) == {"new": "kept"}


def test_x_id_is_unique_in_the_form_rows_included(bench: Bench) -> None:
    form = obj(a={"type": "string", "x-id": "same"}, lines=rows(b={"type": "string", "x-id": "same"}))
    assert set(bench.refusals({"forms/f.json": {"name": "f", "title": "f", "record": form}}).values()) == {
        "duplicate_id"
    }


def test_x_type_says_which_type_and_has_to_fit(bench: Bench) -> None:
    bench.publish(f=obj(note={"type": "string", "x-type": "long_text"}, rate={"type": "number", "x-type": "percent"}))
    made = bench.make("f", note="x" * 1000, rate=Decimal("0.03"))
    assert bench.values("f", made)["rate"] == Decimal("0.03")
    wrong = obj(a={"type": "string", "x-type": "money"}, b={"x-type": "nonsense"})
    assert bench.refusals({"forms/g.json": {"name": "g", "title": "g", "record": wrong}}, "n") == {
        "/record/properties/a/x-type": "type_conflict",
        "/record/properties/b/x-type": "unknown_type",
    }


def test_x_ref_points_at_records_and_x_ref_where_limits_the_choice(bench: Bench) -> None:
    bench.publish(
        firm=obj("name", name={"type": "string", "x-unique": True}, kind={"enum": ["a", "b"]}),
        deal=obj(
            kind={"enum": ["a", "b"]}, firm={"type": "string", "x-ref": "m.firm", "x-ref-where": "kind = record.kind"}
        ),
    )
    firm = bench.make("firm", name="甲", kind="a")
    assert bench.values("deal", bench.make("deal", kind="a", firm=firm))["firm"] == firm
    by_key = bench.make("deal", kind="a", firm={"$key": "甲"})
    assert bench.shown("deal", by_key)["titles"]["firm"] == "甲"
    assert refused(bench.make, "deal", kind="b", firm=firm) == {"/firm": "reference"}
    assert refused(bench.make, "deal", kind="a", firm="no-such-id") == {"/firm": "reference"}
    assert refused(bench.make, "deal", kind="a", firm={"$key": "乙"}) == {"/firm": "reference"}
    assert refused(bench.act, "firm", firm, "delete") == {"": "referenced"}
    assert bench.count("deal", "firm.name = '甲'") == 2


def test_x_ref_tree_refuses_circles(bench: Bench) -> None:
    bench.publish(part=obj(name=TEXT, parent={"type": "string", "x-ref": "m.part", "x-ref-tree": True}))
    top = bench.make("part", name="top")
    low = bench.make("part", name="low", parent=bench.make("part", name="mid", parent=top))
    assert refused(bench.change, "part", top, {"parent": low}) == {"/parent": "cycle"}
    assert refused(bench.change, "part", top, {"parent": top}) == {"/parent": "cycle"}
    assert bench.count("part", "parent.name = 'top'") == 1


def test_x_formula_of_every_result_type(bench: Bench) -> None:
    bench.publish(
        f=obj(
            n=WHOLE,
            day=DAY,
            word={"x-formula": "'no ' & n"},
            twice={"type": "integer", "x-formula": "n * 2"},
            half={"x-formula": "n / 2"},
            cash={"x-type": "money", "x-formula": "round(n / 3, 2)"},
            big={"x-formula": "n > 3"},
            next={"x-formula": "addays(day, 1)"},
            named={"enum": ["small", "large"], "x-formula": "if(n > 3, 'large', 'small')"},
            mine={"x-formula": "rmb_upper(cash)"},
        )
    )
    made = bench.make("f", n=5, day="2026-02-28")
    assert bench.values("f", made) == {
        "n": 5, "day": "2026-02-28", "word": "no 5", "twice": 10, "half": Decimal("2.5"), "cash": Decimal("1.67"),
        "big": True, "next": "2026-03-01", "named": "large", "mine": "壹元陆角柒分",
    }  # fmt: skip
    assert refused(bench.make, "f", n=1, twice=3) == {"/twice": "read_only"}
    assert bench.count("f", "half = 2.5 and big and next > date('2026-02-28')") == 1


def test_a_formula_with_today_is_evaluated_when_read(bench: Bench) -> None:
    bench.publish(f=obj(due=DAY, late={"x-formula": "due < today()"}))
    made = bench.make("f", due="2026-03-01")
    assert bench.values("f", made)["late"] is False
    bench.clock.set(datetime(2026, 3, 2, 1, tzinfo=UTC))
    assert bench.values("f", made)["late"] is True
    assert bench.count("f", "late") == 1


def test_x_lookup_via_follows_or_is_frozen(bench: Bench) -> None:
    price = {"via": "item", "field": "price"}
    bench.publish(
        item=obj(name=TEXT, price=MONEY),
        sale={
            "kind": "document",
            "record": obj(
                item={"type": "string", "x-ref": "m.item"},
                live={"x-lookup": price},
                at_create={"x-lookup": {**price, "freeze": "create"}},
                at_submit={"x-lookup": {**price, "freeze": "submit"}},
            ),
        },
    )
    item = bench.make("item", name="钢筋", price=10)
    sale = bench.make("sale", item=item)

    def prices() -> list[Any]:
        return [bench.values("sale", sale)[name] for name in ("live", "at_create", "at_submit")]

    assert prices()[:2] == [10, 10]
    bench.change("item", item, {"price": 20})
    assert prices()[:2] == [20, 10]
    bench.act("sale", sale, "submit")
    assert prices() == [20, 10, 20]
    bench.change("item", item, {"price": 30})
    assert prices() == [30, 10, 20]


def test_a_frozen_lookup_is_an_input_from_then_on(bench: Bench) -> None:
    bench.publish(
        item=obj(price=MONEY),
        sale=obj(
            item={"type": "string", "x-ref": "m.item"},
            price={"x-lookup": {"via": "item", "field": "price", "freeze": "create"}},
        ),
    )
    item = bench.make("item", price=10)
    sale = bench.make("sale", item=item)
    bench.change("sale", sale, {"price": 8})
    assert bench.values("sale", sale)["price"] == 8


def test_x_lookup_by_query_takes_the_first_row_and_knows_its_holder_and_owner(bench: Bench) -> None:
    bench.publish(
        rate={"record": obj(trade=TEXT, since=DAY, rank=WHOLE, price=MONEY)},
        ticket=obj(
            day=DAY,
            lines=rows(
                trade=TEXT,
                price={
                    "x-lookup": {
                        "from": "m.rate",
                        "where": "trade = record.trade and since <= parent.day",
                        "sort": "-since,rank",
                        "field": "price",
                        "freeze": "create",
                    }
                },
            ),
        ),
    )
    for since, rank, price in (
        ("2026-01-01", 1, 100),
        ("2026-02-01", 2, 120),
        ("2026-02-01", 1, 110),
        ("2026-03-01", 1, 9),
    ):
        bench.make("rate", trade="木工", since=since, rank=rank, price=price)
    made = bench.make("ticket", day="2026-02-10", lines=[{"trade": "木工"}, {"trade": "瓦工"}])
    assert [each["price"] for each in bench.values("ticket", made)["lines"]] == [110, None]


def test_x_rollup_over_records_and_over_rows(bench: Bench) -> None:
    def over(fn: str, **more: Any) -> dict[str, Any]:
        return {"x-rollup": {"from": "m.bill", "via": "job", "fn": fn, **more}}

    bench.publish(
        job=obj(
            name=TEXT,
            paid=over("sum", field="amount"),
            bills=over("count"),
            least=over("min", field="amount"),
            most=over("max", field="amount"),
            mean=over("avg", field="amount"),
            big=over("sum", field="amount", where="amount > 10"),
            hours={"x-rollup": {"from": "m.bill.lines", "via": "job", "fn": "sum", "field": "hours"}},
        ),
        bill=obj(
            job={"type": "string", "x-ref": "m.job"},
            amount=MONEY,
            lines=rows(job={"type": "string", "x-ref": "m.job"}, hours=WHOLE),
        ),
    )
    job, other = bench.make("job", name="a"), bench.make("job", name="b")
    assert bench.values("job", job) == {
        "name": "a", "paid": 0, "bills": 0, "least": None, "most": None, "mean": None, "big": 0, "hours": 0,
    }  # fmt: skip
    first = bench.make("bill", job=job, amount=10, lines=[{"job": other, "hours": 3}, {"job": job, "hours": 4}])
    bench.make("bill", job=job, amount=15)
    assert bench.values("job", job) == {
        "name": "a", "paid": 25, "bills": 2, "least": 10, "most": 15, "mean": Decimal("12.5"), "big": 15, "hours": 4,
    }  # fmt: skip
    assert bench.values("job", other)["hours"] == 3
    bench.change("bill", first, {"job": other})
    bench.act("bill", first, "delete")
    assert (bench.values("job", job)["paid"], bench.values("job", other)["paid"]) == (15, 0)
    bench.act("bill", first, "restore")
    assert bench.values("job", other)["paid"] == 10


def test_x_number_patterns_and_scope(bench: Bench) -> None:
    bench.publish(
        job=obj(code={"type": "string", "x-number": "J{seq:2}"}, name=TEXT),
        a=obj(code={"type": "string", "x-number": "FK-{yyyymm}-{seq:4}"}),
        b=obj(
            job={"type": "string", "x-ref": "m.job"},
            day={**DAY, "x-date": True},
            word=TEXT,
            code={"type": "string", "x-number": "{job}/{word}-{yy}{mm}{dd}-{seq}"},
            label={"x-formula": "'No. ' & code"},
        ),
        c=obj(
            kind=TEXT, year=DAY, code={"type": "string", "x-number": {"pattern": "{yyyy}-{seq:3}", "scope": ["kind"]}}
        ),
    )
    job = bench.make("job", name="x")
    assert bench.shown("job", job)["number"] == "J01"
    assert [bench.shown("a", bench.make("a"))["number"] for _ in range(2)] == ["FK-202602-0001", "FK-202602-0002"]
    one = bench.make("b", job=job, day="2026-01-31", word="w")
    assert bench.shown("b", one)["number"] == "J01/w-260131-1"
    assert bench.values("b", one)["label"] == "No. J01/w-260131-1"
    assert bench.shown("b", bench.make("b", job=job, day="2026-02-01", word="w"))["number"] == "J01/w-260201-1"
    told = [bench.shown("c", bench.make("c", kind=kind))["number"] for kind in "xyx"]
    assert told == ["2026-001", "2026-001", "2026-002"]
    assert refused(bench.make, "a", code="FK-1") == {"/code": "read_only"}


def test_a_document_gets_its_number_at_submit(bench: Bench) -> None:
    bench.publish(d={"kind": "document", "record": obj(code={"type": "string", "x-number": "D{seq:3}"}, a=TEXT)})
    made = bench.make("d", a="x")
    assert bench.shown("d", made)["number"] is None
    bench.act("d", made, "submit")
    assert (bench.shown("d", made)["number"], bench.values("d", made)["code"]) == ("D001", "D001")


def test_x_default_and_default_fill_what_is_left_out(bench: Bench) -> None:
    bench.publish(
        f=obj(
            day={**DAY, "x-default": "today()"},
            word={"type": "string", "default": "plain"},
            flag={"type": "boolean", "default": True},
            kinds={"type": "array", "items": {"enum": ["a", "b"]}, "default": ["a", "b"]},
            lines=rows(n={"type": "integer", "x-default": "3"}, m={"x-formula": "n + 1"}),
        )
    )
    made = bench.make("f", lines=[{}, {"n": 9}])
    values = bench.values("f", made)
    assert (values["day"], values["word"], values["flag"], values["kinds"]) == ("2026-02-27", "plain", True, ["a", "b"])
    assert [(each["n"], each["m"]) for each in values["lines"]] == [(3, 4), (9, 10)]


def test_x_visible_stores_null_and_refuses_what_does_not_apply(bench: Bench) -> None:
    bench.publish(
        f=obj("why", kind={"enum": ["in", "out"]}, why={"type": "string", "x-visible": "kind = 'out'", "default": "d"})
    )
    assert bench.values("f", bench.make("f", kind="in"))["why"] is None
    assert refused(bench.make, "f", kind="in", why="x") == {"/why": "not_applicable"}
    assert bench.values("f", bench.make("f"))["why"] is None
    made = bench.make("f", kind="out", why="x")
    bench.change("f", made, {"kind": "in"})
    assert bench.values("f", made)["why"] is None


def test_x_required_and_x_readonly(bench: Bench) -> None:
    bench.publish(
        f=obj(
            amount=MONEY,
            why={"type": "string", "x-required": "amount > 100"},
            fixed={"type": "string", "x-readonly": "amount > 100"},
            lines=rows(n=WHOLE, note={"type": "string", "x-required": "n > parent.amount"}),
        )
    )
    made = bench.make("f", amount=100, fixed="x", lines=[{"n": 1}])
    assert refused(bench.change, "f", made, {"amount": 101}) == {"/why": "required"}
    assert refused(bench.make, "f", amount=5, lines=[{"n": 1}, {"n": 6}]) == {"/lines/1/note": "required"}
    bench.change("f", made, {"amount": 101, "why": "y"})
    assert refused(bench.change, "f", made, {"fixed": "z"}) == {"/fixed": "read_only"}
    bench.change("f", made, {"fixed": "x"})


def test_x_unique_over_records_and_rows(bench: Bench) -> None:
    bench.publish(
        f=obj(code={"type": "string", "x-unique": True}, lines=rows(card={"type": "string", "x-unique": True}))
    )
    first = bench.make("f", code="A", lines=[{"card": "1"}])
    bench.make("f", code="a")
    bench.make("f")
    bench.make("f")
    assert refused(bench.make, "f", code="A") == {"/code": "unique"}
    assert refused(bench.make, "f", lines=[{"card": "2"}, {"card": "1"}]) == {"/lines/1/card": "unique"}
    assert refused(bench.make, "f", lines=[{"card": "3"}, {"card": "3"}]) == {"/lines/1/card": "unique"}
    bench.act("f", first, "delete")
    bench.make("f", code="A", lines=[{"card": "1"}])
    assert refused(bench.act, "f", first, "restore")


def test_x_scale_and_multiple_of_say_how_many_places(bench: Bench) -> None:
    bench.publish(
        f=obj(
            a={"type": "number", "x-scale": 3},
            b={"type": "number", "multipleOf": Decimal("0.25")},
            c={"type": "number"},
            money=MONEY,
            rate={"type": "number", "x-type": "percent"},
        )
    )
    good = {
        "a": Decimal("1.125"),
        "b": Decimal("0.75"),
        "c": Decimal("0.123456"),
        "money": Decimal("0.01"),
        "rate": Decimal("0.123456"),
    }
    assert bench.values("f", bench.make("f", **good)) == good
    assert refused(bench.make, "f", a=Decimal("0.1234"), c=Decimal("0.1234567"), money=Decimal("0.001")) == {
        "/a": "scale", "/c": "scale", "/money": "scale",
    }  # fmt: skip
    assert refused(bench.make, "f", money=Decimal("100000000000000.00")) == {"/money": "out_of_range"}
    assert bench.make("f", money=Decimal("99999999999999.99"))


def test_x_late_is_editable_after_approval(bench: Bench) -> None:
    bench.publish(
        d={
            "kind": "document",
            "record": obj(a=TEXT, note={"type": "string", "x-late": True}),
            "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit", "submit"]}],
        }
    )
    clerk = bench.actor("clerk", "clerk")
    made = bench.make("d", clerk, a="x", submit=True)
    assert bench.shown("d", made)["state"] == "approved"
    bench.change("d", made, {"note": "late"}, clerk)
    assert bench.values("d", made)["note"] == "late"
    assert refused(bench.change, "d", made, {"a": "y"}, clerk) == {"": "state"}


def test_x_mask_hides_all_but_what_the_mask_shows(bench: Bench) -> None:
    bench.publish(
        f={
            "record": obj(phone={"type": "string", "x-mask": "phone"}, a=TEXT),
            "policies": [{"roles": ["r"], "actions": ["view"], "fields": {"phone": "masked"}}],
        }
    )
    made = bench.make("f", phone="13812345678", a="x")
    shown = bench.values("f", made, bench.actor("bob", "r"))
    assert shown["a"] == "x"
    assert "12345" not in str(shown.get("phone"))


def test_x_members_make_a_group_and_my_its_condition(bench: Bench) -> None:
    bench.publish(
        job={
            "record": obj(
                name=TEXT,
                team={
                    **rows(who={"type": "string", "x-type": "member"}, part=TEXT, since=DAY, until=DAY),
                    "x-members": {"user": "who", "role": "part", "from": "since", "to": "until"},
                },
            ),
        },
        note={
            "record": obj(job={"type": "string", "x-ref": "m.job"}, text=TEXT),
            "policies": [{"roles": ["*"], "actions": ["view"], "rows": "my(job)"}],
        },
    )
    ann, bob = bench.actor("ann"), bench.actor("bob")
    job = bench.make(
        "job",
        name="a",
        team=[
            {"who": ann.member, "part": "pm", "since": "2026-01-01"},
            {"who": bob.member, "part": "pm", "until": "2026-02-01"},
        ],
    )
    bench.make("note", job=job, text="x")
    bench.make("note", text="nowhere")
    assert [each["text"] for each in bench.found("note", by=ann)] == ["x"]
    assert bench.found("note", by=bob) == []


def test_x_index_widget_help_and_options_are_taken(bench: Bench) -> None:
    form = obj(a={"type": "string", "x-index": True, "x-widget": "radio", "x-help": "how", "x-options": {"k": 1}})
    assert bench.warnings({"forms/f.json": {"name": "f", "title": "f", "record": form}}) == {}


def test_unknown_keywords_are_warnings_and_never_silent(bench: Bench) -> None:
    form = obj(a={"type": "string", "x-ui": 1, "colour": "red"}) | {"x-order": ["a"]}
    assert bench.warnings({"forms/f.json": {"name": "f", "title": "f", "record": form, "hue": 1}}) == {
        "/record/properties/a/x-ui": "unknown_keyword",
        "/record/properties/a/colour": "unknown_keyword",
        "/record/x-order": "unknown_keyword",
        "/hue": "unknown_key",
    }


WRONG: tuple[tuple[dict[str, Any], str | None], ...] = (
    ({"x-formula": "missing + 1"}, "unknown_field"),
    ({"x-formula": "1 +"}, None),
    ({"x-lookup": {"via": "nowhere", "field": "x"}}, None),
    ({"x-rollup": {"from": "m.no", "via": "x", "fn": "count"}}, "unknown_form"),
    ({"type": "string", "x-ref": "m.no"}, "unknown_form"),
    ({"type": "string", "x-number": "A-{yyyy}"}, "bad_number_pattern"),
    ({"type": "string", "pattern": "(a"}, "pattern"),
    ({"type": "string", "pattern": "(?=a)b"}, "pattern"),
    ({"$ref": "https://x.test/a.json"}, "ref_remote"),
    ({"$ref": "other.json#/a"}, "ref_remote"),
    ({"x-formula": "f + 1"}, "formula_cycle"),
    ({"type": "array", "items": TEXT, "x-unique": True}, "not_a_key"),
)


def test_what_is_wrong_is_refused_at_its_place(bench: Bench) -> None:
    for field, code in WRONG:
        found = bench.refusals({"forms/f.json": {"name": "f", "title": "f", "record": obj(f=field)}})
        assert all(each.startswith("/record/properties/f") for each in found), (field, found)
        assert code is None or code in found.values(), (field, found)
