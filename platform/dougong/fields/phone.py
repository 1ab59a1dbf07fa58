"""A telephone number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..definition.model import Field
from ._characters import plain
from ._coded import _Coded
from .type import Unreadable

_EXTENSION = re.compile(r"(.+?)\s*(?:转|分机|ext\.?|x|#)\s*(\d{1,6})", re.ASCII | re.IGNORECASE)
_SIGNS = re.compile(r"[\s().\-–—]")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d\d)(\d{7,8})(\d{1,6})?", re.ASCII)
_TYPED_LANDLINE = re.compile(r"\(?(010|02\d|0[3-9]\d\d)\)?[\s\-–—]*(\d{7,8})(?:[\s\-–—]+(\d{1,6}))?", re.ASCII)
_SERVICE = re.compile(r"[48]00\d{7}|9[56]\d{3,6}|1[0-2]\d{1,3}", re.ASCII)
_ABROAD = re.compile(r"\+[1-9]\d{5,14}", re.ASCII)


class Phone(_Coded):
    """A Chinese mobile number, a landline with its area code ("010-12345678", an extension behind a further hyphen), a
    service number, or `+` and an international one. Blanks and brackets go; +86 before a Chinese number goes too."""

    name = "phone"
    widget = "phone"
    limit = 40
    converts_from = ("text", "long_text", "choice", "integer")

    def normal(self, text: str) -> str:
        typed = plain(text)
        extension = _EXTENSION.fullmatch(typed)
        if extension is not None:
            typed = f"{extension[1]}-{extension[2]}"
        number = _SIGNS.sub("", typed)
        if number.startswith("00"):
            number = "+" + number[2:]
        home = number.removeprefix("+86")
        if _MOBILE.fullmatch(home):
            return home
        if number.startswith("+86"):
            return self._landline(home if home.startswith("0") else "0" + home, "", text)
        if _ABROAD.fullmatch(number) or _SERVICE.fullmatch(number):
            return number
        return self._landline(number, typed, text)

    def _landline(self, number: str, typed: str, text: str) -> str:
        """Area code, number and extension, hyphens between: as they were parted when typed, else by their lengths."""
        match = _TYPED_LANDLINE.fullmatch(typed) or _LANDLINE.fullmatch(number)
        if match is None or not _LANDLINE.fullmatch(match[1] + match[2]):
            reason = {11: "mobile", 7: "area_code", 8: "area_code"}.get(len(number) if number.isdigit() else 0, "phone")
            raise Unreadable("format", format="phone", reason=reason, value=text[:60], length=len(number))
        return "-".join(part for part in match.groups() if part)

    def mask(self, value: Any, field: Field) -> str:
        """`138****5678`, `010-****5678`."""
        number = str(value)
        if _MOBILE.fullmatch(number):
            return f"{number[:3]}****{number[-4:]}"
        area, _, rest = number.partition("-")
        if rest:
            return f"{area}-****{rest.partition('-')[0][-4:]}"
        return f"{number[:3]}****{number[-2:]}" if len(number) > 8 else "****"

    def samples(self, field: Field) -> Sequence[Any]:
        return ["+85225551234", "010-12345678", "0371-1234567-801", "10086", "13812345678", "4008001234"]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        texts = ("1381234567", "138123456789", "12812345678", "12345678", "abc", "+0123456", "010-1234", "1+1", "-")
        return [*super().bad_samples(field), *((each, "format") for each in texts)]
