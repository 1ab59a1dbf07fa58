"""The guide says what the screens say: each word it quotes stands in the catalogue of its language, both languages tell the
same, and every picture it shows is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from dougong.assets import LOCALE, ROOT
from tests.pages.test_catalogue import on_screen

GUIDE = ROOT / "docs" / "guide"
PAGES = ("user.md", "admin.md")
LANGUAGES = ("zh", "en")
#: How a page quotes the screen: 「保存」, **Save**.
QUOTED = {"zh": re.compile(r"「([^」]+)」"), "en": re.compile(r"\*\*([^*]+)\*\*")}
SHOWN = re.compile(r'<img src="([^"]+)" width="\d+" alt="[^"]+">')
BYTES = 3_000_000


@cache
def catalogue() -> dict[str, dict[str, set[str]]]:
    """By language: what stands on the screen, and the msgids that say it."""
    found: dict[str, dict[str, set[str]]] = {"zh": {}, "en": {}}
    with (LOCALE / "zh_CN/LC_MESSAGES/messages.po").open("rb") as file:
        for each in read_po(file):
            msgid = each.id[0] if isinstance(each.id, list | tuple) else each.id
            said = each.string[0] if isinstance(each.string, list | tuple) else each.string
            found["zh"].setdefault(str(said), set()).add(str(msgid))
            found["en"].setdefault(str(msgid), set()).add(str(msgid))
    return found


def text(language: str, page: str) -> str:
    return (GUIDE / language / page).read_text(encoding="utf-8")


def chapters(language: str, page: str) -> list[str]:
    return re.split(r"^## ", text(language, page), flags=re.MULTILINE)


def pictures(written: str) -> list[str]:
    """Without their language."""
    return [re.sub(r"/(zh|en)/", "/", each) for each in SHOWN.findall(written)]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_quoted_words_stand_on_the_screen(language: str, page: str) -> None:
    quoted = QUOTED[language].findall(text(language, page))
    assert len(quoted) > 30
    known = {word for word, msgids in catalogue()[language].items() if msgids & on_screen().keys()}
    assert [each for each in quoted if each not in known] == []


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_tell_the_same(page: str) -> None:
    here, there = (chapters(language, page) for language in LANGUAGES)
    assert len(here) == len(there)
    for one, other in zip(here, there, strict=True):
        assert pictures(one) == pictures(other)
        said, meant = (
            [catalogue()[language][each] for each in dict.fromkeys(QUOTED[language].findall(chapter))]
            for language, chapter in (("zh", one), ("en", other))
        )
        lone = [each for each in said if not any(each & other for other in meant)]
        lone += [each for each in meant if not any(each & other for other in said)]
        assert lone == [], one.splitlines()[0]


def test_every_picture_is_there_and_shown() -> None:
    named = {
        (GUIDE / each / name).resolve()
        for each in LANGUAGES
        for page in PAGES
        for name in SHOWN.findall(text(each, page))
    }
    kept = {each.resolve() for each in (GUIDE / "images").rglob("*.*")}
    assert {str(each) for each in named ^ kept} == set()
    assert all(
        text(each, page).count("<img") == len(SHOWN.findall(text(each, page))) for each in LANGUAGES for page in PAGES
    )


def test_pictures_are_small() -> None:
    files: list[Path] = list((GUIDE / "images").rglob("*.png"))
    assert 0 < sum(each.stat().st_size for each in files) < BYTES


def test_the_guide_is_linked_from_both_readmes() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        assert "docs/guide/README.md" in (ROOT / name).read_text(encoding="utf-8")
