"""The rows of a large construction firm, for trying how the program behaves with much data: three projects of their own,
their workers, tickets, contracts, settlements, payment requests and cost. One rule: the same scale gives the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

Row = dict[str, Any]

#: How much there is of everything at scale 1 (docs/cli.md).
WORKERS, DAYS, CONTRACTS, SETTLEMENTS, REQUESTS, ENTRIES = 150, 250, 120, 900, 1_500, 20_000
TEAM, JOURNAL, BATCH = 15, 50, 100
_FIRST_DAY = date(2024, 1, 2)
_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "伟强芳磊军勇杰娟涛明超秀霞平刚桂英华玉红"
_TRADES = ("木工", "钢筋工", "混凝土工", "瓦工", "普工")
_CONTRACT_SUBJECTS = ("C01.01", "C02.01", "C02.02", "C03.01", "C04.02", "C05.01")
_OTHER_SUBJECTS = ("C02.03", "C03.02", "C05.02", "C06.01", "C06.02")
_WORK = ("三层模板加固与清理", "钢筋场地平整", "混凝土浇筑配合", "材料二次搬运", "楼层垃圾清运", "围挡修补与保洁")


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one form as a seed has them."""

    form: str
    rows: list[Row]


class Volume:
    """The rows at a scale: 1 is the whole firm, 0.01 a hundredth of it."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._random = Random(20240101)
        self.workers = self._much(WORKERS)
        self.contracts = self._much(CONTRACTS)
        self.days = [
            _FIRST_DAY + timedelta(days=n) for n in range(365) if (_FIRST_DAY + timedelta(days=n)).weekday() < 5
        ]
        self.days = self.days[: self._much(DAYS)]

    def batches(self) -> Iterator[Batch]:
        """Everything in an order in which it can be written."""
        for form, rows in (
            ("base.partner", self._partners()),
            ("base.project", self._projects()),
            ("cost_center.target_cost", self._targets()),
            ("labor.labor_team", self._teams()),
            ("labor.worker", self._workers()),
            ("labor.wage_rate", self._rates()),
            ("cost_center.expense_contract", self._contracts()),
            ("cost_center.subcontract_settlement", self._settlements()),
            ("funds.payment_request", self._requests()),
            ("labor.day_labor_ticket", self._tickets()),
            ("cost_center.cost_journal", self._journals()),
        ):
            yield from _split(form, rows)

    def _much(self, full: int) -> int:
        return max(1, round(full * self._scale))

    def _project(self, n: int) -> str:
        return f"PRJ-X{n % 3 + 1}"

    def _partners(self) -> Iterator[Row]:
        for n in range(max(1, self.contracts // 3)):
            yield {"code": f"BP-X{n:03d}", "name": f"样本单位{n:03d}", "kinds": ["分包", "劳务", "材料商"]}

    def _projects(self) -> Iterator[Row]:
        members = [
            {"user": "foreman@demo.test", "role": "foreman"},
            {"user": "cost_clerk@demo.test", "role": "cost_clerk"},
        ]
        for n in range(3):
            manager = {"user": f"pm_{'abc'[n]}@demo.test", "role": "pm"}
            yield {
                "code": self._project(n), "name": f"样本工程{n + 1}", "kind": "房建", "stage": "在建",
                "owner_partner": "BP-0001", "plan_start": "2024-01-01", "plan_finish": "2026-12-31",
                "members": [manager, *members],
            }  # fmt: skip

    def _targets(self) -> Iterator[Row]:
        subjects = ("C01.02", *_CONTRACT_SUBJECTS, *_OTHER_SUBJECTS)
        for n in range(3):
            lines = [{"subject": each, "bid_cost": 900_000_000, "target_cost": 800_000_000} for each in subjects]
            yield {
                "$state": "approved", "code": f"MB-X{n + 1}", "project": self._project(n), "date": "2024-01-01",
                "basis": "责任成本测算", "lines": lines,
            }  # fmt: skip

    def _teams(self) -> Iterator[Row]:
        for n in range(-(-self.workers // TEAM)):
            trade = _TRADES[n % len(_TRADES)]
            yield {
                "code": f"TX{n:02d}", "name": f"样本{trade}{n:02d}班", "leader": "foreman@demo.test", "trades": [trade],
                "cost_subject": "C01.02",
            }  # fmt: skip

    def _workers(self) -> Iterator[Row]:
        entries = [{"project": self._project(n), "in_date": "2024-01-01"} for n in range(3)]
        for n in range(self.workers):
            name = self._random.choice(_NAMES[0]) + self._random.choice(_NAMES[1]) + self._random.choice(_NAMES[1])
            team = n // TEAM
            yield {
                "code": f"WX{n:04d}", "name": name, "trade": _TRADES[team % len(_TRADES)], "team": f"TX{team:02d}",
                "contract_signed": True, "safety_trained": True, "entries": entries,
            }  # fmt: skip

    def _rates(self) -> Iterator[Row]:
        for n in range(self.workers):
            rate = 220 + 10 * self._random.randrange(20)
            yield {
                "$state": "approved", "number": f"GJ-X{n:04d}", "scope": "工人", "worker": f"WX{n:04d}",
                "day_rate": rate, "from": "2024-01-01",
            }  # fmt: skip

    # ------------------------------------------------------------------------------------------------ contracts

    def _contracts(self) -> Iterator[Row]:
        for n in range(self.contracts):
            amount = self._worth(n)
            subject = _CONTRACT_SUBJECTS[n % len(_CONTRACT_SUBJECTS)]
            yield {
                "$state": "approved", "code": f"EC-X-{n:03d}", "name": f"样本合同{n:03d}", "project": self._project(n),
                "kind": "劳务分包", "partner": f"BP-X{n % max(1, self.contracts // 3):03d}", "original_amount": amount,
                "allocation": [{"subject": subject, "amount": amount}], "pricing": "单价", "sign_date": "2024-01-02",
            }  # fmt: skip

    def _worth(self, n: int) -> int:
        return 1_000_000 + 50_000 * (n * 37 % 160)

    def _settlements(self) -> Iterator[Row]:
        """Each a tenth of its contract, in lines."""
        for n in range(self._much(SETTLEMENTS)):
            contract, turn = n % self.contracts, n // self.contracts
            part = self._worth(contract) // 10
            subject = _CONTRACT_SUBJECTS[contract % len(_CONTRACT_SUBJECTS)]
            lines = [{"description": f"分项{k + 1}", "subject": subject, "amount": part // 5} for k in range(5)]
            yield {
                "$state": "approved", "code": f"JS-X-{n:04d}", "contract": f"EC-X-{contract:03d}", "kind": "进度结算",
                "date": f"2024-{turn % 11 + 2:02d}-25", "lines": lines,
            }  # fmt: skip

    def _requests(self) -> Iterator[Row]:
        """Twentieths of a settlement's payable share; a few wait for approval, a few are drafts."""
        for n in range(self._much(REQUESTS)):
            contract = n % self.contracts
            turn = self._random.randrange(20)
            state = "in_approval" if turn == 0 else "draft" if turn == 1 else "approved"
            yield {
                "$state": state, "code": f"FK-X-{n:05d}", "kind": "进度款", "contract": f"EC-X-{contract:03d}",
                "date": f"2024-{n // self.contracts % 12 + 1:02d}-28", "amount": self._worth(contract) // 200,
                "reason": "样本付款",
            }  # fmt: skip

    # ------------------------------------------------------------------------------------------------ labour and cost

    def _tickets(self) -> Iterator[Row]:
        """Every team on every day, its workers with overtime now and then."""
        number = 0
        for day in self.days:
            for team in range(-(-self.workers // TEAM)):
                crew = range(team * TEAM, min(self.workers, (team + 1) * TEAM))
                lines = [{"worker": f"WX{w:04d}", "normal_hours": 8, **self._overtime()} for w in crew]
                yield {
                    "$state": "approved", "code": f"DG-X-{number:05d}", "project": self._project(team),
                    "team": f"TX{team:02d}", "work_date": day.isoformat(), "late_reason": "批量数据",
                    "content": _WORK[number % len(_WORK)], "charge_to": "我方成本", "cost_subject": "C01.02",
                    "lines": lines,
                }  # fmt: skip
                number += 1

    def _overtime(self) -> Row:
        return {"ot_hours": 2, "ot_type": "平日"} if self._random.randrange(5) == 0 else {"ot_hours": 0}

    def _journals(self) -> Iterator[Row]:
        """What is missing to the number of cost entries."""
        tickets = len(self.days) * -(-self.workers // TEAM)
        missing = self._much(ENTRIES) - 5 * self._much(SETTLEMENTS) - tickets
        for n in range(max(1, missing // JOURNAL)):
            lines = [
                {"subject": self._random.choice(_OTHER_SUBJECTS), "amount": 100 + self._random.randrange(900)}
                for _ in range(JOURNAL)
            ]
            yield {
                "$state": "approved", "code": f"CJ-X-{n:04d}", "project": self._project(n),
                "date": f"2024-{n % 12 + 1:02d}-20", "reason": "样本成本", "lines": lines,
            }  # fmt: skip


def _split(form: str, rows: Iterator[Row]) -> Iterator[Batch]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == BATCH:
            yield Batch(form, some)
            some = []
    if some:
        yield Batch(form, some)
