"""What a view asks of the request it serves: installation, who is there, which language. One rule: all of it was put there
by session.py and language.py before the view ran."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar, cast

from flask import current_app, g, has_request_context, request

from ..actions import transaction as transactions
from ..actions.authenticate import Authenticated
from ..actions.installation import Installation
from ..fields.type import Here
from ..kernel.actor import Actor
from ..kernel.errors import Unauthenticated
from ..pages.spoken import SpokenCatalog
from ..storage.transaction import Transaction

T = TypeVar("T")


def installation() -> Installation:
    """The installation this application serves; on a screen its definitions speak the reader's language. The API says
    what the authors wrote."""
    inst = cast(Installation, current_app.extensions["dougong"])
    if not has_request_context() or request.path.startswith("/api/"):
        return inst
    language = locale()
    if language not in (known := current_app.extensions.setdefault("dougong.spoken", {})):
        known[language] = replace(inst, catalog=SpokenCatalog(inst.catalog, language))
    return cast(Installation, known[language])


def signed_in() -> Authenticated | None:
    """Who holds the session, None on public pages without one."""
    return cast("Authenticated | None", g.get("signed_in"))


def actor() -> Actor:
    """Who acts. Raises Unauthenticated."""
    who = signed_in()
    if who is None:
        raise Unauthenticated
    return who.actor


def request_id() -> str:
    """The id of this request, in its header, its log lines and its audit rows."""
    return cast(str, g.request_id)


def locale() -> str:
    """Language of the screen: `zh_CN` or `en`."""
    who = signed_in()
    chosen = who.preferences.get("language", "") if who is not None and not g.get("locale_asked") else ""
    return chosen or cast(str, g.get("locale", "zh_CN"))


def today() -> date:
    """Today where the tenant is."""
    inst = installation()
    return inst.clock.now().astimezone(inst.settings.zone).date()


def here() -> Here:
    """Where and when the member types: what relative days and times of day are read by."""
    return Here(installation().settings.zone, today())


def read(act: Callable[[Transaction], T]) -> T:
    """Run `act` on one snapshot of the actor's tenant."""
    return transactions.read(installation(), actor(), act)
