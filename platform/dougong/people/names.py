"""What an account may be called: an e-mail address (syntax only, reserved domains count, no DNS) or a phone number.

One rule: two spellings of one address are one account, so names are compared in one normal form."""

from __future__ import annotations

import re
import unicodedata

from ..kernel.errors import Invalid
from ..kernel.problems import Problem

_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@[^@\s.\"(),:;<>\[\]\\_]+(\.[^@\s.\"(),:;<>\[\]\\_]+)*")
_PHONE = re.compile(r"\+?[0-9]{5,15}")


def normal(text: str) -> str:
    """The normal form: NFKC, lower case, a phone's blanks and hyphens dropped. Raises Invalid `format` at /account."""
    name = unicodedata.normalize("NFKC", text).strip().lower()
    phone = re.sub(r"[\s()-]", "", name)
    if _PHONE.fullmatch(phone):
        return phone
    if len(name) <= 254 and _EMAIL.fullmatch(name) and ".." not in name:
        return name
    raise Invalid([Problem("format", "/account", {"format": "account"})])


def short(name: str) -> str:
    """The part before the @, by which seeds and scenarios speak of a member."""
    return name.split("@")[0]


def is_email(text: str) -> bool:
    """Whether this is an e-mail address, by its looks alone."""
    return len(text) <= 254 and text.isascii() and _EMAIL.fullmatch(text) is not None and ".." not in text
