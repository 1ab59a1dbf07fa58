"""The audit chain: whole when nobody touched it, and every kind of surgery is found at its first row."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from dougong.storage import sealer
from dougong.storage.database import TenantStore
from tests.storage.bench import Bench


@pytest.fixture
def bench(tenant_store: TenantStore) -> Bench:
    made = Bench(tenant_store)
    for number in range(5):
        with made.act() as tx:
            tx.audit("m.ask", "r", "updated", [{"field": "a", "old": number, "new": "汉字"}])
    with made.act() as tx:
        assert sealer.seal(tx, limit=3) == 3
    with made.act() as tx:
        assert sealer.seal(tx) == 2
    return made


def test_an_untouched_chain_is_whole(bench: Bench) -> None:
    with bench.act() as tx:
        assert sealer.seal(tx) == 0
        assert sealer.verify(tx.conn) is None
        assert sealer.head(tx.conn).seq == 5


@pytest.mark.parametrize(
    ("surgery", "found"),
    [
        ("UPDATE dg_audit SET event = 'created' WHERE seq = 2", sealer.Broken(2, "changed")),
        ("UPDATE dg_audit SET changes = '[]' WHERE seq = 4", sealer.Broken(4, "changed")),
        ("UPDATE dg_audit SET actor_name = 'x' WHERE seq = 5", sealer.Broken(5, "changed")),
        ("DELETE FROM dg_audit WHERE seq = 3", sealer.Broken(3, "missing")),
        ("DELETE FROM dg_audit WHERE seq = 1", sealer.Broken(1, "missing")),
        ("DELETE FROM dg_audit WHERE seq = 5", sealer.Broken(5, "end")),
        ("UPDATE dg_audit SET seq = NULL, hash = NULL WHERE seq = 5", sealer.Broken(5, "end")),
    ],
)
def test_surgery_is_found_at_its_first_row(bench: Bench, surgery: str, found: sealer.Broken) -> None:
    with bench.act() as tx:
        tx.conn.execute(text(surgery))
        assert sealer.verify(tx.conn) == found
