"""Whichever statement of an act the database refuses: nothing of the act is left, the doctor finds nothing, and the same act
then goes through. Where the failure is one of contention, nobody even learns of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from dougong.actions.begin_import import begin_import
from dougong.actions.carry_out_import import carry_out_import
from dougong.actions.choose_columns import choose_columns
from dougong.actions.create_tenant import create_tenant
from dougong.actions.import_records import import_records
from dougong.actions.installation import Installation
from dougong.actions.publish_module import publish_files
from dougong.actions.read_record import find_records
from dougong.actions.run_doctor import run_doctor
from dougong.actions.run_jobs import run_jobs
from dougong.actions.transaction import Once, read
from dougong.actions.transition_record import transition_record
from dougong.app import create_app
from dougong.exchange import batches
from dougong.kernel.actor import Actor
from dougong.kernel.clock import FixedClock
from dougong.kernel.errors import DougongError
from dougong.kernel.settings import Settings
from dougong.records.query import Query
from dougong.storage import upgrade
from dougong.storage.database import Database
from tests.bad_input.attacking import Browser
from tests.faults.failing import failing
from tests.faults.firm import BUDGET, ENTRY, FIRM, ORDER, module, open_firm
from tests.faults.keeping import differences, kept, kept_in

Act = Callable[[], Any]


@pytest.fixture
def firm(installation: Installation, tenant: str) -> Mapping[str, str]:
    return open_firm(installation)


@pytest.fixture
def step(request: pytest.FixtureRequest) -> int:
    """Every statement at night, every third one in the long acts of the day."""
    return 1 if request.config.getoption("--nightly") else 3


def each_statement_fails(inst: Installation, act: Act, *, step: int = 1, most: int = 2_000) -> int:
    """Run the act, failing at its first statement, then at its second, until it goes through; how many there were."""
    before = kept(inst)
    for at in range(1, most, step):
        with failing(at) as fault:
            try:
                act()
            except DBAPIError:
                assert fault.hit, "the act failed by itself"
        if not fault.hit:
            return at
        assert differences(before, kept(inst)) == {}, f"statement {at} failed: {fault.hit}"
        if at % 10 == 1:
            assert run_doctor(inst, FIRM) == [], fault.hit
    raise AssertionError("never went through")


def shown(inst: Installation, form: str) -> list[dict[str, Any]]:
    return [each["values"] for each in find_records(inst, FIRM, form, Query(sort=["$created_at,$id"])).items]


def test_a_document_handed_in(installation: Installation, firm: Mapping[str, str]) -> None:
    def submit() -> None:
        transition_record(installation, FIRM, ORDER, firm["order"], "submit", once=Once("k", "submit"))

    assert each_statement_fails(installation, submit) > 25
    assert [str(each["amount"]) for each in shown(installation, ENTRY)] == ["10.00", "20.00"]
    assert [str(each["left"]) for each in shown(installation, BUDGET)] == ["70.00"]
    assert run_doctor(installation, FIRM) == []


def test_a_file_taken_in(installation: Installation, firm: Mapping[str, str], step: int) -> None:
    table = b"name,budget,size\nx,B,1\ny,B,2\n"
    told = []
    assert (
        each_statement_fails(
            installation, lambda: told.append(import_records(installation, FIRM, ORDER, table)), step=step
        )
        > 15
    )
    assert told[-1]["good"] == 2
    assert [each["name"] for each in shown(installation, ORDER)] == ["first", "x", "y"]
    assert run_doctor(installation, FIRM) == []


def test_a_new_version_published(installation: Installation, firm: Mapping[str, str], step: int) -> None:
    def publish() -> None:
        publish_files(installation, FIRM, "buy", module(more=True), allow_loss=True)

    assert each_statement_fails(installation, publish, step=step) > 60
    (first,) = shown(installation, ORDER)
    assert (first["remark"], first["size"], str(first["twice"])) == ("n", 12, "60.00")
    assert [each["drafts"] for each in shown(installation, BUDGET)] == [1]
    assert run_doctor(installation, FIRM) == []


def test_a_failed_publish_leaves_the_earlier_version_at_work(
    installation: Installation, firm: Mapping[str, str]
) -> None:
    with failing(10_000) as whole:
        publish_files(installation, FIRM, "buy", module(), allow_loss=True)
    assert len(whole.seen) > 5
    with failing(60) as fault, pytest.raises(DBAPIError):
        publish_files(installation, FIRM, "buy", module(more=True), allow_loss=True)
    assert fault.hit
    transition_record(installation, FIRM, ORDER, firm["order"], "submit")
    assert [str(each["left"]) for each in shown(installation, BUDGET)] == ["70.00"]
    assert run_doctor(installation, FIRM) == []


def test_an_older_store_brought_up_to_date(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    every = dict(upgrade.known("tenant"))
    early = {number: each for number, each in every.items() if number < 40}
    with monkeypatch.context() as earlier:
        earlier.setattr(upgrade, "known", lambda place: early if place == "tenant" else every)
        store = database.create_tenant("demo").store
    with store.read() as conn:
        before = kept_in(conn)
    for at in range(1, 500, step):
        with failing(at) as fault:
            try:
                applied = database.upgrade("demo")
            except DBAPIError:
                assert fault.hit
        if not fault.hit:
            break
        with store.read() as conn:
            assert differences(before, kept_in(conn)) == {}, fault.hit
    assert at > 15
    assert set(applied) == set(every) - set(early)
    assert database.upgrade("demo") == []


def test_a_firm_being_made(installation: Installation, step: int) -> None:
    """Its steps lie in two databases, so it may be left half made, but the same call finishes it."""
    step *= 5
    for at in range(1, 2_000, step):
        with failing(at) as fault:
            try:
                create_tenant(installation, f"firm{at}", title="f", admin="boss@f.test", password="correct horse")
            except DBAPIError:
                assert fault.hit
        if not fault.hit:
            break
        create_tenant(installation, f"firm{at}", title="f", admin="boss@f.test", password="correct horse")
    assert at > 50


@pytest.mark.parametrize("at", range(1, 60, 4))
def test_contention_anywhere_is_tried_again_and_happens_once(
    installation: Installation, firm: Mapping[str, str], at: int
) -> None:
    with failing(at, code="contended") as fault:
        transition_record(installation, FIRM, ORDER, firm["order"], "submit", once=Once("k", "submit"))
    assert fault.hit or at > 25
    assert [str(each["amount"]) for each in shown(installation, ENTRY)] == ["10.00", "20.00"]
    assert run_doctor(installation, FIRM) == []


def test_an_import_whose_worker_fails(
    installation: Installation,
    firm: Mapping[str, str],
    member: Callable[..., Actor],
    clock: FixedClock,
    step: int,
) -> None:
    """A job that the database broke off leaves all rows or none. Either it is taken up again when its lease is over, or the
    import stands where it was, with a reason, and is carried out at the next press of the button."""
    ran, boss = 0, member("admin")
    for at in range(1, 2_000, step * 2):
        batch = _checked_import(installation, boss, f"name,budget,size\nx{at},B,1\ny{at},B,2\n")
        carry_out_import(installation, boss, batch)
        with failing(at) as fault:
            try:
                run_jobs(installation, "demo")
            except (DBAPIError, DougongError):
                assert fault.hit
        assert _rows_of(installation, at) in ([], [f"x{at}", f"y{at}"]), fault.hit
        clock.advance(timedelta(hours=1))
        run_jobs(installation, "demo")
        known = read(installation, boss, lambda tx, batch=batch: batches.get(tx, batch))
        if known.state == "checked":
            assert known.error is not None, fault.hit
            carry_out_import(installation, boss, batch)
            run_jobs(installation, "demo")
            known = read(installation, boss, lambda tx, batch=batch: batches.get(tx, batch))
        assert (known.state, known.error) == ("done", None), fault.hit
        assert _rows_of(installation, at) == [f"x{at}", f"y{at}"], fault.hit
        ran += 1
        if not fault.hit:
            break
    assert ran > 5
    assert run_doctor(installation, FIRM) == []


def _checked_import(inst: Installation, boss: Actor, rows: str) -> str:
    batch = begin_import(inst, boss, ORDER, "orders.csv", io.BytesIO(rows.encode()))
    choose_columns(inst, boss, batch, read(inst, boss, lambda tx: batches.get(tx, batch)).wanted)
    run_jobs(inst, "demo")
    return batch


def _rows_of(inst: Installation, at: int) -> list[str]:
    return [each["name"] for each in shown(inst, ORDER) if each["name"] in (f"x{at}", f"y{at}")]


def test_a_form_saved_in_the_browser(installation: Installation, firm: Mapping[str, str], step: int) -> None:
    """The page says what happened, and the same form, sent again, makes one record."""
    browser = Browser(create_app(installation=installation), "admin@demo.test")
    for at in range(1, 2_000, step * 4):
        sheet, name = browser.open(ORDER), f"form {at}"
        sent = {"csrf_token": browser.token, "name": name, "budget": firm["budget"], "act": "save"}
        with capture_logs(), failing(at) as fault:
            answer = browser.client.post(sheet, data=sent, headers={"HX-Request": "true"})
        if fault.hit and answer.status_code not in (200, 303):
            assert answer.status_code == 500
            assert re.search(r"[0-9A-F]{4}-[0-9A-F]{4}", answer.text), "no number to tell whoever helps"
            assert [each for each in shown(installation, ORDER) if each["name"] == name] == [], fault.hit
        again = browser.post(sheet, sent)
        assert again.status_code == 303, fault.hit
        assert len([each for each in shown(installation, ORDER) if each["name"] == name]) == 1, fault.hit
        if not fault.hit:
            break
    assert at > 30
    assert run_doctor(installation, FIRM) == []
