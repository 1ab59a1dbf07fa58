"""The trees that cascade and address choose from: an author's own (`x-options: {"tree": [...]}`) or the regions of China
down to districts, which travel with the code and are read once, when first asked for. One rule: a value is the whole path
of codes from the root, and only a path of the tree is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import simplejson

from ..assets import STATIC
from ..definition.model import Field
from ._characters import plain

MOST_LEVELS = 10
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """One place of a tree: `label` is what people read, `below` its own branches by code."""

    code: str
    label: str
    below: dict[str, Branch] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tree:
    """`root` holds the first level; `ends` the paths that end in a code or label, once somebody has asked."""

    root: Branch
    ends: dict[str, list[Path]] = field(default_factory=dict)

    def walk(self, path: Sequence[str]) -> list[Branch] | None:
        """The branches along a path; None when the tree has no such path."""
        found, here = [], self.root
        for code in path:
            if code not in here.below:
                return None
            here = here.below[code]
            found.append(here)
        return found

    def below(self, path: Sequence[str]) -> list[Branch]:
        """What stands under a path (under the root for the empty one)."""
        found = self.walk(path)
        if found is None:
            return []
        return list((found[-1] if found else self.root).below.values())

    def labels(self, path: Sequence[str]) -> list[str]:
        """The path as people read it; codes the tree no longer has stand for themselves."""
        found = self.walk(path)
        return [each.label for each in found] if found is not None else list(path)

    def named(self, words: Sequence[str]) -> Path | None:
        """The one path with these labels or codes, level by level."""
        paths: list[tuple[Path, Branch]] = [((), self.root)]
        for word in words:
            paths = [
                ((*path, each.code), each)
                for path, branch in paths
                for each in branch.below.values()
                if word in (each.code, each.label)
            ]
        return paths[0][0] if len(paths) == 1 and words else None

    def somewhere(self, words: Sequence[str]) -> Path | None:
        """The one path that ends in these labels or codes."""
        if not self.ends:
            made: dict[str, list[Path]] = {}
            for path, _ in self.paths():
                for word in {path[-1], self.labels(path)[-1]}:
                    made.setdefault(word, []).append(path)
            self.ends.update(made)  # in one step: several threads may be asking for the first time
        found = [path for path in self.ends.get(words[-1], ()) if self._ends_in(path, words)] if words else []
        return found[0] if len(found) == 1 else None

    def _ends_in(self, path: Path, words: Sequence[str]) -> bool:
        pairs = list(zip(path, self.labels(path), strict=True))[-len(words) :]
        return len(pairs) == len(words) and all(word in pair for word, pair in zip(words, pairs, strict=True))

    def paths(self) -> Iterator[tuple[Path, str]]:
        """Every path with its labels joined by "/", parents before children."""
        yield from _paths(self.root, (), "")

    def search(self, words: str, most: int) -> list[tuple[Path, str]]:
        """The first paths whose labels hold every word, shorter ones first among equals in the tree's order."""
        wanted = plain(words).lower().split()
        found = []
        for path, label in self.paths():
            text = label.lower()
            if all(word in text or word == path[-1] for word in wanted):
                found.append((path, label))
                if len(found) > most:
                    break
        return found


def _paths(branch: Branch, path: Path, label: str) -> Iterator[tuple[Path, str]]:
    for each in branch.below.values():
        here, said = (*path, each.code), f"{label}/{each.label}" if label else each.label
        yield here, said
        yield from _paths(each, here, said)


@lru_cache(maxsize=1)
def regions() -> Tree:
    """Provinces, cities and districts of China by their six-digit codes' beginnings ("44", "4403", "440305")."""
    text = (STATIC / "vendor" / "regions.json").read_text("utf-8")
    return Tree(_branch("", "", simplejson.loads(text), 0))


@lru_cache(maxsize=256)
def _own(text: str) -> Tree:
    return Tree(_branch("", "", simplejson.loads(text), 0))


def tree_of(field: Field) -> Tree:
    """The tree a field chooses from."""
    said = field.options.get("tree", "regions")
    return _own(simplejson.dumps(said, use_decimal=True)) if isinstance(said, list | tuple) else regions()


def _branch(code: str, label: str, below: Any, level: int) -> Branch:
    made = Branch(code, label)
    for each in below if isinstance(below, list) and level < MOST_LEVELS else ():
        if isinstance(each, Mapping):
            value = each.get("value", each.get("code"))
            title = each.get("title", each.get("name"))
            inner = each.get("children")
        else:
            value, title, inner = each, None, None
        if value is not None and str(value).strip():
            made.below.setdefault(str(value), _branch(str(value), str(title or value), inner, level + 1))
    return made
