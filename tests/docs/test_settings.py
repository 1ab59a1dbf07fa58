"""docs/settings.md says what kernel/settings.py reads: every variable, its default, its meaning."""

from __future__ import annotations

from dataclasses import fields

from dougong.assets import ROOT
from dougong.kernel.settings import PREFIX, Settings

PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_page_with_its_default_and_meaning() -> None:
    for each in fields(Settings):
        default = f"`{each.default}`" if each.default != "" else ""
        row = f"| `{PREFIX}{each.name.upper()}` | {default} | {each.metadata['doc']} |"
        assert row in PAGE, row


def test_the_page_names_no_other_setting() -> None:
    assert PAGE.count(f"| `{PREFIX}") == len(fields(Settings))
