"""Formats of `text(value, format)`: a small part of what spreadsheets know, the same for screen and print.

Numbers: any of `0 # , .` and a final %, with plain text around them. Dates and times: yyyy yy mm m dd d hh ss, where mm
after hh means minutes."""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal

from ..kernel.errors import FormulaError
from . import exact

_NUMBER = re.compile(r"[#0,]*[#0](?:\.([0#]*))?%?")
_DATE = re.compile(r"yyyy|yy|mm|m|dd|d|hh|h|ss|s", re.IGNORECASE)


def format_value(value: object, form: str | None = None) -> str:
    """The value as text; without a format the shortest exact one. Raises FormulaError("format")."""
    if form is not None and len(form) > 100:
        raise FormulaError("format", format=form[:100])
    if isinstance(value, Decimal):
        return format_number(value, form) if form else exact.plain(value)
    if isinstance(value, (date, time)):
        return format_moment(value, form) if form else value.isoformat()
    return str(value)


def format_number(value: Decimal, form: str) -> str:
    """The first run of `# 0 , . %` is the number's place, the rest stands as it is."""
    found = _NUMBER.search(form)
    if found is None:
        raise FormulaError("format", format=form)
    pattern, places = found.group(), found.group(1) or ""
    if pattern.endswith("%"):
        value = exact.multiply(value, Decimal(100))
    if len(places) > exact.SCALE:
        raise FormulaError("format", format=form)
    digits = _digits(exact.rounded(value, len(places)), pattern, places)
    return form[: found.start()] + digits + ("%" if pattern.endswith("%") else "") + form[found.end() :]


def _digits(value: Decimal, pattern: str, places: str) -> str:
    whole, _, fraction = f"{abs(value):.{len(places)}f}".partition(".")
    optional = len(places) - len(places.rstrip("#"))
    while optional and fraction.endswith("0"):
        fraction, optional = fraction[:-1], optional - 1
    whole = whole.lstrip("0").rjust(pattern.split(".")[0].count("0"), "0")
    if "," in pattern:
        whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", whole)
    sign = "-" if value < 0 else ""
    return sign + whole + (f".{fraction}" if fraction else "")


def format_moment(value: date | time, form: str) -> str:
    """Date and time letters replaced; m after h, or before s, is minutes."""
    pieces: list[str] = []
    last, at = "", 0
    for found in _DATE.finditer(form):
        pieces.append(form[at : found.start()])
        word = found.group().lower()
        following = _DATE.search(form, found.end())
        minutes = word in ("m", "mm") and (last[:1] == "h" or bool(following and following.group()[0] in "sS"))
        pieces.append(_part(value, "i" * len(word) if minutes else word))
        last, at = word, found.end()
    return "".join(pieces) + form[at:]


def _part(value: date | time, word: str) -> str:
    names = {"y": "year", "m": "month", "d": "day", "h": "hour", "i": "minute", "s": "second"}
    number: int | None = getattr(value, names[word[0]], None)
    if number is None:
        raise FormulaError("format", format=word)
    if word[0] == "y":
        return f"{number:04d}" if len(word) == 4 else f"{number % 100:02d}"
    return f"{number:0{len(word)}d}"
