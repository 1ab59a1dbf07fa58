"""Tenants and members come and go: a token reaches its own firm only, and no longer than its member does."""

from __future__ import annotations

import pytest
from flask import Flask

from dougong.actions.create_tenant import create_tenant
from dougong.actions.create_token import create_token
from dougong.actions.installation import Installation
from dougong.actions.manage_tenants import set_tenant_state
from dougong.kernel.actor import operator
from dougong.people import members
from tests import makers
from tests.web.api.calling import Caller
from tests.web.api.conftest import FORMS


@pytest.fixture(scope="module")
def neighbour(app: Flask) -> Caller:
    """The admin of another firm with the same forms."""
    inst: Installation = app.extensions["dougong"]
    create_tenant(inst, "next", title="隔壁", admin="boss@next.test", password="correct horse")
    makers.publish(inst, "next", {"api": FORMS})
    found = Caller(app)
    found.token = create_token(inst, operator("next"), "boss@next.test")
    return found


@pytest.fixture
def leaver(app: Flask) -> tuple[Caller, str]:
    """A clerk who is about to go, and the member's id."""
    inst: Installation = app.extensions["dougong"]
    found = makers.member(inst, "demo", "leaver", ["clerk"], ())
    assert found.member is not None
    return Caller(app, "leaver@demo.test"), found.member


def test_another_firms_records_are_not_there(bob: Caller, neighbour: Caller) -> None:
    item = bob.post("/records/api.item", {"name": "我们的"}).data["id"]
    file = bob.upload("a.txt", b"ours").data["id"]
    path = f"/records/api.item/{item}"
    for got in (neighbour.get(path), neighbour.patch(path, {}, If_Match="*"), neighbour.delete(path, If_Match="*"),
                neighbour.post(f"{path}/disable"), neighbour.get(f"{path}/history"), neighbour.get(f"/files/{file}"),
                neighbour.get(f"/explain?form=api.item&action=view&id={item}")):  # fmt: skip
        assert (got.status, got.data["code"]) == (404, "not_found")
    assert neighbour.get("/records/api.item?count=true").data["count"] == 0
    taken = neighbour.post("/records/api.item", {"name": "拿来", "papers": [file]})
    assert taken.codes == [("/papers/0", "reference")]


def test_the_tenant_is_the_tokens_whatever_the_request_says(neighbour: Caller) -> None:
    assert neighbour.get("/me?tenant=demo").status == 400
    got = neighbour.get("/me", X_Tenant="demo", Host="demo.localhost")
    assert got.data["tenant"]["name"] == "next"
    assert neighbour.post("/records/api.item", {"name": "a", "tenant": "demo"}).codes == [("/tenant", "unknown_field")]


def test_a_role_taken_away_is_felt_by_the_next_request(app: Flask, leaver: tuple[Caller, str]) -> None:
    caller, member = leaver
    inst: Installation = app.extensions["dougong"]
    assert caller.get("/records/api.item").status == 200
    with inst.database.tenant("demo").write() as conn:
        members.set_roles(conn, member, [])
    assert caller.get("/records/api.item").status == 404
    assert caller.get("/forms").data["items"] == []


def test_a_member_who_left_has_no_token_any_more(app: Flask, leaver: tuple[Caller, str]) -> None:
    caller, member = leaver
    inst: Installation = app.extensions["dougong"]
    with inst.database.tenant("demo").write() as conn:
        members.set_active(conn, member, False)
    assert caller.get("/me").status == 401


def test_a_suspended_firm_is_closed_until_it_is_resumed(app: Flask, neighbour: Caller) -> None:
    inst: Installation = app.extensions["dougong"]
    set_tenant_state(inst, "next", "suspended")
    assert (neighbour.get("/me").status, neighbour.get("/nothing").status) == (403, 403)
    assert neighbour.get("/me").data["code"] == "tenant_suspended"
    set_tenant_state(inst, "next", "active")
    assert neighbour.get("/me").status == 200
