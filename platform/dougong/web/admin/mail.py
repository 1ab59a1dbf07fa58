"""Mail: the server by which the company sends, and a button that really sends one. One rule: the password goes in and
never comes out again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from ...actions import set_mail as acts
from ...kernel.errors import DougongError
from ...pages.sentences import error_sentence, sentence
from ..current import actor, installation, locale, signed_in
from ..language import say
from ..policy import policy
from .area import Refusal, blueprint, page, refusal, seen, typed, typed_over

_FIELDS = ("host", "port", "security", "login", "password", "sender", "sender_name")


@blueprint.get("/admin/mail")
@policy("admin")
def mail() -> ResponseReturnValue:
    """The settings."""
    return _page(_standing())


@blueprint.post("/admin/mail")
@policy("admin")
def set_mail() -> ResponseReturnValue:
    """Keep them."""
    given = typed(*_FIELDS)
    try:
        acts.set_mail(installation(), actor(), given, seen())
    except DougongError as error:
        back = typed_over(error, {**given, "password": ""}, _standing())
        return _page(back["values"], refusal(error, _FIELDS), shown=back["shown"])
    return redirect("/admin/mail?done=saved", 303)


@blueprint.post("/admin/mail/forget")
@policy("admin")
def forget_mail() -> ResponseReturnValue:
    """Send none any more."""
    acts.forget_mail(installation(), actor())
    return redirect("/admin/mail?done=mail_off", 303)


@blueprint.post("/admin/mail/test")
@policy("admin")
def try_mail() -> ResponseReturnValue:
    """Send one and say what happened."""
    to, who = typed("to", most=300)["to"], signed_in()
    company = who.tenant_title if who else ""
    text = say(
        "This mail shows that {company} can send mail through Dougong. Nothing is asked of you.", company=company
    )
    try:
        acts.try_mail(installation(), actor(), to, say("Dougong: a test"), text)
    except DougongError as error:
        problems = getattr(error, "problems", ())
        said = sentence(problems[0], locale()) if problems else error_sentence(error, locale())
        return _page(_standing(), tried={"ok": False, "said": said, "to": to})
    said = say("The server took the mail to {address}. Look into the mailbox, also among spam.", address=to)
    return _page(_standing(), tried={"ok": True, "said": said, "to": to})


def _page(
    values: dict[str, Any],
    refused: Refusal | None = None,
    tried: dict[str, Any] | None = None,
    shown: Mapping[str, Any] | None = None,
) -> Any:
    standing, who = acts.mail_of(installation(), actor()), signed_in()
    mine = who.account_name if who and "@" in who.account_name else ""
    test = tried or {"ok": None, "said": "", "to": request.args.get("to", mine)}
    answer = page(
        "mail", "mail", refused, values=values, ports=acts.ports(installation()), standing=standing is not None,
        kept=standing is not None and bool(standing.secret), tried=test, shown=values if shown is None else shown,
    )  # fmt: skip
    return (answer[0], 422) if test["ok"] is False and isinstance(answer, tuple) else answer


def _standing() -> dict[str, Any]:
    return acts.shown_of(acts.mail_of(installation(), actor()))
