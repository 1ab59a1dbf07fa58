"""What lies at a PATH given to `module check|plan|apply`: a module folder, one form file, or any JSON Schema file. One rule:
only files that belong to a module are read, never one outside the folder (links are not followed out of it)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..assets import MODULES
from ..definition.names import is_full_name
from ..kernel.errors import Malformed, NotFound, TooLarge

_SUFFIXES = {".json", ".csv"}
_FOLDERS = ("forms", "extends", "dashboards", "i18n", "seed", "scenarios")
LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """`files` by path inside the module. For a single file `files` holds it alone under its own name, and `target` is the
    (module, form) it is to be, as far as its place or `--as` tells."""

    kind: Literal["folder", "file"]
    path: Path
    files: dict[str, bytes]
    module: str | None = None
    form: str | None = None


def read_source(path: Path, as_form: str | None = None) -> Source:
    """Read what lies at the path. Raises NotFound, Malformed `bad_name` for a wrong --as, TooLarge."""
    if as_form is not None and not is_full_name(as_form):
        raise Malformed("bad_name", name=as_form)
    if path.is_dir():
        return Source("folder", path, _folder(path), _folder_name(path))
    if not path.is_file():
        raise NotFound("file", path=str(path))
    module, form = as_form.split(".") if as_form else _by_place(path)
    return Source("file", path, {path.name: _bytes(path)}, module, form)


def bundled(name: str) -> Path | None:
    """The folder of a module that comes with the program."""
    folder = MODULES / name
    return folder if (folder / "module.json").is_file() else None


def bundled_names() -> list[str]:
    """All modules that come with the program."""
    return sorted(each.parent.name for each in MODULES.glob("*/module.json"))


def module_folder_of(path: Path) -> Path | None:
    """The module folder a form file lies in (…/<module>/forms/<form>.json)."""
    folder = path.resolve().parent.parent
    return folder if path.parent.name in ("forms", "extends") and (folder / "module.json").is_file() else None


def _folder(path: Path) -> dict[str, bytes]:
    root = path.resolve()
    files: dict[str, bytes] = {}
    size = 0
    for each in _belonging(root):
        if not each.resolve().is_relative_to(root):
            continue
        files[each.relative_to(root).as_posix()] = content = _bytes(each)
        size += len(content)
        if size > LIMIT:
            raise TooLarge("module_too_large", limit=LIMIT)
    if "module.json" not in files:
        raise NotFound("file", path=str(path / "module.json"))
    return files


def _belonging(root: Path) -> Iterator[Path]:
    if (root / "module.json").is_file():
        yield root / "module.json"
    for folder in _FOLDERS:
        yield from sorted(each for each in (root / folder).rglob("*") if each.suffix in _SUFFIXES and each.is_file())


def _folder_name(path: Path) -> str:
    return path.resolve().name


def _by_place(path: Path) -> tuple[str | None, str | None]:
    folder = module_folder_of(path)
    return (folder.name, path.stem) if folder is not None and path.parent.name == "forms" else (None, None)


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LIMIT:
        raise TooLarge("file_too_large", path=str(path), limit=LIMIT)
    return path.read_bytes()
