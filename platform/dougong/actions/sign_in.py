"""Signs in and out. One rule: an unknown account, a wrong password and an account without a tenant get the same answer in
the same time; failures are counted per account and network."""

from __future__ import annotations

from ..kernel.errors import Forbidden, NotFound, Unauthenticated
from ..people import accounts, members, passwords, sessions, throttle
from ..people.members import Member
from .installation import Installation

DEMO = "demo"


def sign_in(
    inst: Installation,
    account: str,
    password: str,
    *,
    network: str | None = None,
    tenant: str | None = None,
    device: str | None = None,
) -> str:
    """The token of a new session. An account in several tenants gets `tenant`, else the first of its tenants. Raises
    Unauthenticated `wrong_password`, TooMany."""
    now = inst.clock.now()
    with inst.database.control_read() as control:
        throttle.check(control, account, network, now)
        found, secret = accounts.secret_of(control, account)
        mine = accounts.tenants_of(control, found) if found else []
    right = passwords.matches(secret, password)
    places = [each for each in mine if tenant in (None, each)]
    with inst.database.control_write() as control:
        if right and found and places:
            throttle.succeeded(control, account)
            return sessions.start(control, found, places[0], now, network=network, device=device)
        throttle.failed(control, account, network, now)
    raise Unauthenticated("wrong_password")


def sign_out(inst: Installation, token: str) -> None:
    """End the session; an unknown token is no error."""
    with inst.database.control_write() as control:
        sessions.end(control, token)


def demo_people(inst: Installation) -> list[Member]:
    """The active members of the demo tenant, for the sign-in page with people to choose from; empty without a demo tenant.
    Whether that page may exist at all (loopback only) the web decides."""
    if DEMO not in inst.database.tenants():
        return []
    with inst.database.tenant(DEMO).read() as conn:
        return [each for each in members.all_of(conn) if each.active]


def sign_in_to_demo(inst: Installation, member: str, *, network: str | None = None, device: str | None = None) -> str:
    """The token of a session as a member of the demo tenant, without a password: for a loopback bind only. Raises
    NotFound, and Forbidden for an account that has a password of its own."""
    person = next((each for each in demo_people(inst) if each.id == member), None)
    if person is None:
        raise NotFound("member", member=member)
    with inst.database.control_write() as control:
        if accounts.get(control, person.account).has_password:
            raise Forbidden("has_password", member=member)
        return sessions.start(control, person.account, DEMO, inst.clock.now(), network=network, device=device)
