"""CONTRIBUTING.md keeps its word: its examples, put where it says into a copy of the checkout, are tested unasked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dougong.assets import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"<!-- (file|entry): (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
PARTS = ("platform", "modules", "templates", "schemas", "locale", "docs", "tests", "pyproject.toml")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with the examples added."""
    copy = tmp_path_factory.mktemp("checkout")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / part)
    (copy / "static").mkdir()
    for kind, place, text in BLOCKS:
        _add(copy / place, text) if kind == "entry" else _write(copy / place, text)
    return copy


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _add(path: Path, entry: str) -> None:
    """The entry as the last one of the family's tuple."""
    before, end, after = path.read_text(encoding="utf-8").rpartition(")  # fmt: skip")
    path.write_text(before + entry + end + after, encoding="utf-8")


def _tests(checkout: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(checkout / "platform")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_nothing_takes_more_than_three_places() -> None:
    for part in PAGE.split("\n## ")[1:]:
        assert len(re.findall(r"^\d\. ", part, re.MULTILINE)) <= 3


def test_a_field_type_of_one_file_meets_the_contract(checkout: Path) -> None:
    out = _tests(checkout, "tests/contract/test_field_types.py", "-k", "plate")
    assert re.search(r"[1-9]\d* passed", out)


def test_a_function_of_one_entry_is_the_same_in_python_and_sql(checkout: Path) -> None:
    out = _tests(checkout, "tests/formula/test_functions.py", "tests/formula/test_equality.py", "-k", "surround")
    assert re.search(r"[1-9]\d* passed", out)


def test_a_module_of_data_runs_its_scenario(checkout: Path) -> None:
    out = _tests(checkout, "tests/scenarios", "-k", "visit")
    assert re.search(r"[1-9]\d* passed", out)
