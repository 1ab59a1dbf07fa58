"""Members: the list with its search, adding somebody, one member with what they have and what one can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from ...actions import change_member as acts
from ...actions.add_user import add_user
from ...actions.invite_member import invite_member
from ...actions.list_members import Directory, directory
from ...actions.member_access import access_of
from ...actions.send_mail import mail_ready, send_mail
from ...kernel.actor import ADMIN
from ...kernel.errors import DougongError, Invalid, NotFound
from ...people.members import Member
from ...people.names import is_email
from ..current import actor, installation, signed_in
from ..language import say
from ..policy import policy
from .area import Refusal, blueprint, page, refusal, seen, typed, typed_over

_FIELDS = ("account", "name", "departments", "superior", "roles")
_STATES = {"active": True, "disabled": False}


@blueprint.get("/admin")
@policy("admin")
def home() -> ResponseReturnValue:
    """The area begins with the people."""
    return redirect("/admin/members", 303)


@blueprint.get("/admin/members")
@policy("admin")
def members() -> ResponseReturnValue:
    """The list: `q` searches, `state` is active, disabled or all."""
    known = directory(installation(), actor())
    words, state = request.args.get("q", "")[:100], request.args.get("state", "active")
    found = known.find(words, _STATES.get(state))
    return page("members", "members", known=known, found=found, words=words, state=state)


@blueprint.get("/admin/members/new")
@policy("admin")
def new_member() -> ResponseReturnValue:
    """Somebody to be added."""
    return _form(None, {"roles": [], "departments": [], "main": "", "superior": "", "account": "", "name": ""})


@blueprint.post("/admin/members")
@policy("admin")
def add() -> ResponseReturnValue:
    """Add somebody; who has no password gets a link to set one."""
    given = _given()
    try:
        made = add_user(
            installation(), actor(), given["account"], name=given["name"], give=given["roles"], places=_places(given),
            superior=given["superior"] or None, newcomer=True,
        )  # fmt: skip
    except Invalid as error:
        return _form(None, given, refused=refusal(error, _FIELDS))
    access = access_of(installation(), actor(), made.id)
    return _go(made, "added") if access.has_password or access.shared else _invited(made, "added")


@blueprint.get("/admin/members/<member>")
@policy("admin")
def member(member: str) -> ResponseReturnValue:
    """One member."""
    found = _found(directory(installation(), actor()), member)
    return _form(found, _standing(found))


@blueprint.post("/admin/members/<member>")
@policy("admin")
def change(member: str) -> ResponseReturnValue:
    """Change name, departments, superior and roles together."""
    given = _given()
    mine = member == actor().member
    if mine and ADMIN not in given["roles"] and "sure" not in request.form:
        known = directory(installation(), actor())
        if any(each.active and ADMIN in each.roles and each.id != member for each in known.people):
            found = _found(known, member)
            return _form(found, given, seen() or _standing(found), asks=True)
    try:
        made = acts.change_profile(installation(), actor(), member, _profile(given), seen())
    except DougongError as error:
        found = _found(directory(installation(), actor()), member)
        return _form(found, refused=refusal(error, _FIELDS), **typed_over(error, _profile(given), _standing(found)))
    if mine and ADMIN not in made.roles:
        return redirect("/me?done=no_admin", 303)
    return _go(made, "saved")


@blueprint.post("/admin/members/<member>/active")
@policy("admin")
def active(member: str) -> ResponseReturnValue:
    """Take a member out of use or readmit them."""
    wanted = request.form.get("active") == "yes"
    answer = _act(
        member, "enabled" if wanted else "disabled",
        lambda: acts.change_member(installation(), actor(), member, active=wanted),
    )  # fmt: skip
    gone = member == actor().member and not wanted and isinstance(answer, Response)
    return redirect("/login?left=1", 303) if gone else answer


@blueprint.post("/admin/members/<member>/sign-out")
@policy("admin")
def sign_out(member: str) -> ResponseReturnValue:
    """End all their sessions."""
    return _act(member, "signed_out", lambda: acts.sign_out_member(installation(), actor(), member))


@blueprint.post("/admin/members/<member>/password")
@policy("admin")
def password(member: str) -> ResponseReturnValue:
    """A link by which they set a new password, shown here or mailed to them."""
    found = _found(directory(installation(), actor()), member)
    try:
        return _mailed(found) if request.form.get("by") == "mail" else _invited(found, "")
    except DougongError as error:
        return _form(found, _standing(found), refused=refusal(error))


def _act(member: str, done: str, act: Any) -> ResponseReturnValue:
    found = _found(directory(installation(), actor()), member)
    try:
        act()
    except DougongError as error:
        return _form(found, _standing(found), refused=refusal(error))
    return _go(found, done)


def _invited(found: Member, done: str) -> ResponseReturnValue:
    can = done == "added" and _reachable(found)
    return page("invited", "members", member=found, link=_link(found), added=done == "added", mail=can)


def _mailed(found: Member) -> ResponseReturnValue:
    """The link goes to the member's own mailbox; the admin never sees it."""
    who = signed_in()
    company = who.tenant_title if who else ""
    subject = say("{company}: set your password", company=company)
    text = say(
        "{name}, with this link you set your password for {company}. It works once, for three days:\n\n{link}\n\n"
        "Nobody else has it. Whoever did not expect this mail need not do anything.",
        name=found.name, company=company, link=_link(found),
    )  # fmt: skip
    send_mail(installation(), actor().tenant, found.login, subject, text)
    return _go(found, "mailed")


def _reachable(found: Member) -> bool:
    return is_email(found.login) and mail_ready(installation(), actor().tenant)


def _link(found: Member) -> str:
    secret = invite_member(installation(), actor(), found.id)
    base = installation().settings.public_url.rstrip("/") or request.host_url.rstrip("/")
    return base + url_for("account.welcome", secret=secret)


def _form(
    found: Member | None,
    values: dict[str, Any],
    shown: Mapping[str, Any] | None = None,
    refused: Refusal | None = None,
    *,
    asks: bool = False,
) -> ResponseReturnValue:
    """`asks`: the admin is about to be none any more, and is asked first."""
    known = directory(installation(), actor())
    access = access_of(installation(), actor(), found.id) if found else None
    mail = found is not None and _reachable(found)
    return page(
        "member", "members", refused, known=known, member=found, values=values, shown=values if shown is None else shown,
        access=access, mail=mail, asks=asks, mine=found is not None and found.id == actor().member,
    )  # fmt: skip


def _given() -> dict[str, Any]:
    """What was typed; the main department stands first."""
    lists = {name: [each[:100] for each in request.form.getlist(name)[:200]] for name in ("roles", "departments")}
    return {**typed("account", "name", "main", "superior"), **lists}


def _places(given: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(each for each in (given["main"], *given["departments"]) if each))


def _standing(found: Member) -> dict[str, Any]:
    return {**acts.profile_of(found), "account": found.login}


def _profile(given: Mapping[str, Any]) -> dict[str, Any]:
    """What of it is changed together, as change_profile asks for it."""
    return {name: given[name] for name in ("name", "superior", "roles", "main", "departments")}


def _found(known: Directory, member: str) -> Member:
    found = next((each for each in known.people if each.id == member), None)
    if found is None:
        raise NotFound("member", member=member)
    return found


def _go(found: Member, done: str) -> ResponseReturnValue:
    return redirect(f"/admin/members/{found.id}?" + urlencode({"done": done, "name": found.name}), 303)
