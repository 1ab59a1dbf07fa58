"""What the pages point at is there: files, and headings of pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dougong.assets import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = [each for each in LINK.findall(_prose(page)) if "://" not in each]
    assert [each for each in links if not _there(page, each)] == []


def test_every_page_of_the_docs_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.is_file():
            continue
        reached.add(page)
        waiting += [page.parent / each.partition("#")[0] for each in LINK.findall(_prose(page)) if ".md" in each]
        waiting = [each.resolve() for each in waiting]
    decisions = (ROOT / "docs" / "decisions").resolve()
    assert [
        each.name for each in (ROOT / "docs").rglob("*.md") if each not in reached and each.parent != decisions
    ] == []


def _prose(page: Path) -> str:
    """The page without its examples."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def _there(page: Path, link: str) -> bool:
    file, _, heading = link.partition("#")
    target = page.parent / file if file else page
    if not target.exists():
        return False
    return not heading or heading in map(_anchor, re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M))


def _anchor(title: str) -> str:
    """As GitHub makes them."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
