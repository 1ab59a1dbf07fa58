"""Sets how a tenant sends mail, and tries it: only admins may. One rule: a password that is kept goes only where it was
meant for; another server or account asks for it again."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any, cast

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Forbidden, Invalid
from ..kernel.problems import Problem
from ..notify import mail_server
from ..notify.mail_server import SECURITIES, MailServer, Security
from ..people.asking import bounded, collecting
from ..people.names import is_email
from ..storage.transaction import Transaction
from .as_seen import Seen, overtaken, wanted_of
from .installation import Installation
from .send_mail import send_mail
from .transaction import read, transaction

_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))*")
_TOLD = ("host", "port", "security", "login", "sender", "sender_name")
#: Of these, what says together where a password goes.
_ONE = ("host", "port", "security", "login")


def mail_of(inst: Installation, actor: Actor) -> MailServer | None:
    """The tenant's server, None when there is none. Raises Forbidden."""
    _require(actor)
    with inst.database.control_read() as control:
        return mail_server.server_of(control, actor.tenant)


def set_mail(inst: Installation, actor: Actor, given: Mapping[str, str], seen: Seen | None = None) -> None:
    """Keep the server from what was typed: host, port, security, login, password (empty keeps the one there is), sender,
    sender_name; `seen` is what the form showed, see as_seen. Raises Forbidden, Invalid with every problem, `overtaken`."""
    licence.require(licence.may_write(actor.tenant))
    _require(actor)
    with inst.database.control_write() as control:
        old = mail_server.server_of(control, actor.tenant)
        stands = shown_of(old)
        wanted, clashes = _wanted(
            seen, stands, {name: given.get(name, "") for name in _TOLD}, given.get("password", "")
        )
        if not clashes:
            new = _checked(inst, {**given, **stands, **wanted}, old)
            mail_server.put(control, actor.tenant, new, inst.clock.now())
    if clashes:
        raise read(
            inst, actor, lambda tx: overtaken(tx, "mail_changed", None, {each: each for each in clashes}, stands)
        )
    _audit(inst, actor, old, new)


def shown_of(server: MailServer | None) -> dict[str, str]:
    """The server as the form shows it."""
    if server is None:
        return {**dict.fromkeys(_TOLD, ""), "port": "465", "security": "tls"}
    return {name: str(getattr(server, name)) for name in _TOLD}


def _wanted(
    seen: Seen | None, stands: Mapping[str, str], given: Mapping[str, str], password: str
) -> tuple[dict[str, Any], list[str]]:
    """What is to be written, and what clashes: the server and the account on it are one, and a password typed is meant
    for both as they were shown; so is everything once somebody has forgotten the server."""
    wanted, clashes = wanted_of(seen, stands, given)
    one = _TOLD if seen and seen.get("host") and not stands["host"] else _ONE
    if seen is not None and (password or one is _TOLD or any(name in wanted for name in one)):
        clashes += [name for name in one if given[name] != stands[name] != seen.get(name) and name not in clashes]
    return wanted, clashes


def forget_mail(inst: Installation, actor: Actor) -> None:
    """Send no mail any more; the password is gone. Raises Forbidden."""
    licence.require(licence.may_write(actor.tenant))
    old = mail_of(inst, actor)
    with inst.database.control_write() as control:
        mail_server.put(control, actor.tenant, None, inst.clock.now())
    _audit(inst, actor, old, None)


def try_mail(inst: Installation, actor: Actor, to: str, subject: str, text: str) -> None:
    """Really send a mail. Raises Forbidden, Invalid `format` at /to, Conflict `mail_not_set`, DougongError `mail_…`."""
    licence.require(licence.may_write(actor.tenant))
    _require(actor)
    wanted = to.strip()
    if not is_email(wanted):
        raise Invalid([Problem("format", "/to", {"format": "email"})])
    send_mail(inst, actor.tenant, wanted, subject, text)


def ports(inst: Installation) -> tuple[int, ...]:
    """The ports a server may be named on."""
    return tuple(int(each) for each in inst.settings.mail_ports.split(",") if each.strip().isdecimal())


def _checked(inst: Installation, given: Mapping[str, str], old: MailServer | None) -> MailServer:
    problems: list[Problem] = []
    host, login, sender = (given.get(name, "").strip() for name in ("host", "login", "sender"))
    if not host:
        problems.append(Problem("required", "/host"))
    elif not _is_host(host):
        problems.append(Problem("format", "/host", {"format": "hostname"}))
    port = given.get("port", "").strip()
    allowed = ports(inst)
    if not port.isascii() or not port.isdecimal() or int(port[:6]) not in allowed:
        problems.append(Problem("enum", "/port", {"allowed": [str(each) for each in allowed]}))
    security = given.get("security", "")
    if security not in SECURITIES:
        problems.append(Problem("enum", "/security"))
    with collecting(problems):
        login = bounded(login, "login", 254)
    if login and security == "none":
        problems.append(Problem("mail_plain", "/security"))
    secret = _secret(given.get("password", ""), host, login, old)
    if login and not secret:
        problems.append(Problem("required", "/password"))
    if not is_email(sender):
        problems.append(Problem("format" if sender else "required", "/sender", {"format": "email"}))
    name = ""
    with collecting(problems):
        name = bounded(given.get("sender_name", ""), "sender_name", 100)
    if problems:
        raise Invalid(problems)
    return MailServer(host, int(port), cast(Security, security), login, secret, sender, name)


def _secret(typed: str, host: str, login: str, old: MailServer | None) -> str:
    if not login:
        return ""
    same = old is not None and (old.host, old.login) == (host, login)
    return typed[:1024] or (old.secret if old is not None and same else "")


def _is_host(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return _HOST.fullmatch(text) is not None
    return True


def _audit(inst: Installation, actor: Actor, old: MailServer | None, new: MailServer | None) -> None:
    changes = [
        {"field": name, "old": getattr(old, name, None), "new": getattr(new, name, None)}
        for name in _TOLD
        if getattr(old, name, None) != getattr(new, name, None)
    ]
    if (old.secret if old else "") != (new.secret if new else ""):
        changes.append({"field": "password", "old": None, "new": "•••" if new and new.secret else None})
    if changes:

        def act(tx: Transaction) -> None:
            tx.audit(None, None, "mail_changed", changes)

        transaction(inst, actor.tenant, actor, act)


def _require(actor: Actor) -> None:
    if not actor.is_admin:
        raise Forbidden("forbidden", action="mail")
