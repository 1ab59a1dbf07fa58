"""Fills a demo firm with the data of a large one (volume_rows.py), through the one writer path, many records at a time. One
rule: what has been written is remembered, so an interrupted run goes on where it was and a second one does nothing."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from ..kernel.actor import operator
from ..kernel.errors import Conflict
from ..storage.own import meta
from .installation import Installation
from .load_seed import load_batch
from .seed_rows import seed_row
from .transaction import transaction
from .volume_rows import Volume

MOST = 100.0
#: Told after every batch: the form, how many records are written, how many there are.
Told = Callable[[str, int, int], None]


def create_volume(inst: Installation, tenant: str, scale: float, told: Told = lambda form, done, of: None) -> int:
    """Write what is missing of the firm's data at this scale; how many records that were. Raises Conflict `volume` when
    the tenant holds data of another scale."""
    mark, batches = _mark(scale), list(Volume(scale).batches())
    same_scale(inst, tenant, scale)
    model = transaction(inst, tenant, operator(tenant), inst.catalog.live, write=False)
    done, written, of = _done(inst, tenant, mark), 0, sum(len(each.rows) for each in batches)
    passed = 0
    for index, each in enumerate(batches, 1):
        passed += len(each.rows)
        if index <= done:
            continue
        definition = model.definitions.form(each.form)
        load_batch(inst, tenant, each.form, [seed_row(definition, row) for row in each.rows], mark, index)
        written += len(each.rows)
        told(each.form, passed, of)
    return written


def _done(inst: Installation, tenant: str, mark: str) -> int:
    with inst.database.tenant(tenant).read() as conn:
        return int(conn.scalar(select(meta.c.value).where(meta.c.key == mark)) or 0)


def same_scale(inst: Installation, tenant: str, scale: float) -> None:
    """Raises Conflict `volume` when the tenant holds data of another scale."""
    mark = _mark(scale)
    with inst.database.tenant(tenant).read() as conn:
        other = conn.scalar(select(meta.c.key).where(meta.c.key.like("volume:%"), meta.c.key != mark))
    if other is not None:
        raise Conflict("volume", stands=str(other).partition(":")[2], scale=str(scale))


def _mark(scale: float) -> str:
    return f"volume:{scale}"
