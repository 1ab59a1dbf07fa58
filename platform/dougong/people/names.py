"""What an account may be called: an e-mail address (syntax only, reserved domains count, no DNS) or a phone number.

One rule: two spellings of one address are one account, so names are compared in one normal form."""

from __future__ import annotations

import re
import unicodedata

from ..kernel.errors import Invalid
from ..kernel.problems import Problem

_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]{1,64}@[^@\s.\"(),:;<>\[\]\\_]+(\.[^@\s.\"(),:;<>\[\]\\_]+)*")
_PHONE = re.compile(r"\+?[0-9]{5,15}")
#: A mobile number of the mainland, with or without the country before it.
_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")
_COUNTRY = ("", "+86", "86", "0086")


def normal(text: str) -> str:
    """The normal form: NFKC, lower case, a phone's blanks and hyphens dropped, a mobile number without +86. Raises Invalid
    `format` at /account."""
    name = unicodedata.normalize("NFKC", text).strip().lower()
    phone = re.sub(r"[\s()-]", "", name)
    if mobile := _MOBILE.fullmatch(phone):
        return mobile[1]
    if _PHONE.fullmatch(phone):
        return phone
    if len(name) <= 254 and _EMAIL.fullmatch(name) and ".." not in name:
        return name
    raise Invalid([Problem("format", "/account", {"format": "account"})])


def spellings(text: str) -> tuple[str, ...]:
    """The names an account may stand under, the normal form first: mobile numbers were once kept with their country. Raises
    Invalid."""
    name = normal(text)
    return tuple(each + name for each in _COUNTRY) if _MOBILE.fullmatch(name) else (name,)


def short(name: str) -> str:
    """The part before the @, by which seeds and scenarios speak of a member."""
    return name.split("@")[0]


def is_email(text: str) -> bool:
    """Whether this is an e-mail address, by its looks alone."""
    return len(text) <= 254 and text.isascii() and _EMAIL.fullmatch(text) is not None and ".." not in text
