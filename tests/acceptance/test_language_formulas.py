"""LANGUAGE, "Formulas": what a formula may say, how null behaves and how exact numbers are, as stored values, as filters and
as conditions, executed on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from dougong.kernel.errors import Malformed
from tests.acceptance.conftest import DAY, MONEY, TEXT, WHOLE, Bench, obj, refused, rows


def test_names_quoted_names_and_system_values(bench: Bench) -> None:
    bench.publish(
        f=obj(
            **{"合同 金额": MONEY},
            code={"type": "string", "x-number": "N{seq}"},
            twice={"x-formula": "`合同 金额` * 2"},
            told={"x-formula": "$number & ' ' & $state & ' ' & $version"},
        )
    )
    ann = bench.actor("ann", "admin")
    made = bench.make("f", ann, **{"合同 金额": Decimal("1.50")})
    assert bench.values("f", made)["twice"] == 3
    assert bench.values("f", made)["told"] == "N1 active 1"
    bench.clock.set(datetime(2026, 2, 28, 10, tzinfo=UTC))
    bench.change("f", made, {"合同 金额": 2})
    assert bench.values("f", made)["told"] == "N1 active 2"
    for system in (
        f"$id = '{made}'", "$number = 'N1'", "$state = 'active'", "$owner = me()", "$created_by = me()", "$version = 2",
        "date($created_at) = date('2026-02-27')", "date($updated_at) = date('2026-02-28')", "$updated_by <> me() or true",
        "isblank($department)",
    ):  # fmt: skip
        assert bench.count("f", system, by=ann) == 1, system


def test_rows_see_their_record_and_paths_follow_three_references(bench: Bench) -> None:
    bench.publish(
        a=obj(name=TEXT),
        b=obj(a={"type": "string", "x-ref": "m.a"}),
        c=obj(b={"type": "string", "x-ref": "m.b"}),
        d=obj(
            c={"type": "string", "x-ref": "m.c"},
            rate=WHOLE,
            n=WHOLE,
            deep={"x-formula": "c.b.a.name"},
            lines=rows(n=WHOLE, own={"x-formula": "n * rate"}, outer={"x-formula": "parent.n + record.n"}),
        ),
    )
    top = bench.make("a", name="x")
    low = bench.make("c", b=bench.make("b", a=top))
    made = bench.make("d", c=low, rate=3, n=100, lines=[{"n": 2}])
    values = bench.values("d", made)
    assert (values["deep"], values["lines"][0]["own"]) == ("x", 6)
    bench.change("a", top, {"name": "y"})
    assert bench.values("d", made)["deep"] == "y"
    assert bench.count("d", "c.b.a.name = 'y'") == 1
    bad = {
        "forms/e.json": {
            "name": "e",
            "title": "e",
            "record": obj(d={"type": "string", "x-ref": "m.d"}, x={"x-formula": "d.c.b.a.name"}),
        }
    }
    assert bench.refusals({**bad, "module.json": {"name": "n", "title": "n", "requires": ["m"]}}, "n")


FORMULAS: tuple[tuple[str, Any], ...] = (
    ("a = 1 and b == 2 and a != b and a <> b", True),
    ("a < b and a <= 1 and b > a and b >= 2", True),
    ("1 + 2 * 3 - 4 / 2", 5),
    ("-a + b", 1),
    ("t & \"x\" & 'y'", "hixy"),
    ("t in ('ho', 'hi')", True),
    ("a not in (2, 3)", True),
    ("NOT a = 2 AND IF(TRUE, 1, 2) = 1", True),
    ("如果(a = 1, '是', '否')", "是"),
    ("if（a = 1，“yes”，'no'）", "yes"),
    ("date('2026-02-28') = d", True),
    ("year(d) * 100 + month(d)", 202602),
    ("sum(lines.n)", 6),
    ("sum(lines.n, k = 'a')", 4),
    ("count(lines.n)", 3),
    ("max(lines.n) - min(lines.n)", 2),
    ("avg(lines.n)", 2),
    ("sum(lines.n, k = 'zz')", 0),
    ("min(lines.n, k = 'zz')", None),
    ("a + nothing", None),
    ("nothing = 1", None),
    ("nothing <> 1", None),
    ("nz(nothing, 0) + a", 1),
    ("isblank(nothing) and isblank(blank)", True),
    ("a / 0", None),
    ("mod(0 - 7, 3)", 2),
    ("10 / 3 = 3.3333333333", True),
    ("round(10 / 3, 2)", Decimal("3.33")),
    ("round(2.5, 0) + round(0 - 2.5, 0)", 0),
    ("'b' > 'B'", True),
    ("'ä' = 'a'", False),
)


def test_a_formula_gives_the_same_stored_and_asked(bench: Bench) -> None:
    computed = {f"x{n}": {"x-formula": formula} for n, (formula, _) in enumerate(FORMULAS)}
    bench.publish(
        f=obj(a=WHOLE, b=WHOLE, t=TEXT, d=DAY, nothing=WHOLE, blank=TEXT, lines=rows(n=WHOLE, k=TEXT), **computed)
    )
    lines = [{"n": 1, "k": "a"}, {"n": 2, "k": "b"}, {"n": 3, "k": "a"}]
    made = bench.make("f", a=1, b=2, t="hi", d="2026-02-28", blank="  ", lines=lines)
    stored = bench.values("f", made)
    for number, (formula, value) in enumerate(FORMULAS):
        assert stored[f"x{number}"] == value, formula
        assert bench.count("f", _holds(formula, value)) == 1, formula


def _holds(formula: str, value: Any) -> str:
    """The condition that the formula has the value."""
    if value is None:
        return f"isblank({formula})"
    if isinstance(value, bool):
        return formula if value else f"not ({formula})"
    return f"({formula}) = " + (f"'{value}'" if isinstance(value, str) else str(value))


def test_a_null_condition_is_false_everywhere(bench: Bench) -> None:
    bench.publish(
        f={
            "record": obj(
                n=WHOLE,
                seen={"type": "string", "x-visible": "n > 1"},
                asked={"type": "string", "x-required": "n > 1"},
                fixed={"type": "string", "x-readonly": "n > 1"},
            ),
            "unique": [{"fields": ["asked"], "where": "n > 1"}],
            "policies": [{"roles": ["r"], "actions": ["view"], "rows": "n > 1"}],
            "checks": [{"rule": "n > 1", "message": "no"}],
        }
    )
    assert refused(bench.make, "f", seen="x") == {"/seen": "not_applicable"}
    made = bench.make("f", fixed="x", asked="same")
    bench.make("f", asked="same")
    bench.change("f", made, {"fixed": "y"})
    assert bench.count("f", "n > 1") == 0
    assert bench.count("f", by=bench.actor("bob", "r")) == 0


def test_text_is_ordered_by_code_point_and_nulls_come_last_both_ways(bench: Bench) -> None:
    bench.publish(f=obj(t=TEXT, n=WHOLE))
    for text in ("b", "B", "a", "中", "Z", "é", None, "😀"):
        bench.make("f", t=text)
    up = [each["t"] for each in bench.found("f", sort="t")]
    assert up == ["B", "Z", "a", "b", "é", "中", "😀", None]
    assert [each["t"] for each in bench.found("f", sort="-t")] == [*reversed(up[:-1]), None]


def test_numbers_beyond_what_is_kept_are_refused_never_rounded(bench: Bench) -> None:
    bench.publish(f=obj(a=MONEY, b=MONEY, c={"x-type": "money", "x-formula": "a * b"}))
    most = Decimal("99999999999999.99")
    assert refused(bench.make, "f", a=most, b=most) != {}
    assert bench.count("f") == 0
    assert bench.values("f", bench.make("f", a=most, b=1))["c"] == most


def test_what_no_database_can_compute_may_not_stand_where_one_has_to(bench: Bench) -> None:
    paper = obj(amount=MONEY, day=DAY, words={"x-formula": "rmb_upper(amount)"})
    parts: dict[str, Any] = {
        "policies": [{"roles": ["r"], "actions": ["view"], "rows": "rmb_upper(amount) = '壹元整'"}],
        "totals": [{"name": "t", "key": {"w": "rmb_upper(amount)"}, "values": {"n": "count()"}}],
        "unique": [{"fields": ["amount"], "where": "rmb_upper(amount) = '壹元整'"}],
        "views": [{"name": "v", "title": "v", "filter": "workdays(day, day) > 1"}],
    }
    for name, part in parts.items():
        found = bench.refusals({"forms/f.json": {"name": "f", "title": "f", "record": paper, name: part}})
        assert "not_queryable" in found.values(), name
    bench.publish(f=paper)
    with pytest.raises(Malformed, match="not_queryable"):
        bench.found("f", "rmb_upper(amount) = '壹元整'")


def test_nothing_kept_may_depend_on_the_clock(bench: Bench) -> None:
    record = obj(due=DAY, late={"x-formula": "due < today()"}, worse={"x-formula": "late and true"})
    bench.publish(f=record)
    with pytest.raises(Malformed):
        bench.found("f", sort="late")
    parts: dict[str, Any] = {
        "totals": [{"name": "t", "key": {"l": "late"}, "values": {"n": "count()"}}],
        "unique": [{"fields": ["due"], "where": "late"}],
    }
    for name, part in parts.items():
        found = bench.refusals({"forms/f.json": {"name": "f", "title": "f", "record": record, name: part}})
        assert {"volatile", "not_kept"} & set(found.values()), (name, found)


RUNAWAYS = (
    "(" * 5000,
    "a" * 70_000,
    "not " * 5000 + "true",
    "1 + " * 20_000 + "1",
    "'" + "x" * 100_000 + "'",
    "if(" * 500 + "1",
    "\x00",
    "`",
    "a.b.c.d.e.f",
)


def test_a_formula_that_would_run_away_is_refused(bench: Bench) -> None:
    bench.publish(f=obj(a=WHOLE))
    for text in RUNAWAYS:
        with pytest.raises(Malformed):
            bench.found("f", text)
        record = obj(a=WHOLE, x={"x-formula": text})
        assert bench.refusals({"forms/g.json": {"name": "g", "title": "g", "record": record}}, "n"), text[:20]
