"""Makes the demo firm: a tenant with the modules that come with the program and the seed set `demo`; its documents of 2025
(`demo_2025`) are written by a job, so that one need not wait for them. Every step can be repeated, so a start that was
interrupted is finished by the next one; a finished firm is left as its people have it."""

from __future__ import annotations

from sqlalchemy import insert, select

from ..assets import MODULES
from ..kernel.actor import operator
from ..storage import exact_json
from ..storage.own import meta
from ..storage.transaction import Transaction
from .create_tenant import create_tenant
from .enable_module import enable_module
from .installation import Installation
from .load_seed import load_seed
from .module_source import bundled_names
from .seed_job import leave_seed
from .sign_in import DEMO
from .transaction import transaction

TITLE = "恒拓建设工程有限公司"
ADMIN = "admin@demo.test"
#: The seed set with the firm's documents.
YEAR = "demo_2025"
_MARK = "demo:complete"


def wants_demo(inst: Installation) -> bool:
    """Whether there is no tenant yet, or a demo firm that was left unfinished."""
    tenants = inst.database.tenants()
    if tenants and tenants != [DEMO]:
        return False
    return not tenants or not transaction(inst, DEMO, operator(DEMO), _complete, write=False)


def create_demo(inst: Installation) -> None:
    """Make or finish the tenant `demo` with people, masters and open periods. Its accounts have no passwords: on a loopback
    bind one picks a person."""
    actor = operator(DEMO)
    if DEMO not in inst.database.tenants():
        create_tenant(inst, DEMO, title=TITLE, admin=ADMIN)
    for name in _outermost():
        enable_module(inst, actor, name)
    load_seed(inst, DEMO, "demo")
    transaction(inst, DEMO, actor, _mark)


def _outermost() -> list[str]:
    """The modules that no other requires: enabling them enables all, with fewer publishes."""
    heads = {name: exact_json.loads((MODULES / name / "module.json").read_bytes()) for name in bundled_names()}
    required = {each for head in heads.values() for each in head.get("requires", ())}
    return [name for name in heads if name not in required]


def _mark(tx: Transaction) -> None:
    leave_seed(tx, YEAR)
    if not _complete(tx):
        tx.conn.execute(insert(meta).values(key=_MARK, value="yes"))


def _complete(tx: Transaction) -> bool:
    return tx.conn.scalar(select(meta.c.value).where(meta.c.key == _MARK)) is not None
