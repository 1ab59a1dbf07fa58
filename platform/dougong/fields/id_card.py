"""The number of a Chinese identity card (公民身份号码, GB 11643-1999)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ..definition.model import Field
from ._characters import plain
from ._coded import _Coded
from .type import Unreadable

LENGTH = 18
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
#: The first two digits of the regions (GB/T 2260), of residence permits for 港澳台 (81 to 83) included.
_REGIONS = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)


class IdCard(_Coded):
    """18 characters whose last is a checksum of the others, with a real day of birth; x becomes X. The old numbers of 15
    digits, out of force since 2013, are refused. A foreigner's permanent residence card (9 and the region) counts."""

    name = "id_card"
    widget = "id_card"
    limit = 40

    def normal(self, text: str) -> str:
        number = plain(text).replace(" ", "").replace("-", "").upper()
        if len(number) != LENGTH:
            old = len(number) == 15 and number.isascii() and number.isdigit()
            raise _wrong("old_id_card" if old else "id_card_length", length=len(number))
        digits = number[:-1]
        if not (digits.isascii() and digits.isdigit() and (number[-1] in "0123456789X")):
            raise _wrong("id_card_characters")
        region = number[1:3] if number[0] == "9" else number[:2]
        if region not in _REGIONS:
            raise _wrong("id_card_region", value=number[:2])
        if _born(number) is None:
            raise _wrong("id_card_day", value=number[6:14])
        if number[-1] != check_character(digits):
            raise _wrong("id_card_check")
        return number

    def mask(self, value: Any, field: Field) -> str:
        """The region and the last four: `1101**********1234`."""
        return f"{value[:4]}{'*' * 10}{value[-4:]}" if len(value) == LENGTH else "****"

    def samples(self, field: Field) -> Sequence[Any]:
        numbers = ("11010119491001003", "44030020000229876", "81000019900101001", "91112419810803002")
        return [with_check(each) for each in numbers]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        good = with_check("11010119491001003")
        wrong_check = good[:-1] + ("0" if good[-1] != "0" else "1")
        texts = (
            wrong_check, "110101491001003", good[:-1], with_check("11010119490230003"), with_check("99010119491001003"),
            "不是身份证号码" + "啊" * 11, "1" * 17 + "²",
        )  # fmt: skip
        return [*super().bad_samples(field), *((each, "format") for each in texts)]


def check_character(digits: str) -> str:
    """ISO 7064:1983, MOD 11-2 of the first 17 digits."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def with_check(digits: str) -> str:
    """17 digits and their check character."""
    return digits + check_character(digits)


def _born(number: str) -> date | None:
    try:
        day = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return day if day.year >= 1850 else None


def _wrong(reason: str, **params: Any) -> Unreadable:
    """The number itself is not repeated: problems are logged and shown."""
    return Unreadable("format", format="id_card", reason=reason, **params)
