"""A record's JSON Schema of any draft from 04 to 2020-12 → the same schema in 2020-12 whose references all have the form
`#/json/pointer`. Reported on the way: what the draft's own meta-schema refuses, references that leave the file, patterns
RE2 does not know, and keywords that mean nothing to anybody. Keywords keep their places, so that pointers stay true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import re2
from jsonschema import (
    Draft4Validator,
    Draft6Validator,
    Draft7Validator,
    Draft201909Validator,
    Draft202012Validator,
)

from ..kernel.problems import parts, pointer
from .findings import Found, kind_of
from .keywords import KEYWORDS

LATEST = 2020
DIALECTS = {
    "json-schema.org/draft-04/schema": 4,
    "json-schema.org/draft-06/schema": 6,
    "json-schema.org/draft-07/schema": 7,
    "json-schema.org/draft/2019-09/schema": 2019,
    "json-schema.org/draft/2020-12/schema": LATEST,
}
_META = {
    4: Draft4Validator,
    6: Draft6Validator,
    7: Draft7Validator,
    2019: Draft201909Validator,
    LATEST: Draft202012Validator,
}
_CHECKERS = {draft: each(each.META_SCHEMA) for draft, each in _META.items()}


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


ONE = words(
    "additionalProperties unevaluatedProperties items unevaluatedItems contains propertyNames not if then else"
    " contentSchema additionalItems"
)
MANY = words("allOf anyOf oneOf prefixItems items")
NAMED = words("properties patternProperties $defs definitions dependentSchemas dependencies")
ANNOTATIONS = words(
    "title description default examples $comment deprecated readOnly writeOnly contentEncoding contentMediaType"
)
CORE = words("$schema $id id $anchor $ref $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor")
ASSERTIONS = words(
    "type enum const multipleOf minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength pattern format"
    " minItems maxItems uniqueItems minContains maxContains minProperties maxProperties required dependentRequired"
)
KNOWN = ONE | MANY | NAMED | ANNOTATIONS | CORE | ASSERTIONS
_QUIET = re2.Options()
_QUIET.log_errors = False


def translate(schema: Mapping[str, Any], found: Found, at: str) -> dict[str, Any]:
    """The schema in 2020-12; `at` is where it stands in its file."""
    draft = _dialect(schema, found, at)
    if not _well_formed(schema, draft, found, at):
        return {"type": "object"}
    made = _Translation(draft, found, at).schema(schema, "")
    _link(made, schema, found, at)
    return dict(made)


def subschemas(node: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """The schemas directly inside one, with the keys that lead to each."""
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key in NAMED and isinstance(value, dict):
            yield from (((key, name), each) for name, each in value.items() if isinstance(each, dict | bool))
        elif key in MANY and isinstance(value, list):
            yield from (((key, index), each) for index, each in enumerate(value))
        elif key in ONE and isinstance(value, dict | bool):
            yield (key,), value


def every(node: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema and all schemas inside it that are objects, with their pointers."""
    if isinstance(node, dict):
        yield at, node
        for keys, each in subschemas(node):
            yield from every(each, at + pointer(*keys))


def without_ours(node: Any) -> Any:
    """A schema without our own keywords, at any depth."""
    if not isinstance(node, dict):
        return node
    made = {key: value for key, value in node.items() if not key.startswith("x-")}
    for keys, each in subschemas(node):
        key, *rest = keys
        if rest:
            made[key] = copy(made[key]) if made[key] is node[key] else made[key]
            made[key][rest[0]] = without_ours(each)
        else:
            made[key] = without_ours(each)
    return made


def pattern_problem(pattern: str) -> str | None:
    """Why RE2 refuses a regular expression; None when it takes it."""
    try:
        re2.compile(pattern, _QUIET)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return None


def _dialect(schema: Mapping[str, Any], found: Found, at: str) -> int:
    named = schema.get("$schema")
    if not isinstance(named, str):
        return LATEST
    short = named.split("://", 1)[-1].rstrip("#").rstrip("/")
    if short not in DIALECTS:
        known = ["https://" + each for each in DIALECTS]
        if short.startswith("json-schema.org/draft-0"):
            found.error("unknown_dialect", at + "/$schema", value=named, known=known)
        else:
            found.warn("unknown_dialect", at + "/$schema", value=named, known=known)
    return DIALECTS.get(short, LATEST)


def _well_formed(schema: Mapping[str, Any], draft: int, found: Found, at: str) -> bool:
    """Whether the draft's meta-schema takes it. Only what stands under keywords of JSON Schema is judged."""
    good = True
    for error in _CHECKERS[draft].iter_errors(schema):
        place = at + pointer(*error.absolute_path)
        found.error("bad_schema", place, keyword=str(error.validator), got=kind_of(error.instance))
        good = False
    return good


class _Translation:
    def __init__(self, draft: int, found: Found, at: str) -> None:
        self.draft = draft
        self.found = found
        self.at = at

    def schema(self, node: Any, here: str) -> Any:
        """One schema; `here` is its pointer inside the record's schema."""
        if not isinstance(node, dict):
            return node
        node = self._siblings(node, here) if self.draft <= 7 and "$ref" in node else node
        made: dict[str, Any] = {}
        for key, value in node.items():
            self._keyword(key, value, here + pointer(key), made)
        if self.draft == 4:
            _exclusive(made)
        if isinstance(node.get("items"), list):
            self._tuple(node, made, here)
        elif "additionalItems" in made:
            self.found.warn("no_effect", self.at + here + "/additionalItems", key="additionalItems")
            del made["additionalItems"]
        return made

    def _keyword(self, key: str, value: Any, here: str, made: dict[str, Any]) -> None:
        if key in NAMED and isinstance(value, dict):
            inner = {name: self.schema(each, here + pointer(name)) for name, each in value.items()}
            self._named(key, inner, made, here)
        elif key in MANY and isinstance(value, list):
            made[key] = [self.schema(each, here + pointer(index)) for index, each in enumerate(value)]
        elif key in ONE:
            made[key] = self.schema(value, here)
        elif key == "pattern":
            self._pattern(value, here)
            made[key] = value
        elif key in ("$recursiveRef", "$dynamicRef"):
            made["$ref"] = value
        elif key == "id" and self.draft == 4:
            made["$id"] = value
        elif key not in ("$schema", "$recursiveAnchor", "$comment"):
            made["$anchor" if key == "$dynamicAnchor" else key] = value
            if key not in KNOWN and key not in KEYWORDS:
                self.found.warn("unknown_keyword", self.at + here, key=key)

    def _named(self, key: str, inner: dict[str, Any], made: dict[str, Any], here: str) -> None:
        if key == "patternProperties":
            for name in inner:
                self._pattern(name, here + pointer(name))
        if key != "dependencies":
            made[key] = inner
            return
        for name, each in inner.items():
            kind = "dependentRequired" if isinstance(each, list) else "dependentSchemas"
            made.setdefault(kind, {})[name] = each

    def _tuple(self, node: Mapping[str, Any], made: dict[str, Any], here: str) -> None:
        """`items` as a list, which 2020-12 calls prefixItems."""
        made["prefixItems"] = made.pop("items")
        rest = made.pop("additionalItems", None)
        if rest is not None:
            made["items"] = rest

    def _pattern(self, pattern: Any, here: str) -> None:
        if isinstance(pattern, str) and (reason := pattern_problem(pattern)) is not None:
            self.found.error("pattern", self.at + here, pattern=pattern[:200], reason=reason)

    def _siblings(self, node: dict[str, Any], here: str) -> dict[str, Any]:
        """Up to draft-07 nothing beside `$ref` counts; titles and our own keywords are taken none the less."""
        kept = {key: value for key, value in node.items() if key in ANNOTATIONS | {"$ref"} or key.startswith("x-")}
        for key in node.keys() - kept.keys():
            self.found.warn("no_effect", self.at + here + pointer(key), key=key)
        return kept


def _exclusive(made: dict[str, Any]) -> None:
    """draft-04's `exclusiveMinimum: true` beside `minimum`."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(made.get(exclusive), bool) and made.pop(exclusive) and bound in made:
            made[exclusive] = made.pop(bound)


def _link(made: dict[str, Any], given: Mapping[str, Any], found: Found, at: str) -> None:
    """Make every `$ref` a pointer from the root, and drop the names that are then of no use."""
    places: dict[str, str] = {}
    bases: dict[str, str] = {}
    for here, node, base in _bases(made, "", ""):
        bases[here] = base
        places.setdefault(base, here if "$id" in node else "")
        anchor = node.get("$anchor")
        if isinstance(anchor, str):
            places[f"{base}#{anchor}"] = here
    for here, node in every(made):
        ref = node.get("$ref")
        if isinstance(ref, str):
            target = _target(ref, bases[here], places, made, at)
            if isinstance(target, str):
                node["$ref"] = "#" + target
            else:
                found.error("ref_remote" if target is None else "ref_unknown", at + here + "/$ref", ref=ref)
                del node["$ref"]
        elif "$ref" in node:
            found.error("wrong_kind", at + here + "/$ref", expected="string", got=kind_of(node.pop("$ref")))
    for _, node in every(made):
        node.pop("$id", None)
        node.pop("$anchor", None)


def _bases(node: Any, here: str, base: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    if not isinstance(node, dict):
        return
    own = node.get("$id")
    if isinstance(own, str):
        base = urldefrag(urljoin(base, own)).url
    yield here, node, base
    for keys, each in subschemas(node):
        yield from _bases(each, here + pointer(*keys), base)


def _target(ref: str, base: str, places: Mapping[str, str], root: Any, at: str) -> str | None | bool:
    """The pointer a reference means; None when it leaves the file, False when nothing stands there."""
    url, fragment = urldefrag(urljoin(base, ref) if base else ref)
    fragment = unquote(fragment)
    if url not in places:
        return None
    start = places[url]
    if fragment and not fragment.startswith("/"):
        return places.get(f"{url}#{fragment}", False)
    for target in (start + fragment, fragment.removeprefix(at) if at else None):
        if target is not None and isinstance(look(root, target), dict | bool):
            return target
    return False


def look(root: Any, place: str) -> Any:
    """What stands at a pointer; None when nothing does."""
    for part in parts(place) if place else ():
        if isinstance(root, dict):
            root = root.get(part)
        elif isinstance(root, list) and part.isdecimal() and len(part) < 6 and int(part) < len(root):
            root = root[int(part)]
        else:
            return None
    return root
