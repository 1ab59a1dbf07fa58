"""What a fresh machine gets: the layout, the locks, the wheel and its data, the bootstrap script."""

from __future__ import annotations

import ast
import json
import platform
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pysqlite3.dbapi2
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import hatch_build

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(lock: str) -> dict[str, str]:
    """Name -> the lines of its pin."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return {canonicalize_name(line.split("==")[0]): line for line in text.splitlines() if line.strip()}


def test_the_standard_librarys_platform_is_not_hidden() -> None:
    assert ROOT not in Path(platform.__file__).parents
    assert platform.system()
    assert not list((ROOT / "platform").glob("*.py"))


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_are_hashed_and_hold_no_addresses(lock: str) -> None:
    assert all(re.search(r"==\S+.*--hash=sha256:[0-9a-f]{64}", line) for line in pins(lock).values())
    assert not re.search(r"://|--(extra-)?index|--find-links", (ROOT / lock).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.lock", PROJECT["project"]["dependencies"]),
        ("requirements-dev.lock", PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]),
    ],
)
def test_locks_pin_what_the_project_asks_for(lock: str, wanted: list[str]) -> None:
    pinned = pins(lock)
    for requirement in map(Requirement, wanted):
        version = pinned[canonicalize_name(requirement.name)].split("==")[1].split()[0]
        assert requirement.specifier.contains(version), requirement


def test_the_dev_lock_pins_the_same_versions_as_the_runtime_lock() -> None:
    dev = pins("requirements-dev.lock")
    assert all(dev[name].split()[0] == line.split()[0] for name, line in pins("requirements.lock").items())


def test_npm_packages_are_pinned_exactly_and_hold_no_addresses() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert all(packages[f"node_modules/{name}"]["version"] == version for name, version in wanted.items())
    assert all("integrity" in each and "resolved" not in each for path, each in packages.items() if path)


def test_sqlite_does_not_have_the_wal_reset_bug() -> None:
    assert pysqlite3.dbapi2.sqlite_version_info >= (3, 51, 3)


def test_the_bootstrap_script_is_readable_by_an_old_python_and_needs_no_package() -> None:
    tree = ast.parse((ROOT / "dougong").read_text(encoding="utf-8"), feature_version=(3, 7))
    whole = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    parts = {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert whole | parts <= set(sys.stdlib_module_names)


def test_every_icon_that_a_template_calls_for_is_in_the_sprite() -> None:
    sprite = (ROOT / "static" / "vendor" / "icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    called = {
        f"{file.relative_to(ROOT)}: {name}": name
        for file in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"""\bicon\(\s*["']([^"']+)["']""", file.read_text(encoding="utf-8"))
    }
    assert [place for place, name in called.items() if name not in drawn] == []


def test_the_sprite_holds_the_named_icons_only(tmp_path: Path) -> None:
    page = tmp_path / "templates" / "page.html"
    page.parent.mkdir()
    page.write_text('{{ icon("home") }} {{ icon("check" if done else "x") }} {{ icon(field.icon) }}')
    module = tmp_path / "modules" / "labor" / "module.json"
    module.parent.mkdir(parents=True)
    module.write_text('{"title": "劳务", "icon": "users-group"}')
    names = hatch_build.icon_names(tmp_path)
    drawn = hatch_build.sprite(ROOT / "node_modules" / hatch_build.ICONS, names)
    assert re.findall(r'<symbol id="([^"]+)"', drawn) == ["check", "home", "users-group", "x"]


def test_every_catalogue_is_compiled() -> None:
    assert all(source.with_suffix(".mo").is_file() for source in ROOT.glob("locale/*/LC_MESSAGES/*.po"))


def test_the_wheel_carries_code_and_data_and_runs_without_a_checkout(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(ROOT)], check=True, stdin=subprocess.DEVNULL)
    (wheel,) = tmp_path.glob("dougong-*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(installed)
    assert "dougong/_data/static/vendor/htmx.min.js" in names
    assert {f"dougong/_data/{name}" for name in checked_in("modules", "schemas", "templates", "static")} <= names
    code = f"import sys; sys.path.insert(0, {str(installed)!r}); from dougong import assets; print(assets.MODULES)"
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert found.stdout.strip() == str(installed / "dougong" / "_data" / "modules")


def checked_in(*folders: str) -> list[str]:
    """The files below these folders of the checkout that are data, as paths from its root."""
    files = (file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file())
    return [file.relative_to(ROOT).as_posix() for file in files if file.suffix in {".json", ".html", ".css", ".js"}]


@pytest.mark.nightly
def test_a_set_up_that_was_broken_off_repairs_itself(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".unfinished").touch()
    (clone / ".venv" / ".stamp-venv").write_text(str(clone))
    done = subprocess.run([sys.executable, "dougong", "setup"], cwd=clone, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0
    assert not (clone / ".venv" / ".unfinished").exists()
    assert (clone / "static" / "vendor" / "htmx.min.js").is_file()
