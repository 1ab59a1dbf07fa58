"""module.json: what a module is called, what it needs, the roles it brings and its menu."""

from __future__ import annotations

from .findings import Place, kind_of
from .model import MenuGroup, Module, Role
from .names import RESERVED_MODULES, is_name

MODULE_KEYS = ("name", "title", "version", "requires", "roles", "menu", "order", "icon", "$schema")


def read_head(place: Place, expected: str | None) -> Module:
    """A module without its forms. `expected`: the name its folder has."""
    found = place.found
    name = place.text("name", required=True) or expected or "module"
    if not is_name(name):
        found.error("bad_name", place.pointer("name"), name=name, expected="[a-z][a-z0-9_]{0,29}")
    if name in RESERVED_MODULES:
        found.error("reserved_name", place.pointer("name"), name=name)
    if expected is not None and name != expected:
        found.error("name_differs", place.pointer("name"), name=name, expected=expected)
    title = place.text("title", required=True, limit=200) or name
    version = place.raw("version")
    order = place.whole("order", 0, 1_000_000)
    place.raw("$schema")
    made = Module(
        name=name,
        title=title,
        version=str(version) if isinstance(version, int) else place.text("version", limit=60) or "1",
        requires=place.texts("requires", empty=True),
        roles=_roles(place),
        menu=_menu(place),
        order=100 if order is None else order,
        icon=place.text("icon", limit=60),
    )
    place.close()
    return made


def _roles(place: Place) -> tuple[Role, ...]:
    made: dict[str, Role] = {}
    for _, role in place.places("roles"):
        name, title = role.text("name", required=True, limit=60), role.text("title", limit=200)
        role.text("id")
        role.close()
        if name in made or name == "*":
            place.found.error("duplicate_name", role.pointer("name"), name=name)
        elif name is not None:
            made[name] = Role(name, title or name)
    return tuple(made.values())


def _menu(place: Place) -> tuple[str | MenuGroup, ...]:
    items = place.raw("menu")
    if items is None:
        return ()
    if not isinstance(items, list):
        place.refuse("menu", "array")
        return ()
    made: list[str | MenuGroup] = []
    for index, each in enumerate(items):
        if isinstance(each, str):
            made.append(each)
        elif isinstance(each, dict):
            group = Place(each, place.pointer("menu", index), place.found)
            made.append(
                MenuGroup(group.text("title", required=True, limit=200) or "", group.texts("items", required=True))
            )
            group.text("id")
            group.close()
        else:
            place.found.error("wrong_kind", place.pointer("menu", index), expected="string", got=kind_of(each))
    return tuple(made)
