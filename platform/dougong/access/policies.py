"""Which policies of a form speak for an actor and an action. One rule: policies add up, and without one only admins act.

Defaults: submit = who may create or edit, comment = who may view, both only while no policy of the form names
the action itself; withdraw = the applicant; close, disable and enable need edit, restore needs delete; approve and reject
belong to the flow, until then to admins."""

from __future__ import annotations

from collections.abc import Iterable

from ..definition.model import Form, Policy
from ..kernel.actor import Actor

EVERYBODY = "*"

_NEEDS = {"close": "edit", "disable": "edit", "enable": "edit", "restore": "delete", "withdraw": "submit"}
_DEFAULT = {"submit": frozenset({"create", "edit"}), "comment": frozenset({"view"})}


def speaking(actor: Actor, form: Form) -> tuple[Policy, ...]:
    """The policies whose roles the actor has, whatever they grant."""
    return tuple(each for each in form.policies if EVERYBODY in each.roles or not actor.roles.isdisjoint(each.roles))


def granting(actor: Actor, form: Form, action: str) -> tuple[Policy, ...]:
    """The policies that let the actor do `action` on the rows they match."""
    wanted = words(form, action)
    return tuple(each for each in speaking(actor, form) if not wanted.isdisjoint(each.actions))


def words(form: Form, action: str) -> frozenset[str]:
    """The words of a policy that grant this action on this form."""
    word = _NEEDS.get(action, action)
    if word in _DEFAULT and not _named(form.policies, word):
        return _DEFAULT[word]
    return frozenset({word})


def _named(policies: Iterable[Policy], word: str) -> bool:
    return any(word in each.actions for each in policies)
