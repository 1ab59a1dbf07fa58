"""Sessions, tokens and the throttle: secrets are kept as hashes, and everything ends by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import TooMany
from dougong.kernel.ids import new_id
from dougong.people import sessions, tables, throttle, tokens
from dougong.storage.database import Database

HOUR = timedelta(hours=1)


def test_the_database_holds_no_token(database: Database, clock: FixedClock) -> None:
    account = new_id()
    with database.control_write() as control:
        session = sessions.start(control, account, "demo", clock.now())
        secret = tokens.create(control, account, "demo", "script", clock.now())
        stored = repr(control.execute(select(tables.sessions)).all() + control.execute(select(tables.tokens)).all())
    assert session not in stored
    assert secret not in stored


def test_a_session_idles_out_and_ends_after_a_week(database: Database, clock: FixedClock) -> None:
    with database.control_write() as control:
        token = sessions.start(control, new_id(), "demo", clock.now())
        for _ in range(7 * 24 * 2 - 1):
            clock.advance(HOUR / 2)
            session = sessions.read(control, token, clock.now(), HOUR)
            assert session is not None
            sessions.touch(control, session, clock.now())
        clock.advance(HOUR / 2)
        assert sessions.read(control, token, clock.now(), HOUR) is None


def test_an_idle_session_is_over(database: Database, clock: FixedClock) -> None:
    with database.control_write() as control:
        token = sessions.start(control, new_id(), "demo", clock.now())
        clock.advance(HOUR)
        assert sessions.read(control, token, clock.now(), HOUR) is None
        assert sessions.forget_dead(control, clock.now(), HOUR) == 1


def test_rotation_kills_the_old_token(database: Database, clock: FixedClock) -> None:
    account = new_id()
    with database.control_write() as control:
        old = sessions.start(control, account, "demo", clock.now())
        sessions.rotate_all(control, account, "demo")
        session = sessions.read(control, old, clock.now(), HOUR)
        assert session is not None
        assert session.rotate
        new = sessions.rotate(control, session, clock.now())
        assert sessions.read(control, old, clock.now(), HOUR) is None
        renewed = sessions.read(control, new, clock.now(), HOUR)
        assert renewed is not None
        assert not renewed.rotate


def test_a_revoked_token_is_dead(database: Database, clock: FixedClock) -> None:
    account = new_id()
    with database.control_write() as control:
        secret = tokens.create(control, account, "demo", "script", clock.now())
        (token,) = tokens.of_account(control, account, "demo")
        assert tokens.read(control, secret) == token
        tokens.revoke(control, token.id, clock.now())
        assert tokens.read(control, secret) is None


def test_the_eleventh_try_in_a_quarter_of_an_hour_waits(database: Database, clock: FixedClock) -> None:
    with database.control_write() as control:
        for _ in range(10):
            throttle.check(control, "bob@demo.test", "10.0.0.1", clock.now())
            throttle.failed(control, "bob@demo.test", "10.0.0.1", clock.now())
        with pytest.raises(TooMany) as waits:
            throttle.check(control, "BOB@demo.test", None, clock.now())
        assert waits.value.params["retry_after"] == 900
        throttle.check(control, "eve@demo.test", "10.0.0.1", clock.now())
        clock.advance(throttle.WINDOW)
        throttle.check(control, "bob@demo.test", "10.0.0.1", clock.now())


def test_a_network_is_counted_over_all_accounts(database: Database, clock: FixedClock) -> None:
    with database.control_write() as control:
        for number in range(throttle.PER_NETWORK):
            throttle.failed(control, f"a{number}@demo.test", "10.0.0.1", clock.now())
        with pytest.raises(TooMany):
            throttle.check(control, "new@demo.test", "10.0.0.1", clock.now())
        throttle.check(control, "new@demo.test", "10.0.0.2", clock.now())
