"""Texts as they are searched: small letters, their pinyin, the initials of it. One rule: a name of few characters is spelled
in every way its characters are read, so that 曾 is found by zeng and by ceng.

The dictionaries are pypinyin's; words are looked up here, since every record that is written is spelled."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import islice, product

#: Characters of a text that are spelled and that are kept; ways to spell one text, readings of one character in them;
#: a text of so many characters is spelled in several ways.
SPELLED, KEPT, WAYS, READINGS, SHORT = 60, 10_000, 8, 2, 8
#: Changes when texts are spelled otherwise, so that what is kept is made anew.
MADE = 2
#: Characters of the longest word in the dictionary.
_WORD = 10


def folded(text: str) -> str:
    """Small letters, full-width ones as half-width ones."""
    return unicodedata.normalize("NFKC", text).lower()


@lru_cache(maxsize=8192)
def spelled(text: str) -> str:
    """The text with everything it may be found by, a line each: itself, 城东小学 as chengdongxiaoxue and as cdxx."""
    plain = folded(text)[:KEPT]
    if plain.isascii():
        return plain
    return "\n".join(dict.fromkeys((plain, *_ways(plain[:SPELLED]))))


def _ways(text: str) -> list[str]:
    found = [*_said(_usual(text))]
    if len(text) <= SHORT:
        every = [_readings(each)[:READINGS] for each in text]
        for way in islice(product(*every), WAYS):
            found += _said(way)
    return found


def _said(syllables: Sequence[str]) -> tuple[str, str]:
    return "".join(syllables), "".join(each[:1] for each in syllables)


def _usual(text: str) -> list[str]:
    """A syllable for each character, as the longest words of the dictionary that stand there are read."""
    words = _dictionary()
    found: list[str] = []
    while len(found) < len(text):
        at = len(found)
        sizes = range(min(_WORD, len(text) - at), 1, -1)
        word = next((text[at : at + size] for size in sizes if text[at : at + size] in words), "")
        found += [_plain(each[0]) for each in words[word]] if word else [_readings(text[at])[0]]
    return found


@lru_cache(maxsize=30_000)
def _readings(character: str) -> tuple[str, ...]:
    """How a character is read, the usual way first; anything else is itself."""
    from pypinyin.constants import PINYIN_DICT  # when first needed: it takes a third of a second

    known = PINYIN_DICT.get(ord(character))
    return tuple(dict.fromkeys(_plain(each) for each in known.split(","))) if known else (character,)


@cache
def _dictionary() -> dict[str, list[list[str]]]:
    from pypinyin.constants import PHRASES_DICT

    return dict(PHRASES_DICT)


@lru_cache(maxsize=4096)
def _plain(syllable: str) -> str:
    """Without tones: lǜ is lv, as it is typed."""
    spread = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(each for each in spread if not unicodedata.combining(each)).lower()
