"""Tenants, users, tokens and signing in, as the command line and the sign-in page do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from dougong.actions.add_user import add_user
from dougong.actions.authenticate import by_account, by_session, by_token
from dougong.actions.change_department import add_department, change_department, list_departments
from dougong.actions.change_member import change_member
from dougong.actions.create_tenant import create_tenant
from dougong.actions.create_token import create_token
from dougong.actions.installation import Installation
from dougong.actions.manage_tenants import find_tenant, list_tenants, set_tenant_state
from dougong.actions.sign_in import demo_people, sign_in, sign_in_to_demo, sign_out
from dougong.kernel.actor import Actor, operator
from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated

Member = Callable[..., Actor]
PASSWORD = "correct horse"


def test_the_first_member_is_the_admin(installation: Installation, tenant: str) -> None:
    found = by_account(installation, tenant, "ADMIN@demo.test")
    assert found.actor.is_admin
    assert (found.tenant_title, found.actor.tenant) == ("演示", "demo")
    assert [(each.name, each.state) for each in list_tenants(installation)] == [("demo", "active")]


def test_a_tenant_is_made_once_and_finished_if_it_was_not(installation: Installation, tenant: str) -> None:
    with pytest.raises(Conflict, match="tenant_exists"):
        create_tenant(installation, tenant, title="again", admin="eve@demo.test")
    installation.database.create_tenant("half")
    create_tenant(installation, "half", title="Half", admin="eve@demo.test")
    assert by_account(installation, "half", "eve@demo.test").actor.is_admin


@pytest.mark.parametrize("name", ["", "A", "1a", "a__b", "a-b", "x" * 31, "../etc", "control"])
def test_a_bad_tenant_name_makes_nothing(installation: Installation, name: str) -> None:
    with pytest.raises(Invalid):
        create_tenant(installation, name, title="x", admin="a@demo.test")
    with pytest.raises(Invalid):
        create_tenant(installation, "fine", title="x", admin="no account")
    assert list_tenants(installation) == []


def test_signing_in_and_out(installation: Installation, tenant: str) -> None:
    token = sign_in(installation, "Admin@demo.test", PASSWORD)
    assert by_session(installation, token).account_name == "admin@demo.test"
    sign_out(installation, token)
    sign_out(installation, token)
    with pytest.raises(Unauthenticated):
        by_session(installation, token)


@pytest.mark.parametrize("account", ["admin@demo.test", "nobody@demo.test", "no account at all", ""])
def test_every_failure_looks_the_same(installation: Installation, tenant: str, account: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        sign_in(installation, account, "wrong password")
    assert (refused.value.code, refused.value.params) == ("wrong_password", {})


def test_ten_failures_and_even_the_right_password_waits(
    installation: Installation, tenant: str, clock: FixedClock
) -> None:
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            sign_in(installation, "admin@demo.test", "wrong password")
    with pytest.raises(TooMany):
        sign_in(installation, "admin@demo.test", PASSWORD)
    clock.advance(timedelta(minutes=15))
    assert sign_in(installation, "admin@demo.test", PASSWORD)


def test_a_change_of_roles_gives_every_session_a_new_token(installation: Installation, tenant: str) -> None:
    add_user(installation, operator(tenant), "bob@demo.test", password="eight chars")
    token = sign_in(installation, "bob@demo.test", "eight chars")
    assert by_session(installation, token).new_token is None
    add_user(installation, operator(tenant), "bob@demo.test", give=["clerk"])
    renewed = by_session(installation, token)
    assert renewed.actor.roles == {"clerk"}
    assert renewed.new_token is not None
    with pytest.raises(Unauthenticated):
        by_session(installation, token)
    assert by_session(installation, renewed.new_token).new_token is None


def test_an_idle_session_must_sign_in_again(installation: Installation, tenant: str, clock: FixedClock) -> None:
    token = sign_in(installation, "admin@demo.test", PASSWORD)
    clock.advance(timedelta(hours=11))
    by_session(installation, token)
    clock.advance(timedelta(hours=11))
    by_session(installation, token)
    clock.advance(timedelta(hours=12))
    with pytest.raises(Unauthenticated):
        by_session(installation, token)


def test_the_suspended_are_out_with_the_next_request(installation: Installation, tenant: str, member: Member) -> None:
    bob = member("bob")
    secret = create_token(installation, bob, "bob@demo.test")
    assert by_token(installation, secret).actor == bob
    assert bob.member is not None
    change_member(installation, operator(tenant), bob.member, active=False)
    with pytest.raises(Unauthenticated):
        by_token(installation, secret)
    token = sign_in(installation, "admin@demo.test", PASSWORD)
    set_tenant_state(installation, tenant, "suspended")
    with pytest.raises(Forbidden, match="tenant_suspended"):
        by_session(installation, token)
    set_tenant_state(installation, tenant, "active")
    assert by_session(installation, token)
    assert find_tenant(installation, tenant).state == "active"


def test_tokens_are_for_oneself_or_given_by_an_admin(installation: Installation, member: Member) -> None:
    bob, eve = member("bob"), member("eve")
    assert by_token(installation, create_token(installation, member("admin"), "eve@demo.test")).actor == eve
    with pytest.raises(Forbidden):
        create_token(installation, bob, "eve@demo.test")
    with pytest.raises(NotFound):
        create_token(installation, bob, "nobody@demo.test")


def test_only_admins_add_users(installation: Installation, member: Member) -> None:
    with pytest.raises(Forbidden):
        add_user(installation, member("bob"), "eve@demo.test", give=["admin"])


def test_an_account_of_two_tenants_chooses(installation: Installation, tenant: str) -> None:
    create_tenant(installation, "other", title="Other", admin="admin@demo.test")
    assert by_session(installation, sign_in(installation, "admin@demo.test", PASSWORD)).actor.tenant == "demo"
    chosen = sign_in(installation, "admin@demo.test", PASSWORD, tenant="other")
    assert by_session(installation, chosen).actor.tenant == "other"
    with pytest.raises(Unauthenticated):
        sign_in(installation, "admin@demo.test", PASSWORD, tenant="third")


def test_people_of_the_demo_are_picked_without_a_password(
    installation: Installation, tenant: str, member: Member
) -> None:
    bob = member("bob")
    people = {each.login: each.id for each in demo_people(installation)}
    assert set(people) == {"admin@demo.test", "bob@demo.test"}
    assert by_session(installation, sign_in_to_demo(installation, people["bob@demo.test"])).actor == bob
    with pytest.raises(Forbidden):
        sign_in_to_demo(installation, people["admin@demo.test"])
    with pytest.raises(NotFound):
        sign_in_to_demo(installation, "nobody")


def test_departments_are_the_admins_to_change(installation: Installation, tenant: str, member: Member) -> None:
    firm = operator(tenant)
    top = add_department(installation, firm, "工程部", code="ENG")
    team = add_department(installation, firm, "项目部", parent=top.id)
    bob = member("bob", departments=["工程部"])
    assert bob.department_tree == {top.id, team.id}
    moved = change_department(installation, firm, team.id, name="项目部A", parent=None, head=bob.member)
    assert (moved.name, moved.parent, moved.head) == ("项目部A", None, bob.member)
    assert member("bob").department_tree == {top.id}
    assert [each.key for each in list_departments(installation, bob)] == ["ENG", "项目部A"]
    with pytest.raises(Forbidden):
        add_department(installation, bob, "x")
    with pytest.raises(NotFound):
        change_department(installation, firm, team.id, name="x", parent=bob.member, head=None)
