"""Members, departments, roles: what an actor is made of, read afresh each time."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Conflict, Invalid, Unauthenticated
from dougong.kernel.ids import new_id
from dougong.people import acting, departments, members, roles
from dougong.people.members import Member
from dougong.storage.database import TenantStore


def _member(conn: Connection, clock: FixedClock, name: str, *given: str) -> Member:
    made = members.add(conn, new_id(), f"{name}@demo.test", name, clock.now())
    members.set_roles(conn, made.id, given)
    return members.get(conn, made.id)


def test_the_actor_has_the_departments_below_its_own(tenant_store: TenantStore, clock: FixedClock) -> None:
    with tenant_store.write() as conn:
        top = departments.add(conn, "工程管理部")
        team = departments.add(conn, "项目部A", parent=top.id)
        crew = departments.add(conn, "班组T1", parent=team.id)
        other = departments.add(conn, "财务部")
        bob = _member(conn, clock, "bob", "foreman")
        members.set_departments(conn, bob.id, [team.id, other.id])
        actor = acting.actor_of(conn, "demo", bob.account)
    assert actor.department == team.id
    assert actor.departments == (team.id, other.id)
    assert actor.department_tree == {team.id, crew.id, other.id}
    assert actor.roles == {"foreman"}


def test_a_role_taken_away_is_gone_at_once(tenant_store: TenantStore, clock: FixedClock) -> None:
    with tenant_store.write() as conn:
        bob = _member(conn, clock, "bob", "foreman", "clerk")
        assert members.set_roles(conn, bob.id, ["clerk"])
        assert not members.set_roles(conn, bob.id, ["clerk"])
        assert acting.actor_of(conn, "demo", bob.account).roles == {"clerk"}


def test_a_suspended_member_is_nobody(tenant_store: TenantStore, clock: FixedClock) -> None:
    with tenant_store.write() as conn:
        bob = _member(conn, clock, "bob")
        members.set_active(conn, bob.id, False)
        with pytest.raises(Unauthenticated):
            acting.actor_of(conn, "demo", bob.account)


def test_the_last_admin_stays(tenant_store: TenantStore, clock: FixedClock) -> None:
    with tenant_store.write() as conn:
        bob = _member(conn, clock, "bob", "admin")
        with pytest.raises(Conflict, match="last_admin"):
            members.set_roles(conn, bob.id, [])
        with pytest.raises(Conflict, match="last_admin"):
            members.set_active(conn, bob.id, False)
        _member(conn, clock, "eve", "admin")
        members.set_active(conn, bob.id, False)
        first = members.first_admin(conn)
    assert first is not None
    assert first.name == "eve"


def test_nobody_is_above_themselves(tenant_store: TenantStore, clock: FixedClock) -> None:
    with tenant_store.write() as conn:
        low, mid, top = (_member(conn, clock, name) for name in ("low", "mid", "top"))
        members.change(conn, low.id, superior=mid.id)
        members.change(conn, mid.id, superior=top.id)
        with pytest.raises(Invalid, match="cycle"):
            members.change(conn, top.id, superior=low.id)
        with pytest.raises(Invalid, match="cycle"):
            members.change(conn, top.id, superior=top.id)


def test_a_department_cannot_lie_below_itself(tenant_store: TenantStore) -> None:
    with tenant_store.write() as conn:
        top = departments.add(conn, "甲")
        below = departments.add(conn, "乙", parent=top.id)
        with pytest.raises(Invalid, match="cycle"):
            departments.change(conn, top.id, name="甲", parent=below.id, head=None)


def test_members_are_found_by_account_and_by_short_name(tenant_store: TenantStore, clock: FixedClock) -> None:
    with tenant_store.write() as conn:
        bob = _member(conn, clock, "pm_a")
        _member(conn, clock, "pmxa")
        assert members.by_login(conn, "PM_A@demo.test") == bob
        assert members.by_login(conn, "pm_a") == bob
        members.add(conn, new_id(), "pm_a@other.test", "", clock.now())
        assert members.by_login(conn, "pm_a") is None


def test_a_role_is_a_plain_name(tenant_store: TenantStore) -> None:
    with tenant_store.write() as conn:
        roles.ensure(conn, "auditor", "审计员")
        roles.ensure(conn, "auditor")
        assert roles.all_of(conn)["auditor"] == "审计员"
        with pytest.raises(Invalid, match="format"):
            roles.ensure(conn, "*")
