"""What an actor may know of forms: which there are, what may be done with them, which fields they show. And why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..access import allowed, fields, require_form
from ..access.explain import ASKED, Explanation, explain
from ..access.fields import FieldAccess
from ..definition.model import Field, Form
from ..kernel.actor import Actor
from ..storage.model import Model
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read


def list_forms(inst: Installation, actor: Actor) -> list[dict[str, Any]]:
    """{name, title, module, kind, actions} of every form the actor may do anything with, in the order of the modules."""

    def act(tx: Transaction) -> list[dict[str, Any]]:
        model = inst.catalog.live(tx)
        found = ((form, _actions(tx, model, form)) for form in model.definitions.forms.values())
        return [_head(form, actions) for form, actions in found if actions]

    return read(inst, actor, act)


def describe_form(inst: Installation, actor: Actor, form: str) -> dict[str, Any]:
    """The head of list_forms with `fields`: {name, title, type, level, required, …}; hidden ones are absent. Raises
    NotFound."""

    def act(tx: Transaction) -> dict[str, Any]:
        model = inst.catalog.live(tx)
        definition = model.definitions.form(form)
        actions = _actions(tx, model, definition)
        if not actions:
            require_form(tx, model, form)
        seen, filled = fields(tx, model, form, "view"), fields(tx, model, form, "create")
        shown = [_field(each, seen, filled, "") for each in definition.fields]
        return {**_head(definition, actions), "help": definition.help, "fields": [each for each in shown if each]}

    return read(inst, actor, act)


def explain_access(
    inst: Installation, actor: Actor, form: str, action: str, record: str | None = None
) -> dict[str, Any]:
    """{form, id, action, allowed, why, policies: [{id, roles, verdict}]}. Raises NotFound, Malformed."""
    found: Explanation = read(inst, actor, lambda tx: explain(tx, inst.catalog.live(tx), form, action, record))
    policies = [{"id": each.policy, "roles": list(each.roles), "verdict": each.verdict} for each in found.reasons]
    answer = {"form": form, "id": record, "action": action, "allowed": found.allowed}
    return {**answer, "why": found.why, "policies": policies}


def _head(form: Form, actions: Iterable[str]) -> dict[str, Any]:
    return {
        "name": form.full_name,
        "title": form.title,
        "module": form.module,
        "kind": form.kind,
        "actions": sorted(actions),
    }


def _actions(tx: Transaction, model: Model, form: Form) -> list[str]:
    return [each for each in sorted(ASKED) if allowed(tx, model, form.full_name, each)]


def _field(field: Field, seen: FieldAccess, filled: FieldAccess, prefix: str) -> dict[str, Any] | None:
    name = prefix + field.name
    level = "edit" if filled.level(name) == "edit" else seen.level(name)
    if level == "hidden":
        return None
    shown: dict[str, Any] = {
        "name": field.name,
        "title": field.title,
        "type": field.type,
        "level": "read" if field.computed and level == "edit" else level,
        "required": field.required,
    }
    if field.result:
        shown["result"] = field.result
    if field.ref:
        shown["ref"] = field.ref
    if field.help:
        shown["help"] = field.help
    if options := _options(field):
        shown["options"] = options
    if field.is_subtable:
        inner = [_field(each, seen, filled, f"{field.name}.") for each in field.fields]
        shown["fields"] = [each for each in inner if each]
    return shown


def _options(field: Field) -> list[dict[str, Any]]:
    """The values a choice has, each with its title."""
    items = field.schema.get("items")
    for schema in (field.schema, items if isinstance(items, dict) else {}):
        if "enum" in schema:
            return [{"const": each, "title": str(each)} for each in schema["enum"] if each is not None]
        if "oneOf" in schema:
            return [{"const": each["const"], "title": each.get("title", str(each["const"]))} for each in schema["oneOf"]
                    if isinstance(each, dict) and "const" in each]  # fmt: skip
    return []
