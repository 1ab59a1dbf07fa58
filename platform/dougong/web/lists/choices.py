"""What one may filter by: the form's fields, what lies behind its references, state and people. One rule: only what every
view policy of the actor lets be read is offered, in the form and behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ...access import FieldAccess, allowed
from ...access import fields as field_access
from ...definition.model import Field, Form
from ...pages import formats
from ...pages.catalogue import text
from ...pages.environment import state_title
from ...pages.values import NUMBERS, SYSTEM
from ...records.states import states
from ...records.titles import kind_of
from ...storage.model import Model
from ...storage.transaction import Transaction
from ..current import locale
from .filters import OPERATORS, Choice

_DATED = ("date", "datetime")
_PEOPLE = {"$owner": "member", "$created_by": "member", "$updated_by": "member", "$department": "department"}
_MOMENTS = ("$created_at", "$updated_at")
#: How far a tree is followed upwards: a formula goes through three references.
_DEEP = 3


def choices(tx: Transaction, model: Model, form: Form, access: FieldAccess) -> dict[str, Choice]:
    """By name: fields in the form's order, system values, then what lies behind each reference."""
    found = {each.name: each for each in _own(tx, model, form, access, ())}
    found |= {each.name: each for each in _system(model, form)}
    for ref in (each for each in form.fields if each.value_type == "reference" and access.queryable(each.name)):
        found |= {each.name: each for each in _behind(tx, model, ref)}
    return found


def _own(tx: Transaction, model: Model, form: Form, access: FieldAccess, before: tuple[str, ...]) -> Iterator[Choice]:
    for each in form.fields:
        if access.queryable(each.name) and not each.is_subtable and not model.is_building(form.full_name, each.name):
            made = _choice(tx, model, form, each, before)
            if made is not None:
                yield made


def _behind(tx: Transaction, model: Model, ref: Field) -> Iterator[Choice]:
    target = ref.ref or ""
    if target not in model.definitions.forms or not allowed(tx, model, target, "view"):
        return
    before = tuple(ref.name.split("."))
    for each in _own(tx, model, model.form(target), field_access(tx, model, target), before):
        operators = tuple(operator for operator in each.operators if operator != "under")
        yield replace(each, name=".".join((*before, each.name)), group=ref.title, operators=operators, under=())


def _choice(tx: Transaction, model: Model, form: Form, each: Field, before: tuple[str, ...]) -> Choice | None:
    kind = model.types[each.value_type]
    path = (*before, *each.name.split("."))
    if not kind.filterable or _only_read(model, form, each):
        return None
    known = [operator for operator in kind.operators if operator in OPERATORS]
    under = _above(model, each, path) if "under" in known else ()
    if "under" in known and not under:
        known.remove("under")
    operators = (*known, *_more(each.value_type))
    if not operators:
        return None
    ref = kind_of(each) or ""
    options = () if ref else tuple(_options(kind, each))
    return Choice(
        each.name, each.title, path, operators, options, kind, each, each.value_type in NUMBERS, "", ref, under
    )


def _more(kind: str) -> tuple[str, ...]:
    """Comparisons beyond those of the type: with what today is, or who asks."""
    if kind in _DATED:
        return ("within",)
    return {"member": ("me",), "department": ("mine",)}.get(kind, ())


def _above(model: Model, each: Field, path: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The paths to the ids above a reference into a tree."""
    target = model.definitions.forms.get(each.ref or "")
    parent = tree_field(target) if target is not None else None
    if parent is None:
        return ()
    step = tuple(parent.name.split("."))
    return tuple((*path, *(step * count)) for count in range(1, _DEEP + 1))


def tree_field(form: Form) -> Field | None:
    """The reference by which the form is a tree."""
    return next((each for each in form.fields if each.ref_tree and each.ref == form.full_name), None)


def _options(kind: Any, each: Field) -> Iterator[tuple[str, str]]:
    if each.value_type == "boolean":
        yield from (("true", formats.yes_no(True, locale())), ("false", formats.yes_no(False, locale())))
    for value, label in kind.choices(each):
        yield kind.write_form((value,) if kind.multiple else value, each), label


def _only_read(model: Model, form: Form, each: Field) -> bool:
    """A formula without SQL cannot be filtered by; asking the checker tells."""
    return each.formula is not None and not model.definitions.checked(each.formula, form.full_name).queryable


def _system(model: Model, form: Form) -> Iterator[Choice]:
    words = {name: text(word, locale()) for name, word in SYSTEM.items()}
    options = tuple((state, state_title(state, locale())) for state in states(form))
    yield Choice("$state", words["$state"], ("$state",), ("in", "=", "<>"), options)
    if not any(each.value_type == "auto_number" for each in form.fields):
        yield Choice(
            "$number", words["$number"], ("$number",), ("contains", "startswith", "=", "is null", "is not null")
        )
    for name, kind in _PEOPLE.items():
        made = Field(id=name, name=name, title=words[name], type=kind, schema={})
        operators = ("=", "<>", "in", *_more(kind), "is null", "is not null")
        yield Choice(name, words[name], (name,), operators, (), model.types[kind], made, ref=f"${kind}")
    for name in _MOMENTS:
        made = Field(id=name, name=name, title=words[name], type="datetime", schema={})
        operators = ("within", "<", ">=", "=")
        yield Choice(name, words[name], (name,), operators, (), model.types["datetime"], made)
