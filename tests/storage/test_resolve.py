"""What a formula's names mean in SQL: columns, paths, rows, totals, groups, and values computed at read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select

from dougong.definition.definitions import Definitions
from dougong.formula.to_sql import to_sql
from dougong.kernel.actor import Actor
from dougong.storage.database import TenantStore
from dougong.storage.resolve import Resolver
from tests.storage.bench import MONEY, TEXT, Bench, definitions, form

DATE = {"type": "string", "format": "date"}
ME = "00000000-0000-7000-8000-00000000000a"
OTHER = "00000000-0000-7000-8000-00000000000b"


def ref(target: str) -> dict[str, Any]:
    return {"type": "string", "x-ref": f"m.{target}"}


def rows(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": properties}, **more}


def world() -> Definitions:
    people = rows(
        {"who": {"type": "string", "x-type": "member"}, "since": DATE, "until": DATE},
        **{"x-members": {"user": "who", "from": "since", "to": "until"}},
    )
    project = form("project", {"name": TEXT, "people": people})
    contract = form("contract", {"name": TEXT, "project": ref("project"), "rate": {"type": "number", "x-scale": 4}})
    rate = form("rate", {"day": DATE, "rate": MONEY})
    lookup = {"from": "m.rate", "where": "day <= record.day", "sort": "-day", "field": "rate"}
    pay = form(
        "pay",
        {
            "contract": ref("contract"),
            "day": DATE,
            "lines": rows(
                {"price": MONEY, "half": {**MONEY, "x-formula": "price / 2"}, "of": {"x-formula": "contract.name"}}
            ),
            "sum": {**MONEY, "x-formula": "sum(lines.price)"},
            "who": {"x-formula": "contract.project.name"},
            "rate": {"x-lookup": {"via": "contract", "field": "rate"}},
            "latest": {"x-lookup": lookup},
            "share": {**MONEY, "x-formula": "contract.rate * 100"},
            "spent": {"x-formula": "total('m.pay.by_contract', contract).amount"},
            "mean": {"x-formula": "total('m.pay.by_contract', contract).mean"},
            "people": {"x-formula": "count(contract.project.people.who)"},
        },
        totals=[
            {
                "name": "by_contract",
                "key": {"contract": "contract"},
                "values": {"amount": "sum(sum)", "mean": "avg(sum)"},
            }
        ],
    )
    return definitions(project, contract, rate, pay)


@pytest.fixture
def bench(tenant_store: TenantStore) -> Bench:
    made = Bench(tenant_store)
    made.publish(world())
    [project] = made.add("m.project", {"name": "桥"})
    made.add("m.project", {"who": ME, "since": date(2026, 1, 1), "$parent": project}, sub="people")
    made.add("m.project", {"who": OTHER, "until": date(2026, 2, 26), "$parent": project}, sub="people")
    [contract] = made.add("m.contract", {"name": "甲", "project": project, "rate": Decimal("0.1250")})
    made.add(
        "m.rate",
        {"day": date(2026, 1, 1), "rate": Decimal("10.00")},
        {"day": date(2026, 2, 1), "rate": Decimal("12.50")},
        {"day": date(2026, 3, 1), "rate": Decimal("99.00")},
    )
    [pay] = made.add("m.pay", {"contract": contract, "day": date(2026, 2, 27), "sum": Decimal("30.01")}, {})[:1]
    for price in ("10.00", "20.01"):
        made.add("m.pay", {"price": Decimal(price), "$parent": pay}, sub="lines")
    with made.act() as tx:
        total = made.live(tx).table("m.pay").totals["by_contract"]
        values = {"v_amount": Decimal("50.00"), "v_mean__s": Decimal("50.00"), "v_mean__n": 3}
        tx.conn.execute(insert(total).values(key="x", n=3, k_contract=contract, **values))
    return made


def value_of(bench: Bench, name: str, sub: str | None = None) -> list[Any]:
    with bench.act(write=False) as tx:
        model = bench.live(tx)
        resolver = Resolver(model, "m.pay", sub, tx=tx)
        table = model.table("m.pay").table(sub)
        query = select(resolver.column("self", (name,))).select_from(table).order_by(table.c.id)
        return list(tx.conn.execute(query).scalars())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("who", ["桥", None]),
        ("rate", [Decimal("0.1250"), None]),
        ("latest", [Decimal("12.50"), None]),
        ("share", [Decimal("12.50"), None]),
        ("spent", [Decimal("50.00"), 0]),
        ("mean", [Decimal("16.66666667"), None]),
        ("people", [2, 0]),
    ],
)
def test_values_computed_at_read(bench: Bench, name: str, expected: list[Any]) -> None:
    found = value_of(bench, name)
    if name == "mean":
        assert found[0] is not None
        assert round(found[0], 6) == Decimal("16.666667")
        assert found[1] is None
    else:
        assert found == expected


def test_a_row_sees_its_record_and_what_the_record_refers_to(bench: Bench) -> None:
    assert value_of(bench, "of", "lines") == ["甲", "甲"]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("contract.project.name = '桥'", 1),
        ("$state = 'active' and sum > 30", 1),
        ("any(lines.price > 20.01)", 0),
        ("any(lines.price >= 20.01)", 1),
        ("my(contract.project)", 1),
        ("latest = 12.5", 1),
        ("isblank(contract)", 1),
    ],
)
def test_conditions_over_records(bench: Bench, condition: str, count: int) -> None:
    assert len(matching(bench, "m.pay", condition, ME)) == count


@pytest.mark.parametrize(("member", "count"), [(ME, 1), (OTHER, 0), ("00000000-0000-7000-8000-00000000000c", 0)])
def test_a_group_is_mine_while_my_row_in_it_is_in_force(bench: Bench, member: str, count: int) -> None:
    assert len(matching(bench, "m.pay", "my(contract.project)", member)) == count
    assert len(matching(bench, "m.project", "my($id)", member)) == count


def matching(bench: Bench, form_name: str, condition: str, member: str) -> list[Any]:
    with bench.act(write=False) as tx:
        tx.actor = replace(Actor("member", "demo"), member=member)
        model = bench.live(tx)
        main = model.table(form_name).main
        checked = model.definitions.checked(condition, form_name)
        return list(tx.conn.execute(select(main.c.id).where(to_sql(checked, Resolver(model, form_name, tx=tx)))))
