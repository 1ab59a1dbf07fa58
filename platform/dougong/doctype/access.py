"""`permissions` → policies. One rule: a policy never allows more than the permissions did; rights that have no counterpart
are left out and told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .known_keys import RIGHTS, SILENT
from .names import role_name
from .reading import DocType, is_set, text_of
from .resolve import World

EVERYBODY = frozenset({"All", "Desk User"})
#: Whoever keeps the house may do everything here without being named.
_HOUSE = "Administrator"
_ACTIONS = (
    ("read", "view"), ("create", "create"), ("write", "edit"), ("delete", "delete"), ("submit", "submit"),
    ("cancel", "void"), ("import", "import"), ("export", "export"), ("print", "print"),
)  # fmt: skip


def policies_of(world: World, doctype: DocType, levels: Mapping[str, int]) -> list[dict[str, Any]]:
    """The policies of a form; `levels` are the permlevels over 0 of its fields and columns by name."""
    made: list[dict[str, Any]] = []
    for each in doctype.permissions:
        role = text_of(each.get("role"))
        if not role or role == _HOUSE or _level(each):
            continue
        if role == "Guest":
            world.losses.add(doctype.name, "", "permissions", role, "guest", "left_out")
            continue
        policy = _policy(doctype, each, role, levels)
        if policy is not None and policy not in made:
            made.append(policy)
    if made and doctype.flag("is_submittable") and not any("submit" in each["actions"] for each in made):
        made.append({"roles": ["admin"], "actions": ["submit"]})  # else whoever may create may submit
    _told(world, doctype)
    return made


def roles_of(doctypes: list[DocType]) -> list[dict[str, str]]:
    """The roles that the permissions name, by name."""
    titles = {text_of(each.get("role")) for doctype in doctypes for each in doctype.permissions if not _level(each)}
    named = {role_name(each): each for each in sorted(titles) if each and each not in EVERYBODY | {_HOUSE, "Guest"}}
    return [{"name": name, "title": title[:200]} for name, title in sorted(named.items())]


def _policy(doctype: DocType, given: Mapping[str, Any], role: str, levels: Mapping[str, int]) -> dict[str, Any] | None:
    submittable = doctype.flag("is_submittable")
    actions = [ours for theirs, ours in _ACTIONS if is_set(given.get(theirs))]
    actions = [each for each in actions if submittable or each not in ("submit", "void")]
    if not actions:
        return None
    policy: dict[str, Any] = {"roles": ["*" if role in EVERYBODY else role_name(role)], "actions": actions}
    if is_set(given.get("if_owner")):
        policy["rows"] = "own"
    unlisted = "edit" if {"edit", "create"} & set(actions) else "read"
    rights = {name: _least(unlisted, _right(doctype, role, level)) for name, level in levels.items()}
    closed = {name: right for name, right in rights.items() if right != unlisted}
    return {**policy, "fields": closed} if closed else policy


def _least(one: str, other: str) -> str:
    """The lesser of two levels: who only reads the record only reads its fields."""
    return min(one, other, key=("hidden", "read", "edit").index)


def _right(doctype: DocType, role: str, level: int) -> str:
    """What a role may do with the fields of a level."""
    rights = [each for each in doctype.permissions if _level(each) == level and text_of(each.get("role")) == role]
    if any(is_set(each.get("write")) for each in rights):
        return "edit"
    return "read" if any(is_set(each.get("read")) for each in rights) else "hidden"


def _level(given: Mapping[str, Any]) -> int:
    text = text_of(given.get("permlevel"))
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 5 else 0


def _told(world: World, doctype: DocType) -> None:
    """Rights without a counterpart, and levels of roles that have no right to the record itself."""
    known = {*RIGHTS, *SILENT, "role", "permlevel", "if_owner"}
    others = sorted({key for each in doctype.permissions for key in each if is_set(each[key]) and key not in known})
    if others:
        world.losses.add(doctype.name, "", "permissions", ", ".join(others), "rights", "left_out")
    grounded = {text_of(each.get("role")) for each in doctype.permissions if not _level(each)}
    for each in doctype.permissions:
        role = text_of(each.get("role"))
        if _level(each) and role not in grounded:
            world.losses.add(doctype.name, "", "permissions", f"{role}, level {_level(each)}", "permlevel", "left_out")
