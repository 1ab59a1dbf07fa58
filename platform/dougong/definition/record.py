"""A record's JSON Schema → its fields: nested objects flattened, arrays of objects as subtables, every property a field of
some type. One rule: what has no widget becomes a field that edits JSON, with a warning; no property is ever dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..formula.printer import name_text
from ..kernel.problems import pointer
from .expansion import LIMIT, Expansion
from .field_ids import with_ids
from .findings import Found, Place
from .keywords import KEYWORDS, attributes, default_of
from .kinds import CHECKED_FORMATS, Types, choices, fits, type_of
from .model import Expr, Field
from .names import name_problem
from .opening import Opened, Part, Source, merged_required
from .translate import every, translate, without_ours

FIELD_LIMIT = 1_000
REST = "$rest"
COMPUTED = {"x-number": "auto_number", "x-formula": "formula", "x-lookup": "lookup", "x-rollup": "rollup"}
_IDLE = ("readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema")


@dataclass(slots=True)
class Record:
    """What a record schema says: fields, titles of groups by dotted path, the field for undeclared keys, the whole schema
    in 2020-12, and the schema's own title and description."""

    fields: tuple[Field, ...] = ()
    groups: dict[str, str] = field(default_factory=dict)
    additional: str | None = None
    schema: Mapping[str, Any] = field(default_factory=dict)
    title: str | None = None
    description: str | None = None


def read_record(
    given: Mapping[str, Any], at: str, types: Types, found: Found, kept: Mapping[str, str] | None = None
) -> Record:
    """Read a record schema that stands at `at` in its file. `kept`: ids that names have had in earlier versions."""
    schema = translate(given, found, at)
    _bounded(schema, at, found)
    reader = _Reader(Source(schema, at, found), types, found, kept or {})
    root = reader.source.open([Part(schema, "", frozenset({""}))])
    if root.type not in (None, "object"):
        found.error("not_an_object", at, got=root.type)
        return Record(schema=without_ours(schema))
    inside = _Inside()
    fields = reader.object(root, inside)
    rest = reader.rest(root)
    reader.unread(schema)
    made = Record((), reader.groups, rest.name if rest else None, without_ours(schema))
    made.fields = with_ids((*fields, *((rest,) if rest else ())), found)
    made.title, made.description = (
        each if isinstance(each := root.keywords.get(key), str) else None for key in ("title", "description")
    )
    return made


def _bounded(schema: Mapping[str, Any], at: str, found: Found) -> None:
    """Refuse what would be too much to ask of every record, at the property that brings it."""
    count = Expansion(schema)
    if count.size(schema) > LIMIT:
        given = schema.get("properties")
        names = given if isinstance(given, Mapping) else {}
        heavy = next((pointer("properties", name) for name, each in names.items() if count.size(each) > LIMIT), "")
        found.error("too_complex", at + heavy, limit=LIMIT)


@dataclass(frozen=True, slots=True)
class _Inside:
    """Where properties are read: names before theirs, the subtable they are columns of, whether every object above them
    has to be there, and the group that makes them required only when it is not blank."""

    prefix: str = ""
    sub: str | None = None
    required: bool = True


class _Reader:
    def __init__(self, source: Source, types: Types, found: Found, kept: Mapping[str, str]) -> None:
        self.source = source
        self.types = types
        self.found = found
        self.kept = kept
        self.groups: dict[str, str] = {}
        self.count = 0
        self.read: set[str] = set()

    # ------------------------------------------------------------------------------------------------ objects

    def object(self, opened: Opened, inside: _Inside) -> list[Field]:
        """The fields of an object's properties, those of objects inside it among them."""
        fields: list[Field] = []
        required = merged_required(opened)
        for name, child in self._children(opened):
            bad = name_problem(name)
            if bad is not None:
                self.found.error(bad, self.source.at + child.at, name=name[:200], limit=200)
                continue
            fields.extend(self._property(name, child, inside, name in required))
        return fields

    def _children(self, opened: Opened) -> Iterator[tuple[str, Opened]]:
        for name, parts in opened.properties.items():
            yield name, self.source.open(parts)
        for name, parts in self._conditional(opened).items():
            self.found.warn("conditional_property", self.source.at + parts[0].at, name=name)
            yield name, self.source.open([_either(parts)])

    def _conditional(self, opened: Opened) -> dict[str, list[Part]]:
        """Properties that only branches declare."""
        extra: dict[str, list[Part]] = {}
        waiting = list(opened.branches)
        for _ in range(100):
            if not waiting:
                break
            branch = self.source.open([waiting.pop(0)])
            waiting.extend(branch.branches)
            for name, parts in branch.properties.items():
                if name not in opened.properties:
                    extra.setdefault(name, []).extend(parts)
        return extra

    def _property(self, name: str, child: Opened, inside: _Inside, required: bool) -> list[Field]:
        self.count += 1
        if self.count > FIELD_LIMIT:
            if self.count == FIELD_LIMIT + 1:
                self.found.error("too_many_fields", self.source.at, limit=FIELD_LIMIT)
            return []
        full = inside.prefix + name
        place = self._place(child)
        kind, why = self._kind(place, child, inside)
        if kind == "group":
            return self._group(full, child, inside, required)
        if why is not None:
            self.found.warn("json_editor", place.at, reason=why, name=full)
        return [self._field(full, kind, place, child, inside, required)]

    def _place(self, child: Opened) -> Place:
        at = self.source.at
        return Place(child.keywords, at + child.at, self.found, {key: at + each for key, each in child.places.items()})

    def _group(self, full: str, child: Opened, inside: _Inside, required: bool) -> list[Field]:
        title = child.keywords.get("title")
        self.groups[full] = title if isinstance(title, str) and title.strip() else full.rsplit(".", 1)[-1]
        here = _Inside(full + ".", inside.sub, inside.required and required)
        fields = self.object(child, here)
        return fields if here.required else _when_filled(fields, full, merged_required(child), self.found.file)

    # ------------------------------------------------------------------------------------------------ one field

    def _kind(self, place: Place, child: Opened, inside: _Inside) -> tuple[str, str | None]:
        """The field type's name ("group" for an object to flatten), and why it is only edited as JSON."""
        computed = next((kind for key, kind in COMPUTED.items() if place.has(key)), None)
        asked = place.text("x-type")
        if asked is not None and asked not in self.types:
            self.found.error("unknown_type", place.pointer("x-type"), value=asked, known=sorted(self.types))
            return "json", None
        if computed is not None:
            return computed, None
        if asked is not None:
            return self._asked(asked, place, child, inside), None
        if place.has("x-ref"):
            kind = "multi_reference" if child.type == "array" else "reference"
            if kind not in self.types:
                self.found.error("unknown_type", place.pointer("x-ref"), value=kind, known=sorted(self.types))
            return kind, None
        kind, why = type_of(child, self.types)
        if kind == "object":
            return _object_kind(child)
        return self._array_kind(place, child, inside) if kind == "array" else (kind, why)

    def _asked(self, asked: str, place: Place, child: Opened, inside: _Inside) -> str:
        needs = next((key for key, kind in COMPUTED.items() if kind == asked), None)
        if needs is not None:
            self.found.error("missing", place.at, key=needs)
        elif not fits(self.types[asked], child.type):
            self.found.error("type_conflict", place.pointer("x-type"), value=asked, got=child.type)
        elif asked == "subtable" and (inside.sub is not None or self._array_kind(place, child, inside)[0] != asked):
            self.found.error("not_a_subtable", place.pointer("x-type"), name=place.at)
            return "json"
        return asked

    def _array_kind(self, place: Place, child: Opened, inside: _Inside) -> tuple[str, str | None]:
        if "prefixItems" in child.keywords:
            return "json", "tuple"
        if not isinstance(child.keywords.get("items"), dict):
            return "json", "no_items"
        if inside.sub is not None:
            return "json", "array_in_row"
        items = self.source.open([child.part("items")])
        kind, why = type_of(items, self.types)
        if kind == "object":
            kind, why = _object_kind(items)
            return ("subtable", None) if kind == "group" else (kind, why)
        if choices(items) is not None and kind == "choice":
            return "multi_choice", None
        scalar = items.type in ("string", "integer", "number", "boolean") and not items.recursive
        return ("tags", None) if scalar else ("json", why or "array_items")

    def _field(self, full: str, kind: str, place: Place, child: Opened, inside: _Inside, required: bool) -> Field:
        made = attributes(place, kind)
        columns: tuple[Field, ...] = ()
        if kind == "subtable":
            items = self.source.open([child.part("items")])
            columns = tuple(self.object(items, _Inside(sub=place.text("x-id", limit=200) or self.kept.get(full, full))))
        elif made["members"] is not None:
            self.found.error("not_a_subtable", place.pointer("x-members"), name=full)
        default_id = f"{inside.sub}.{full}" if inside.sub else full
        written = place.text("x-id", limit=200)
        title = place.text("title")
        made["default"] = made["default"] or default_of(place, kind if inside.required else None)
        made["help"] = made["help"] or place.text("description")
        self._closed(place, child)
        return Field(
            id=written or self.kept.get(default_id, default_id),
            name=full,
            title=title or full.rsplit(".", 1)[-1],
            type=kind,
            schema=self._schema(child, kind),
            pointer=place.at,
            required=inside.required and required,
            result=self._result(place, child, kind),
            fields=columns,
            file=self.found.file,
            **made,
        )

    def _result(self, place: Place, child: Opened, kind: str) -> str | None:
        """The type a computed field states for its result."""
        if kind not in ("formula", "lookup", "rollup"):
            return None
        asked = place.text("x-type")
        if asked is not None and asked in self.types:
            if asked in COMPUTED.values():
                return None
            if not fits(self.types[asked], child.type):
                self.found.error("type_conflict", place.pointer("x-type"), value=asked, got=child.type)
            return asked
        if place.has("x-ref"):
            return "reference"
        stated, _ = type_of(child, self.types)
        if child.type is None and choices(child) is None:
            return None
        return {"array": "tags", "object": "json"}.get(stated, stated)

    def _schema(self, child: Opened, kind: str) -> dict[str, Any]:
        """The property's own schema, which needs nothing of the rest."""
        keywords = dict(child.keywords)
        if kind == "subtable":
            keywords["items"] = {"type": "object"}
        elif kind in ("tags", "multi_choice", "multi_reference") and isinstance(keywords.get("items"), dict):
            keywords["items"] = _choice_schema(self.source.open([child.part("items")]).keywords)
        elif kind == "json":
            nodes = child.nodes
            closed = self.source.closed(nodes[0] if len(nodes) == 1 else {"allOf": nodes})
            return closed if isinstance(closed, dict) else {} if closed else {"not": {}}
        closed = self.source.closed(_choice_schema(keywords))
        return closed if isinstance(closed, dict) else {}

    def _closed(self, place: Place, child: Opened) -> None:
        """Remember which keywords were read, and report those that have no effect on a field."""
        for key in child.keywords:
            if key in KEYWORDS:
                self.read.add(place.pointer(key))
            elif key in _IDLE:
                self.found.warn("no_effect", place.pointer(key), key=key)
        form = child.keywords.get("format")
        if isinstance(form, str) and form not in CHECKED_FORMATS:
            self.found.warn("unknown_format", place.pointer("format"), value=form)

    # ------------------------------------------------------------------------------------------------ the rest

    def rest(self, root: Opened) -> Field | None:
        """The field that keeps undeclared keys, where the schema writes that there may be some."""
        for key in ("additionalProperties", "unevaluatedProperties", "patternProperties"):
            if root.keywords.get(key) not in (None, False, {}) or (
                key != "patternProperties" and root.keywords.get(key) == {}
            ):
                at = self.source.at + root.place(key)
                self.found.warn("json_editor", at, reason="additional", name=REST)
                return Field(REST, REST, "Other", "json", {"type": "object"}, at, file=self.found.file)
        return None

    def unread(self, schema: Mapping[str, Any]) -> None:
        """Report our own keywords that stand where nothing reads them."""
        for here, node in every(schema):
            for key in node:
                at = self.source.at + here + pointer(key)
                if key in KEYWORDS and at not in self.read:
                    self.found.warn("no_effect", at, key=key)


def _object_kind(child: Opened) -> tuple[str, str | None]:
    """Whether an object can be flattened."""
    if child.recursive:
        return "json", "recursive"
    free = any(
        child.keywords.get(key) not in (None, False) for key in ("additionalProperties", "unevaluatedProperties")
    )
    if free or child.keywords.get("patternProperties") or not (child.properties or child.branches):
        return "json", "free_object"
    return "group", None


def _choice_schema(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """anyOf of consts is said as oneOf, which field types know."""
    made = dict(keywords)
    branches = made.get("anyOf")
    if (
        isinstance(branches, list)
        and all(isinstance(e, dict) and "const" in e for e in branches)
        and "oneOf" not in made
    ):
        made["oneOf"] = made.pop("anyOf")
    if isinstance(made.get("oneOf"), list) and all(isinstance(e, dict) and "const" in e for e in made["oneOf"]):
        made["oneOf"] = [each for each in made["oneOf"] if each["const"] is not None]
    return made


def _either(parts: list[Part]) -> Part:
    """One property as several branches declare it: their values together, or any of their schemas."""
    nodes = []
    for each in parts:
        if each.node not in nodes:
            nodes.append(each.node)
    if len(nodes) == 1:
        return parts[0]
    values = [_values(each) for each in nodes]
    made: dict[str, Any] = {"anyOf": nodes}
    if all(values):
        made = {"enum": [value for some in values for value in some]}
    return Part(made, parts[0].at, parts[0].trail)


def _values(node: Any) -> list[Any]:
    """The values of an enum or const."""
    if not isinstance(node, dict):
        return []
    return list(node["enum"]) if isinstance(node.get("enum"), list) else [node["const"]] if "const" in node else []


def _when_filled(fields: list[Field], group: str, required: frozenset[str], file: str | None) -> list[Field]:
    """Inside a group that may be blank, what is required is so only once something is filled in."""
    made: list[Field] = []
    for each in fields:
        others = [other for other in fields if other is not each and not other.computed and not other.is_subtable]
        if each.name.removeprefix(group + ".") in required and each.required_when is None and others:
            filled = " or ".join(f"not isblank({name_text((other.name,))})" for other in others)
            each = replace(each, required_when=Expr(filled, each.pointer, file))
        made.append(each)
    return made
