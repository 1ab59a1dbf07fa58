"""Work calendars are records: formulas that count workdays read them."""

from __future__ import annotations

from decimal import Decimal

from dougong.actions.create_demo import create_demo
from dougong.actions.installation import Installation
from dougong.actions.transaction import read
from dougong.formula.to_python import to_python
from dougong.kernel.actor import operator
from dougong.records.moment import context_of
from dougong.storage.transaction import Transaction

CASES = {
    "overtime_kind(date('2025-10-01'), '劳动日历')": "法定",
    "overtime_kind(date('2025-10-04'), '劳动日历')": "休息日",
    "overtime_kind(date('2025-10-07'), '劳动日历')": "休息日",
    "overtime_kind(date('2025-09-28'), '劳动日历')": "平日",
    "overtime_kind(date('2025-10-11'))": "平日",
    "workdays(date('2025-10-01'), date('2025-10-11'))": Decimal(3),
    "workdays(date('2025-10-01'), date('2025-10-11'), '现场日历')": Decimal(11),
    "isworkday(date('2025-10-04'), 'no such calendar')": False,
}


def test_holidays_rest_days_and_make_up_days_come_from_the_tenants_calendars(installation: Installation) -> None:
    create_demo(installation)

    def answers(tx: Transaction) -> dict[str, object]:
        definitions = installation.catalog.live(tx).definitions
        given = {text: to_python(definitions.checked(text, "base.period")) for text in CASES}
        return {text: compiled(_Moment(tx)) for text, compiled in given.items()}

    assert read(installation, operator("demo"), answers) == CASES


class _Moment:
    """A formula's surroundings without a record."""

    def __init__(self, tx: Transaction) -> None:
        self.context = context_of(tx)
