"""One DocType → one form, as JSON. One rule: rows of a child table are written where the table stands, once for each form
that has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..kernel.problems import pointer
from .access import policies_of
from .arranging import in_hidden, inner_fields, layout_of, lost_in_breaks, lost_in_rows
from .known_keys import APPEARANCE, DOCTYPE_APPEARANCE, DOCTYPE_USED, SILENT
from .listing import parent_field, title_of, views_of
from .naming import ID, SERIES, naming_of
from .properties import property_of
from .reading import DocField, DocType
from .resolve import Resolved, World, resolve
from .values import Scene

_LEFT_OUT = frozenset({"lft", "rgt", "old_parent"})
"""What a tree of Frappe keeps of its own order."""


@dataclass(slots=True)
class Written:
    """A form's JSON, and by JSON Pointer the property that stands for one whose lookup has to go."""

    content: dict[str, Any]
    plain: dict[str, dict[str, Any]] = field(default_factory=dict)


def form_of(world: World, doctype: DocType) -> Written:
    """The form of a DocType that is no child table."""
    return _Writer(world, doctype).form()


class _Writer:
    def __init__(self, world: World, doctype: DocType) -> None:
        self.world = world
        self.doctype = doctype
        self.written = Written({})
        self.fields = [each for each in doctype.fields if not self._of_the_tree(each)]
        kept = {each.name: found for each in self.fields if (found := resolve(world, each)) is not None}
        self.naming = naming_of(doctype, kept, world.losses)
        self.scene = Scene(world, doctype, number=self._called())
        self.resolved: dict[str, Resolved] = kept
        if self.naming.kind == "number" and self.naming.pattern and SERIES in kept:
            del self.resolved[SERIES]

    def _of_the_tree(self, each: DocField) -> bool:
        return self.doctype.flag("is_tree") and each.name in _LEFT_OUT

    def _called(self) -> tuple[str, Any] | None:
        """The field that Frappe's `name` is."""
        if self.naming.kind in ("number", "prompt"):
            return (ID, "text")
        if self.naming.kind == "field":
            found = resolve(self.world, self.doctype.find(self.naming.fields[0]))  # type: ignore[arg-type]
            return (self.naming.fields[0], found.sense) if found is not None and found.sense == "text" else None
        return None

    def form(self) -> Written:
        properties, required = self.record()
        for name in in_hidden(self.fields) & properties.keys():
            properties[name]["x-widget"] = "hidden"
        self.unseen(properties, required)
        self.titled(properties, required)
        shown = [name for name in properties if name != ID and properties[name].get("x-widget") != "hidden"]
        number = ID if self.naming.kind == "number" else None
        first = ID if self.naming.kind == "prompt" else None
        record: dict[str, Any] = {"type": "object"}
        if required:
            record["required"] = required
        content: dict[str, Any] = {
            "name": self.world.forms[self.doctype.name].partition(".")[2],
            "title": self.doctype.name,
            "kind": self.kind(),
            "help": " ".join(self.doctype.text("description").split())[:2_000],
            "record": {**record, "properties": properties},
            "unique": self.unique(),
            "policies": policies_of(self.world, self.doctype, self.levels()),
            "layout": layout_of(self.scene, self.fields, shown, first),
            "views": views_of(
                self.world, self.doctype, self.listed(properties), number or first, self.tree(properties)
            ),
        }
        self.told()
        self.written.content = {key: each for key, each in content.items() if each not in ("", [], None)}
        return self.written

    def unseen(self, properties: dict[str, Any], required: list[str]) -> None:
        """What is on no page and has no value of its own cannot be required."""
        for name in [each for each in required if properties[each].get("x-widget") == "hidden"]:
            if not {"default", "x-default", "x-lookup"} & properties[name].keys():
                required.remove(name)
                self.world.losses.add(self.doctype.name, name, "reqd", "1", "program", "optional")

    def kind(self) -> str:
        if self.doctype.flag("issingle"):
            return "settings"
        return "document" if self.doctype.flag("is_submittable") else "master"

    # ------------------------------------------------------------------------------------------------ record

    def record(self) -> tuple[dict[str, Any], list[str]]:
        properties: dict[str, Any] = {}
        required: list[str] = []
        self.named(properties, required)
        title = title_of(self.doctype)
        for each in sorted(inner_fields(self.doctype), key=lambda field: field.name != title):
            if self._of_the_tree(each) or (each.name == SERIES and SERIES not in self.resolved):
                continue
            self.one(each, self.scene, properties, required, "/record/properties")
        return properties, required

    def one(self, each: DocField, scene: Scene, properties: dict[str, Any], required: list[str], at: str) -> None:
        """One field, with its rows."""
        made = property_of(scene, each)
        if made is None:
            return
        here = at + pointer(each.name)
        found = resolve(self.world, each, in_rows=scene.outer is not None)
        if found is not None and found.child is not None:
            made.schema["items"] = self.rows(found.child, each, here)
            if not made.schema["items"]["properties"]:
                return
        if self.naming.kind == "field" and scene.outer is None and each.name == self.naming.fields[0]:
            self.key(made.schema)
            made.required = True
        if made.plain is not None:
            self.written.plain[here] = made.plain
        properties[each.name] = made.schema
        if made.required:
            required.append(each.name)

    def key(self, schema: dict[str, Any]) -> None:
        """The field that names the records."""
        schema["x-unique"] = True
        for keyword in ("x-visible", "x-required"):
            schema.pop(keyword, None)

    def rows(self, child: DocType, table: DocField, at: str) -> dict[str, Any]:
        scene = Scene(self.world, child, self.doctype)
        lost_in_rows(scene)
        properties: dict[str, Any] = {}
        required: list[str] = []
        for each in inner_fields(child):
            self.one(each, scene, properties, required, at + "/items/properties")
        items: dict[str, Any] = {"type": "object", "properties": properties}
        return {**items, "required": required} if required else items

    def named(self, properties: dict[str, Any], required: list[str]) -> None:
        """The record's own name, where Frappe numbers the records or asks for it."""
        if self.naming.kind == "number":
            properties[ID] = {"type": "string", "title": "ID", "x-number": self.naming.pattern}
        elif self.naming.kind == "prompt":
            properties[ID] = {"type": "string", "title": "ID", "maxLength": 140, "x-unique": True}
            required.append(ID)

    def titled(self, properties: dict[str, Any], required: list[str]) -> None:
        """Whether the record will be called as it was: by its title field. See Definitions.title_field."""
        title = title_of(self.doctype)
        if not title:
            return
        texts = [name for name in properties if self.resolved.get(name) and self.resolved[name].type == "text"]
        asked = [name for name in texts if name in required and "x-lookup" not in properties[name]]
        ours = next((name for name in ("name", "title") if name in texts), (asked or texts or [""])[0])
        if self.naming.kind == "prompt" or ours != title:
            self.lost("title_field", title, "title", "first_field")

    # ------------------------------------------------------------------------------------------------ the rest

    def unique(self) -> list[dict[str, Any]]:
        return [{"fields": list(self.naming.fields)}] if self.naming.kind == "unique" else []

    def tree(self, properties: dict[str, Any]) -> str | None:
        found = parent_field(self.doctype)
        if found is not None and properties.get(found.name, {}).get("x-ref") == self.world.forms[self.doctype.name]:
            properties[found.name]["x-ref-tree"] = True
            return found.name
        if self.doctype.flag("is_tree"):
            self.lost("is_tree", "1", "tree", "left_out")
        return None

    def listed(self, properties: dict[str, Any]) -> dict[str, Resolved]:
        named = Resolved("text", "text", {})
        return {name: self.resolved.get(name, named) for name in properties}

    def levels(self) -> dict[str, int]:
        """Permlevels over 0, of fields and of columns."""
        found: dict[str, int] = {}
        for each in self.fields:
            resolved = self.resolved.get(each.name)
            if resolved is None:
                continue
            if each.number("permlevel"):
                found[each.name] = each.number("permlevel")
            for column in inner_fields(resolved.child) if resolved.child is not None else ():
                if column.number("permlevel") and resolve(self.world, column, in_rows=True) is not None:
                    found[f"{each.name}.{column.name}"] = column.number("permlevel")
        return found

    def lost(self, what: str, value: str, why: str, done: str) -> None:
        self.world.losses.add(self.doctype.name, "", what, value, why, done)

    def told(self) -> None:
        """What the DocType says beside all this, and what its fields say of their looks."""
        if self.doctype.flag("is_submittable") and self.doctype.find("amended_from") is not None:
            self.world.losses.add(self.doctype.name, "amended_from", "options", self.doctype.name, "amend", "kept")
        lost_in_breaks(self.scene)
        looks_lost(self.world, self.doctype)


def looks_lost(world: World, doctype: DocType) -> None:
    """One line for all that only concerns looks, one for every other property nobody reads."""
    looks = {key for each in doctype.fields for key in each.given if key in APPEARANCE and each.given[key] not in _OFF}
    looks |= {key for key, value in doctype.given.items() if key in DOCTYPE_APPEARANCE and value not in _OFF}
    if looks:
        world.losses.add(doctype.name, "", "appearance", ", ".join(sorted(looks)), "appearance", "left_out")
    for key, value in doctype.given.items():
        known = key in DOCTYPE_USED or key in SILENT or key in DOCTYPE_APPEARANCE
        if not known and value not in _OFF:
            text = f"{len(value)}" if isinstance(value, list | dict) else str(value)
            world.losses.add(doctype.name, "", key, text, "settings", "left_out")


_OFF: tuple[Any, ...] = (None, "", 0, "0", False, [], {})
