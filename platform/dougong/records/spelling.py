"""Texts as they are searched: small letters, their pinyin, the initials of it. One rule: a name of few characters is spelled
in every way its characters are read, so that 曾 is found by zeng and by ceng."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import product

#: Letters of a text that are spelled, those that are kept, ways to spell one text.
SPELLED, KEPT, WAYS = 60, 10_000, 8


def folded(text: str) -> str:
    """Small letters, full-width ones as half-width ones."""
    return unicodedata.normalize("NFKC", text).lower()


@lru_cache(maxsize=8192)
def spelled(text: str) -> str:
    """The text with everything it may be found by, a line each: itself, 城东小学 as chengdongxiaoxue and as cdxx."""
    plain = folded(text)[:KEPT]
    if not any("\u3400" <= each <= "\u9fff" or each > "\U0001ffff" for each in plain[:SPELLED]):
        return plain
    return "\n".join(dict.fromkeys((plain, *_ways(plain[:SPELLED]))))


def _ways(text: str) -> list[str]:
    # Imported when first needed: its dictionary takes a third of a second.
    from pypinyin import Style, lazy_pinyin, pinyin

    usual = lazy_pinyin(text)
    found = ["".join(usual), "".join(each[:1] for each in usual)]
    if len(text) <= 8:
        for style in (Style.NORMAL, Style.FIRST_LETTER):
            every = [tuple(dict.fromkeys(each)) for each in pinyin(text, style=style, heteronym=True)]
            for way, _ in zip(product(*every), range(WAYS), strict=False):
                found.append("".join(way))
    return [folded(each) for each in found]
