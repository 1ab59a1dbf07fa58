"""The data of both sides: the same rows for the same number, whichever side is asked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

PROJECTS = 200
CATEGORIES = ("材料", "人工", "机械", "分包", "差旅", "管理", "税费", "其他")
STATUSES = ("草稿", "已核", "已付")
COLUMNS = (
    "project", "category", "amount", "day", "vendor", "status", "invoice", "contact", "place", "due", "rate", "quantity",
    "unit", "urgent", "note",
)  # fmt: skip
_FIRST = date(2020, 1, 1)


def project(n: int) -> str:
    """The name of the n-th project, from 0."""
    return f"项目 {n:03d}"


def entry(n: int) -> dict[str, Any]:
    """The n-th cost entry, from 0: plain values by column name. Amounts run through a fixed linear congruence, so that
    neither side profits from an order."""
    spread = (n * 1_103_515_245 + 12_345) % 2_147_483_648
    day = _FIRST + timedelta(days=spread % 2_000)
    return {
        "project": project(spread // 7 % PROJECTS),
        "category": CATEGORIES[spread // 11 % len(CATEGORIES)],
        "amount": Decimal(spread % 100_000) / 100,
        "day": day.isoformat(),
        "vendor": f"供应商 {spread % 977}",
        "status": STATUSES[spread // 13 % len(STATUSES)],
        "invoice": f"FP{n:08d}",
        "contact": f"联系人 {n % 31}",
        "place": f"{n % 17} 号楼",
        "due": (day + timedelta(days=30)).isoformat(),
        "rate": Decimal("0.13"),
        "quantity": Decimal(n % 50),
        "unit": "吨",
        "urgent": n % 10 == 0,
        "note": f"第 {n} 笔",
    }


def lines(n: int) -> list[dict[str, Any]]:
    """The lines of the n-th entry that is posted: none to five."""
    return [{"what": f"明细 {k}", "quantity": Decimal(k + 1), "price": Decimal("12.50")} for k in range(n % 6)]


def table(start: int, count: int) -> str:
    """Entries as CSV, headed by the names of the columns."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(start, count))
    return out.getvalue()


def _cells(start: int, count: int) -> Iterator[list[str]]:
    for n in range(start, start + count):
        yield [str(value).lower() if isinstance(value, bool) else str(value) for value in entry(n).values()]
