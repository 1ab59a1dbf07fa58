"""Which characters may be kept and how typed ones are read. One rule: full-width digits, letters' signs and Chinese
punctuation typed into a number, date or time mean their ASCII twins; text itself is never changed."""

from __future__ import annotations

from .type import Unreadable

#: Full-width ASCII block, the real minus, ideographic space and full stop.
_TWINS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x2212: 0x2D, 0x3000: 0x20, 0x3002: 0x2E}


def plain(text: str) -> str:
    """ASCII twins for full-width characters, without white space around."""
    return text.translate(_TWINS).strip()


def keepable(text: str) -> str:
    """The same text, if both databases can keep it: no NUL, no half of a surrogate pair."""
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise Unreadable("format", reason="characters")
    return text
