"""Opens one schema of a translated record: its `$ref`s followed, `allOf` merged where both sides can be said in one schema,
"or null" taken away. One rule: whatever cannot be merged stays in the record's whole schema, which is checked as well, so
opening may lose precision but never a constraint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..kernel.problems import pointer
from .findings import Found
from .translate import look


class Part(NamedTuple):
    """A schema as it stands in the translated record, its pointer there, and the references that led to it."""

    node: Any
    at: str
    trail: frozenset[str] = frozenset()


PART_LIMIT = 200
OPEN_LIMIT = 20_000


@dataclass(slots=True)
class Opened:
    """`nodes` as they were given; `keywords` of all parts together (without `$ref`, `allOf` and `properties`), `places`
    their pointers in the record's schema, `trails` the references that led to them; `properties` the parts that declare
    each; `branches` parts that may declare more, under a condition; `recursive`: it contains itself; `shared`: it came
    through a `$ref`."""

    at: str
    nodes: list[Any] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    trails: dict[str, frozenset[str]] = field(default_factory=dict)
    properties: dict[str, list[Part]] = field(default_factory=dict)
    branches: list[Part] = field(default_factory=list)
    recursive: bool = False
    shared: bool = False

    @property
    def type(self) -> str | tuple[str, ...] | None:
        """The JSON type without null: one name, several, or None when it is not said."""
        said = self.keywords.get("type")
        if isinstance(said, list):
            rest = tuple(each for each in said if each != "null")
            return rest[0] if len(rest) == 1 else rest or "null"
        return said if isinstance(said, str) else None

    def place(self, keyword: str) -> str:
        """Where a keyword stands."""
        return self.places.get(keyword, self.at)

    def part(self, keyword: str) -> Part:
        """The schema under a keyword."""
        return Part(self.keywords[keyword], self.place(keyword), self.trails.get(keyword, frozenset()))

    def absorb(self, other: Opened) -> None:
        """Take over what another part of the same schema says."""
        for keyword, value in other.keywords.items():
            _merge(self, keyword, Part(value, other.place(keyword), other.trails.get(keyword, frozenset())))
        for name, each in other.properties.items():
            self.properties.setdefault(name, []).extend(each)
        self.branches.extend(other.branches)
        self.recursive |= other.recursive
        self.shared |= other.shared


class Source:
    """The record's schema, from which parts are opened."""

    def __init__(self, root: dict[str, Any], at: str, found: Found) -> None:
        self.root = root
        self.at = at
        self.found = found
        self._opened = 0

    def open(self, parts: Sequence[Part]) -> Opened:
        """All parts as one schema."""
        opened = Opened(at=parts[0].at, nodes=[each.node for each in parts])
        waiting = list(parts)
        seen = 0
        while waiting:
            seen += 1
            self._opened += 1
            if seen > PART_LIMIT or self._opened > OPEN_LIMIT:
                self.found.error("too_complex", self.at + opened.at, limit=PART_LIMIT)
                break
            waiting.extend(self._take(waiting.pop(0), opened))
        _without_null(opened)
        only = _or_null(opened)
        if only is not None:
            opened.absorb(self.open([only]))
        return opened

    def _take(self, part: Part, opened: Opened) -> list[Part]:
        """Merge one part; returns the further parts it names."""
        node, here, trail = part
        if isinstance(node, bool):
            if not node:
                _merge(opened, "not", Part({}, here))
            return []
        more: list[Part] = []
        for keyword, value in node.items():
            place = here + pointer(keyword)
            if keyword == "$ref":
                more.extend(self._follow(value[1:], trail, opened))
            elif keyword == "allOf":
                more.extend(Part(each, place + pointer(index), trail) for index, each in enumerate(value))
            elif keyword == "properties":
                for name, each in value.items():
                    opened.properties.setdefault(name, []).append(Part(each, place + pointer(name), trail))
            elif keyword not in ("$defs", "definitions"):
                _merge(opened, keyword, Part(value, place, trail))
        opened.branches.extend(_branches(part))
        return more

    def _follow(self, target: str, trail: frozenset[str], opened: Opened) -> list[Part]:
        opened.shared = True
        if target in trail:
            opened.recursive = True
            return []
        return [Part(look(self.root, target), target, trail | {target})]

    def closed(self, node: Any) -> Any:
        """A schema that can stand alone: what it refers to is put under its own `$defs`. Our own keywords are left out."""
        defs: dict[str, Any] = {}
        names: dict[str, str] = {}
        made = self._close(node, names, defs)
        if defs and isinstance(made, dict):
            made["$defs"] = defs
        return made

    def _close(self, node: Any, names: dict[str, str], defs: dict[str, Any]) -> Any:
        if isinstance(node, list):
            return [self._close(each, names, defs) for each in node]
        if not isinstance(node, dict):
            return node
        made = {}
        for keyword, value in node.items():
            if keyword == "$ref" and isinstance(value, str) and value.startswith("#"):
                made["$ref"] = "#/$defs/" + self._name(value[1:], names, defs)
            elif keyword in ("enum", "const", "default", "examples"):
                made[keyword] = value
            elif keyword not in ("$defs", "definitions") and not keyword.startswith("x-"):
                made[keyword] = (
                    self._properties(value, names, defs) if keyword in _MAPS else self._close(value, names, defs)
                )
        return made

    def _properties(self, value: Any, names: dict[str, str], defs: dict[str, Any]) -> Any:
        """Schemas by names of the author, which are no keywords."""
        if not isinstance(value, dict):
            return value
        return {name: self._close(each, names, defs) for name, each in value.items()}

    def _name(self, target: str, names: dict[str, str], defs: dict[str, Any]) -> str:
        if target not in names:
            names[target] = f"r{len(names) + 1}"
            defs[names[target]] = self._close(look(self.root, target), names, defs)
        return names[target]


_MAPS = frozenset({"properties", "patternProperties", "dependentSchemas", "dependentRequired"})


def merged_required(opened: Opened) -> frozenset[str]:
    """The names that have to be there."""
    required = opened.keywords.get("required")
    return frozenset(each for each in required if isinstance(each, str)) if isinstance(required, list) else frozenset()


def _union(old: Any, new: Any) -> Any:
    return [*old, *(each for each in new if each not in old)]


def _common(old: Any, new: Any) -> Any:
    return [each for each in old if each in new]


def _types(old: Any, new: Any) -> Any:
    first, second = ([each] if isinstance(each, str) else each for each in (old, new))
    both = [each for each in first if each in second or (each == "integer" and "number" in second)]
    both += [each for each in second if each == "integer" and "number" in first and each not in both]
    return both[0] if len(both) == 1 else both or old


_RULES: Mapping[str, Callable[[Any, Any], Any]] = {
    "type": _types,
    "required": _union,
    "enum": _common,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}


def _merge(opened: Opened, keyword: str, part: Part) -> None:
    """What is said twice: the stricter where that can be told, else what was said first."""
    if keyword not in opened.keywords:
        opened.keywords[keyword] = part.node
        opened.places[keyword] = part.at
        opened.trails[keyword] = part.trail
    elif keyword in _RULES:
        opened.keywords[keyword] = _RULES[keyword](opened.keywords[keyword], part.node)


def _without_null(opened: Opened) -> None:
    """Validation never meets a null: what only says that null is allowed says nothing."""
    if opened.type is not None:
        opened.keywords["type"] = opened.type if isinstance(opened.type, str) else list(opened.type)
    enum = opened.keywords.get("enum")
    if isinstance(enum, list) and None in enum and len(enum) > 1:
        opened.keywords["enum"] = [each for each in enum if each is not None]


def _or_null(opened: Opened) -> Part | None:
    """The one other branch of an `anyOf` or `oneOf` that ends in "or null"; that keyword is then used up."""
    for keyword in ("anyOf", "oneOf"):
        branches = opened.keywords.get(keyword)
        if not isinstance(branches, list):
            continue
        rest = [(each, index) for index, each in enumerate(branches) if not _is_null(each)]
        choice = len(rest) != 1 or (isinstance(rest[0][0], dict) and "const" in rest[0][0])
        if len(rest) == len(branches) and choice:
            continue
        _, place, trail = opened.part(keyword)
        del opened.keywords[keyword]
        opened.branches = [each for each in opened.branches if not each.at.startswith(place + "/")]
        if not choice:
            return Part(rest[0][0], place + pointer(rest[0][1]), trail)
        opened.keywords[keyword] = [each for each, _ in rest]
    return None


def _is_null(node: Any) -> bool:
    return isinstance(node, dict) and (
        node.get("type") == "null" or ("const" in node and node["const"] is None) or node.get("enum") == [None]
    )


def _branches(part: Part) -> list[Part]:
    """Schemas that hold under a condition and may declare properties of their own."""
    node, here, trail = part
    found: list[tuple[Any, str]] = []
    for keyword in ("anyOf", "oneOf"):
        if isinstance(node.get(keyword), list):
            found += [(each, here + pointer(keyword, index)) for index, each in enumerate(node[keyword])]
    for keyword in ("if", "then", "else"):
        if keyword in node:
            found.append((node[keyword], here + pointer(keyword)))
    if isinstance(node.get("dependentSchemas"), dict):
        found += [(each, here + pointer("dependentSchemas", name)) for name, each in node["dependentSchemas"].items()]
    return [Part(each, at, trail) for each, at in found]
