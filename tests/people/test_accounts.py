"""Accounts: names in one normal form, passwords, and who is a member where."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher, Type
from sqlalchemy import insert

from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import Invalid
from dougong.kernel.ids import new_id
from dougong.people import accounts, names, tables
from dougong.storage.database import Database


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Bob@Demo.test", "bob@demo.test"),
        ("  bob@demo.test ", "bob@demo.test"),
        ("ｂｏｂ@demo.test", "bob@demo.test"),
        ("138 0013-8000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("+1 212 555 0100", "+12125550100"),
        ("a+b@x.example", "a+b@x.example"),
    ],
)
def test_one_name_has_one_normal_form(written: str, normal: str) -> None:
    assert names.normal(written) == normal


@pytest.mark.parametrize(
    "written", ["", "bob", "bob@", "@demo.test", "a b@demo.test", "a@b@c.test", "12", "a..b@x.test"]
)
def test_what_is_neither_address_nor_phone_is_refused(written: str) -> None:
    with pytest.raises(Invalid) as refused:
        names.normal(written)
    assert [each.code for each in refused.value.problems] == ["format"]


def test_naming_an_account_does_not_take_it_over(database: Database) -> None:
    now = database.clock.now()
    with database.control_write() as control:
        first = accounts.ensure(control, "bob@demo.test", now, password="first password")
        again = accounts.ensure(control, "BOB@demo.test", now, password="second password")
        _, secret = accounts.secret_of(control, "bob@demo.test")
    assert again.id == first.id
    assert accounts.passwords.matches(secret, "first password")
    assert not accounts.passwords.matches(secret, "second password")


def test_short_passwords_are_refused_and_eight_characters_do(database: Database) -> None:
    now = database.clock.now()
    with database.control_write() as control:
        with pytest.raises(Invalid, match="length"):
            accounts.ensure(control, "bob@demo.test", now, password="seven77")
        assert accounts.ensure(control, "bob@demo.test", now, password="八个汉字也可以呀").has_password


def test_a_guess_costs_an_attacker_64_mib(product_hasher: PasswordHasher) -> None:
    assert product_hasher.type is Type.ID
    assert product_hasher.memory_cost >= 64 * 1024
    assert product_hasher.time_cost >= 3


def test_a_password_costs_the_same_without_an_account() -> None:
    assert not accounts.passwords.matches(None, "whatever it is")
    assert not accounts.passwords.matches("no hash at all", "whatever it is")


def test_an_account_may_be_a_member_of_several_tenants(database: Database) -> None:
    with database.control_write() as control:
        bob = accounts.ensure(control, "bob@demo.test", database.clock.now())
        for tenant in ("north", "south", "north"):
            accounts.join(control, bob.id, tenant)
        assert accounts.tenants_of(control, bob.id) == ["north", "south"]
        accounts.leave(control, bob.id, "north")
        assert accounts.tenants_of(control, bob.id) == ["south"]


def test_a_telephone_kept_with_its_country_is_found_without_it(database: Database, clock: FixedClock) -> None:
    with database.control_write() as control:
        made = accounts.ensure(control, "+8613900001111", clock.now())
        assert made.name == "13900001111"
        old = {"id": new_id(), "name": "+8613900002222", "secret": None, "active": True, "created_at": clock.now()}
        control.execute(insert(tables.accounts).values(old))
        for typed in ("13900002222", "+86 139-0000-2222", "8613900002222"):
            found = accounts.find(control, typed)
            assert found is not None
            assert found.id == old["id"]
        assert accounts.ensure(control, "13900002222", clock.now()).id == old["id"]
