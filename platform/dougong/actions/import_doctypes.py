"""Makes a module folder of DocTypes that lie in files. One rule: nothing is written where something is wrong, and only a
folder that is empty, or was made here before, is written to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import simplejson

from ..definition.names import RESERVED_MODULES, is_name
from ..definition.read import SIZE_LIMIT as FORM_LIMIT
from ..doctype.losses import Loss
from ..doctype.module import make_module, set_problems
from ..doctype.reading import SIZE_LIMIT, DocType, looks_like_doctype, read_doctypes
from ..fields.registry import field_types
from ..kernel.errors import Conflict, DefinitionError, Malformed, NotFound, TooLarge
from ..kernel.problems import Problem

REPORT = "losses.json"
FILES_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class Imported:
    """`forms` are the forms made; `files` the paths written below the folder; `skipped` files of a folder that are no
    DocTypes; `problems` what the checker warns of."""

    module: str
    forms: tuple[str, ...]
    files: tuple[str, ...]
    losses: tuple[Loss, ...]
    skipped: int
    problems: tuple[Problem, ...]


def import_doctypes(paths: Sequence[Path], out: Path, *, title: str | None = None) -> Imported:
    """Read the DocTypes of files and folders and write the module `out`. Raises NotFound, TooLarge, Malformed `bad_name`,
    Conflict `folder_in_use`, DefinitionError with every problem."""
    name = out.resolve().name
    if not is_name(name) or name in RESERVED_MODULES:
        raise Malformed("bad_name", name=name)
    earlier = _earlier(out)
    doctypes, skipped = _read(paths)
    made = make_module(doctypes, field_types(), name=name, title=title)
    files = {path: _bytes(content) for path, content in made.files.items()}
    wrong = [each for each in made.problems if each.level == "error"]
    wrong += [
        Problem("too_large", params={"limit": FORM_LIMIT, "size": len(content)}, file=path)
        for path, content in files.items()
        if len(content) > FORM_LIMIT
    ]
    if wrong:
        raise DefinitionError(wrong)
    _write(out, files, earlier)
    forms = tuple(f"{name}.{Path(path).stem}" for path in sorted(made.files) if path.startswith("forms/"))
    return Imported(name, forms, tuple(sorted(made.files)), made.losses, skipped, made.problems)


def write_report(out: Path, data: Mapping[str, Any], text: str) -> None:
    """Lay the losses beside the module, for programs and for people; with the files that were written, so that the next
    import knows its own."""
    (out / REPORT).write_bytes(_bytes(data))
    (out / "losses.txt").write_text(text, encoding="utf-8")


def _read(paths: Iterable[Path]) -> tuple[list[DocType], int]:
    problems: list[Problem] = []
    doctypes: list[DocType] = []
    skipped = 0
    for path, content, asked in _files(paths):
        if not asked and not _is_doctype(content):
            skipped += 1
            continue
        doctypes += read_doctypes(content, str(path), problems)
    problems = problems or set_problems(doctypes)
    if problems:
        raise DefinitionError(problems)
    return doctypes, skipped


def _files(paths: Iterable[Path]) -> list[tuple[Path, bytes, bool]]:
    """Every file with its content, and whether it was asked for by name."""
    found: list[tuple[Path, bytes, bool]] = []
    for path in paths:
        if path.is_dir():
            root = path.resolve()
            inside = [each for each in sorted(path.rglob("*.json")) if each.is_file()]
            if len(inside) > FILES_LIMIT:
                raise TooLarge("module_too_large", limit=FILES_LIMIT)
            kept = [
                each for each in inside if each.resolve().is_relative_to(root) and each.stat().st_size <= SIZE_LIMIT
            ]
            found += [(each, each.read_bytes(), False) for each in kept]
        elif path.is_file():
            if path.stat().st_size > SIZE_LIMIT:
                raise TooLarge("file_too_large", path=str(path), limit=SIZE_LIMIT)
            found.append((path, path.read_bytes(), True))
        else:
            raise NotFound("file", path=str(path))
    return found


def _is_doctype(content: bytes) -> bool:
    """A look at a file of a folder, where many are something else."""
    try:
        return looks_like_doctype(simplejson.loads(content))
    except (ValueError, RecursionError):
        return b'"DocType"' in content


def _earlier(out: Path) -> list[Path]:
    """The files an earlier import wrote into the folder. Raises Conflict where others are in it."""
    if not out.exists():
        return []
    if not out.is_dir():
        raise Conflict("folder_in_use", path=str(out))
    try:
        listed = list(simplejson.loads((out / REPORT).read_bytes())["files"])
    except (OSError, ValueError, TypeError, KeyError):
        if any(out.iterdir()):
            raise Conflict("folder_in_use", path=str(out)) from None
        return []
    root = out.resolve()
    return [out / each for each in map(str, listed) if (out / each).resolve().is_relative_to(root)]


def _write(out: Path, files: Mapping[str, bytes], earlier: Iterable[Path]) -> None:
    for each in earlier:
        if each.is_file():
            each.unlink()
    for path, content in files.items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _bytes(content: Any) -> bytes:
    """JSON for people to read; a form that would be too large so stands in one line."""
    text = simplejson.dumps(content, ensure_ascii=False, indent=1, use_decimal=True)
    if len(text.encode()) >= FORM_LIMIT:
        text = simplejson.dumps(content, ensure_ascii=False, separators=(",", ":"), use_decimal=True)
    return (text + "\n").encode()
