"""The member's own page: name, password, what the screens are like, which notices come, where one is signed in, API tokens.
One rule: one form for each of them, and a refusal comes back beside its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ...actions import change_password as passwords
from ...actions.change_profile import change_own_name, choose
from ...actions.own_access import own_sessions, own_tokens
from ...kernel.errors import DougongError
from ...pages.catalogue import LANGUAGES
from ...pages.catalogue import mark as _
from ...pages.sentences import error_sentence
from ...people import departments, members, preferences, roles
from ...people.sessions import digest
from ...storage.transaction import Transaction
from ..current import actor, installation, locale, read, signed_in
from ..errors import status_of
from ..language import COOKIE, say
from ..notices import KINDS
from ..policy import policy
from ..session import is_secure, keep, token
from . import devices
from .area import account, blueprint, device

_YEAR = 365 * 24 * 3600
#: What each kind of notice is for, in the order of the page; kinds without words here always come.
NOTICES = {
    "mentioned": _("Somebody mentions me"),
    "commented": _("Somebody comments on a record of mine"),
    "approved": _("A record of mine is approved"),
    "rejected": _("A record of mine is rejected"),
}
_DONE = {
    "look": ("look", _("Saved")),
    "name": ("profile", _("Saved")),
    "no_admin": ("profile", _("Saved. You are no admin any more, so the company's pages are closed to you")),
    "notices": ("notices", _("Saved")),
    "password": ("password", _("The password has been changed, every other device is signed out")),
    "ended": ("sessions", _("Signed out there")),
    "revoked": ("tokens", _("The token is dead")),
}


@blueprint.get("/me")
@policy("member")
def page() -> ResponseReturnValue:
    """Show it."""
    place, said = _DONE.get(request.args.get("done", ""), ("", ""))
    return show(done={place: say(said)} if said else {})


@blueprint.get("/me/again")
@policy("member")
def again() -> ResponseReturnValue:
    """Signed in again, in the window that was opened for it: the other one waits with what was typed."""
    return render_template("account/again.html")


@blueprint.post("/me/name")
@policy("member")
def name() -> ResponseReturnValue:
    """Be called otherwise."""
    given = request.form.get("name", "")[:1000]
    try:
        change_own_name(installation(), actor(), given)
    except DougongError as error:
        return show("profile", error, name=given)
    return redirect("/me?done=name", 303)


@blueprint.post("/me/look")
@policy("member")
def look() -> ResponseReturnValue:
    """Choose language, brightness and shortcuts; they follow the member to every device, and stay in cookies of this
    browser for the page to sign in on."""
    answer = make_response(redirect("/me?done=look", 303))
    allowed = {"lang": tuple(LANGUAGES), "theme": ("light", "dark"), "shortcuts": (preferences.OFF,)}
    chosen = {key: request.form.get(key, "") for key in allowed}
    kept = {key: value if value in allowed[key] else "" for key, value in chosen.items()}
    choose(
        installation(), actor(),
        {preferences.LANGUAGE: kept["lang"], preferences.THEME: kept["theme"], preferences.SHORTCUTS: kept["shortcuts"]},
    )  # fmt: skip
    for cookie, key in ((COOKIE, "lang"), ("theme", "theme")):
        if kept[key]:
            secure = is_secure(current_app)
            answer.set_cookie(cookie, kept[key], max_age=_YEAR, path="/", samesite="Lax", httponly=True, secure=secure)
        else:
            answer.delete_cookie(cookie, path="/")
    return answer


@blueprint.post("/me/notices")
@policy("member")
def notices() -> ResponseReturnValue:
    """Which notices come into the application."""
    wanted = set(request.form.getlist("kind"))
    kinds = [each for each in NOTICES if each in KINDS]
    chosen = {preferences.NOTICE + each: "" if each in wanted else preferences.OFF for each in kinds}
    choose(installation(), actor(), chosen)
    return redirect("/me?done=notices", 303)


@blueprint.post("/me/password")
@policy("member")
def password() -> ResponseReturnValue:
    """Change the password; every other session of the account ends."""
    given = {name: request.form.get(name, "")[:1025] for name in ("old", "new", "again")}
    try:
        if given["new"] != given["again"]:
            raise DougongError("passwords_differ")
        fresh = passwords.change_password(
            installation(), actor(), account(), given["old"], given["new"], network=request.remote_addr, device=device()
        )
    except DougongError as error:
        return show("password", error)
    return keep(make_response(redirect("/me?done=password", 303)), fresh)


def show(at: str = "", error: DougongError | None = None, **shown: Any) -> ResponseReturnValue:
    """The page; `at` is the part that was refused."""
    status = 200 if error is None else status_of(error)
    refused = {at: error_sentence(error, locale())} if error is not None else {}
    told = {"done": {}, "refused": refused, "made": None, **read(_standing), **_access(), **shown}
    return render_template("account/page.html", **told), 422 if status >= 500 else status


def _standing(tx: Transaction) -> dict[str, Any]:
    me = members.get(tx.conn, str(tx.actor.member))
    modules = installation().catalog.live(tx).definitions.modules.values()
    called = roles.all_of(tx.conn, modules, admin=installation().catalog.admin)
    places = departments.titles(tx.conn, me.departments)
    who = signed_in()
    chosen: Mapping[str, str] = who.preferences if who is not None else {}
    return {
        "name": me.name, "post": [called.get(each, each) for each in me.roles],
        "places": [places.get(each, "") for each in me.departments], "chosen": chosen,
        "superior": members.titles(tx.conn, [me.superior]).get(me.superior, "") if me.superior else "",
        "notices": [
            (each, text, chosen.get(preferences.NOTICE + each) != preferences.OFF)
            for each, text in NOTICES.items() if each in KINDS
        ],
    }  # fmt: skip


def _access() -> dict[str, Any]:
    here = digest(token() or "")
    living = [
        {
            "id": each.id,
            "here": each.hash == here,
            "name": devices.named(each.device),
            "phone": devices.is_phone(each.device),
            "place": devices.place(each.network),
            "since": each.created_at,
            "seen": each.seen_at,
        }
        for each in own_sessions(installation(), actor(), account())
    ]
    living.sort(key=lambda each: not each["here"])
    return {
        "has_password": passwords.has_password(installation(), account()),
        "sessions": living,
        "tokens": own_tokens(installation(), actor(), account()),
    }
