"""An open sheet whose form has gone with its module. One rule: what was filled in is kept, so whoever comes back to it is
told that it is."""

from __future__ import annotations

from collections.abc import Mapping

from ..forms.sheets import load_sheet
from ..kernel.actor import Actor
from ..kernel.errors import NotFound
from ..storage import exact_json, versions
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import read


def module_off(inst: Installation, actor: Actor, form: str, token: str) -> str | None:
    """The title of the module that is off, when the actor's own sheet of this form stands and only the module is missing;
    else None."""
    name = form.partition(".")[0]

    def act(tx: Transaction) -> str | None:
        if form in inst.catalog.live(tx).definitions.forms:
            return None
        try:
            load_sheet(tx, token, form=form)
        except NotFound:
            return None
        off = any(each.name == name and not each.enabled for each in versions.installed(tx.conn))
        return _title(tx, name) if off else None

    return read(inst, actor, act)


def _title(tx: Transaction, name: str) -> str:
    head = versions.files_of(tx.conn, name).get("module.json", {})
    parsed = exact_json.loads(head) if isinstance(head, bytes | str) else head
    return str(parsed.get("title", name)) if isinstance(parsed, Mapping) else name
