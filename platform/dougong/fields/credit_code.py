"""The unified social credit code of a firm (统一社会信用代码, GB 32100-2015)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..definition.model import Field
from ._characters import plain
from ._coded import _Coded
from .type import Unreadable

LENGTH = 18
#: No I, O, S, V, Z: they look like digits.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class CreditCode(_Coded):
    """18 characters, the last a checksum of the others; small letters become capitals."""

    name = "credit_code"
    widget = "credit_code"
    limit = 40

    def normal(self, text: str) -> str:
        code = plain(text).replace(" ", "").replace("-", "").upper()
        if len(code) != LENGTH:
            raise Unreadable("format", format="credit_code", reason="credit_code_length", length=len(code))
        for place, each in enumerate(code, 1):
            if each not in ALPHABET or (3 <= place <= 8 and not each.isdigit()):
                raise Unreadable(
                    "format", format="credit_code", reason="credit_code_character", place=place, character=each
                )
        if code[-1] != check_character(code[:-1]):
            raise Unreadable("format", format="credit_code", reason="credit_code_check")
        return code

    def mask(self, value: Any, field: Field) -> str:
        return f"{value[:2]}{'*' * 12}{value[-4:]}" if len(value) == LENGTH else "****"

    def samples(self, field: Field) -> Sequence[Any]:
        return [
            with_check("11100000000013349"), with_check("52330100MJ8765432"), "91330106673959654P", "91350100M000100Y43",
        ]  # fmt: skip

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        texts = (
            "91350100M000100Y44",
            "91350100M000100Y4",
            "330106000012345",
            "9135O100M000100Y43",
            "91350100M000100I43",
        )
        return [*super().bad_samples(field), *((each, "format") for each in texts)]


def check_character(code: str) -> str:
    """GB 32100-2015, 4.5: 31 less the sum of the 17 characters weighted by powers of 3, modulo 31."""
    total = sum(ALPHABET.index(each) * pow(3, place, 31) for place, each in enumerate(code))
    return ALPHABET[-total % 31]


def with_check(code: str) -> str:
    """17 characters and their check character."""
    return code + check_character(code)
