"""docs/cli.md names every command and every option of it, and no command that is not there."""

from __future__ import annotations

import re

import pytest

from dougong.assets import ROOT
from dougong.cli.command import Command
from dougong.cli.main import COMMANDS, HELP, parser

PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| `")]
COMMON = {"--help", "--json", "--actor"}


def _row(command: Command) -> str:
    return next((row for row in ROWS if re.search(rf"`{command.words}\b", row)), "")


@pytest.mark.parametrize("command", [*COMMANDS, HELP], ids=lambda each: each.words)
def test_the_page_names_the_command_and_its_options(command: Command) -> None:
    row = _row(command)
    assert row
    options = set(re.findall(r"--[a-z-]+", _usage(command))) - COMMON
    assert {each for each in options if each not in row} == set()


def test_the_page_names_no_other_command() -> None:
    known = {each.words for each in (*COMMANDS, HELP)}
    named = {name for row in ROWS for name in re.findall(r"`([a-z]+(?: [a-z]+(?:-[a-z]+)?)?)", row.split(" | ")[0])}
    assert named == known


def _usage(command: Command) -> str:
    top = parser()
    for word in command.words.split():
        action = next(
            each for each in top._actions if hasattr(each, "choices") and each.choices and word in each.choices
        )
        top = action.choices[word]  # type: ignore[index, call-overload]
    return top.format_help()
