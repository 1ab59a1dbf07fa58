"""Links to set a password and what members prefer: short-lived, one's own, forgotten when taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Conflict, Invalid, NotFound
from dougong.kernel.ids import new_id
from dougong.people import accounts, departments, members, password_links, preferences
from dougong.storage.database import Database, TenantStore


def test_a_link_is_for_one_account_and_the_newest_counts(database: Database, clock: FixedClock) -> None:
    with database.control_write() as control:
        bob = accounts.ensure(control, "bob@demo.test", clock.now())
        accounts.join(control, bob.id, "demo")
        old = password_links.make(control, bob.id, "demo", clock.now())
        new = password_links.make(control, bob.id, "demo", clock.now())
        assert password_links.read(control, new, clock.now()).account == bob.id
        for dead in (old, "nonsense", ""):
            with pytest.raises(NotFound, match="password_link"):
                password_links.read(control, dead, clock.now())
        with pytest.raises(NotFound):
            password_links.read(control, new, clock.now() + timedelta(days=3))


def test_a_shared_account_has_no_links(database: Database, clock: FixedClock) -> None:
    with database.control_write() as control:
        bob = accounts.ensure(control, "bob@demo.test", clock.now())
        accounts.join(control, bob.id, "demo")
        link = password_links.make(control, bob.id, "demo", clock.now())
        accounts.join(control, bob.id, "other")
        with pytest.raises(Conflict, match="shared_account"):
            password_links.make(control, bob.id, "demo", clock.now())
        with pytest.raises(Conflict, match="shared_account"):
            password_links.read(control, link, clock.now())


def test_what_was_never_chosen_or_taken_back_is_absent(tenant_store: TenantStore) -> None:
    bob, eve = new_id(), new_id()
    with tenant_store.write() as conn:
        preferences.put(conn, bob, {"theme": "dark", "language": "en", "notice.mentioned": "off"})
        preferences.put(conn, bob, {"theme": "light", "language": ""})
        assert preferences.of(conn, bob) == {"theme": "light", "notice.mentioned": "off"}
        assert preferences.of(conn, eve) == {}
        assert preferences.refusing(conn, "mentioned") == {bob}
        assert preferences.refusing(conn, "commented") == frozenset()


def test_a_department_goes_out_of_use_when_nobody_stands_in_it(tenant_store: TenantStore, clock: FixedClock) -> None:
    with tenant_store.write() as conn:
        top = departments.add(conn, "工程部", code="ENG")
        team = departments.add(conn, "一工区", parent=top.id)
        bob = members.add(conn, new_id(), "bob@demo.test", "bob", clock.now())
        members.set_departments(conn, bob.id, [team.id])
        with pytest.raises(Conflict, match="department_in_use"):
            departments.set_active(conn, team.id, False, clock.now())
        members.set_active(conn, bob.id, False)
        departments.set_active(conn, team.id, False, clock.now())
        departments.set_active(conn, top.id, False, clock.now())
        with pytest.raises(Conflict, match="department_above"):
            departments.set_active(conn, team.id, True, clock.now())
        assert [each.active for each in departments.all_of(conn)] == [False, False]


def test_every_mistake_in_a_department_is_told_at_once(tenant_store: TenantStore) -> None:
    with tenant_store.write() as conn:
        top = departments.add(conn, "工程部", code="ENG")
        other = departments.add(conn, "财务部")
        team = departments.add(conn, "一工区", parent=other.id)
        with pytest.raises(Invalid) as refused:
            departments.change(conn, other.id, name=" ", parent=team.id, head=None, code="ENG")
        assert {(each.code, each.pointer) for each in refused.value.problems} == {
            ("required", "/name"), ("unique", "/code"), ("cycle", "/parent"),
        }  # fmt: skip
        departments.change(conn, top.id, name="工程部", parent=None, head=None, code="ENG")
