"""A publish that dies, meets another, or meets people at work: the old forms or the new ones, never half, and no record
lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from dougong.actions.installation import Installation
from dougong.actions.publish_module import publish_files
from dougong.actions.run_doctor import run_doctor
from dougong.kernel.actor import operator
from dougong.kernel.errors import Conflict, DougongError
from tests.bad_input.attacking import Attacker
from tests.bad_input.test_twice import at_once

TEXT = {"type": "string", "maxLength": 50}
CLERK = {"roles": ["clerk"], "actions": ["view", "create", "edit", "delete"]}


def form(**fields: Any) -> dict[str, Any]:
    return {"name": "job", "title": "活", "record": {"type": "object", "properties": fields}, "policies": [CLERK]}


OLD = form(name=TEXT, size={**TEXT, "x-id": "size"}, gone=TEXT)
NEW = form(
    label={**TEXT, "x-id": "name", "x-index": True},
    size={"type": "integer", "x-id": "size"},
    price={"type": "number", "x-type": "money", "x-default": "1"},
    double={"type": "number", "x-type": "money", "x-formula": "price * 2"},
    lines={"type": "array", "items": {"type": "object", "properties": {"what": TEXT}}},
)


def publish(inst: Installation, module: str, *forms: dict[str, Any], loss: bool = True) -> Any:
    files = {"module.json": {"name": module, "title": module}, **{f"forms/{each['name']}.json": each for each in forms}}
    return publish_files(inst, operator("demo"), module, files, allow_loss=loss)


@pytest.fixture
def inst(app: Flask) -> Installation:
    found: Installation = app.extensions["dougong"]
    return found


def sound(inst: Installation) -> bool:
    return run_doctor(inst, operator("demo")) == []


class Died(BaseException):
    """What no handler of ours catches."""


@contextmanager
def dying_at(inst: Installation, number: int) -> Iterator[None]:
    """The process dies before the changing statement of this number, or before the commit when there is none."""
    engine, seen = inst.database.tenant("demo").store.engine, 0  # type: ignore[attr-defined]

    def count(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        nonlocal seen
        if not statement.lstrip().startswith(("BEGIN", "PRAGMA", "SELECT", "SET", "WITH")):
            seen += 1
            if seen == number:
                raise Died

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", count)


def test_a_publish_that_dies_leaves_the_old_forms_to_everybody(inst: Installation, bob: Attacker, app: Flask) -> None:
    module = "dying"
    publish(inst, module, OLD)
    record = bob.make("dying.job", {"name": "旧", "size": "12", "gone": "留"})
    died = 0
    for number in (*range(1, 8), 12, 20, 30, 45, 70, 100, 150):
        try:
            with dying_at(inst, number):
                publish(inst, module, NEW)
        except Died:
            died += 1
            shown = bob.call("GET", f"/records/dying.job/{record}").data
            assert shown["values"] == {"name": "旧", "size": "12", "gone": "留"}
            assert bob.call("PATCH", f"/records/dying.job/{record}", {"name": "旧"}, If_Match="*").status == 200
            assert bob.browser.get("/f/dying.job").status_code == 200
        else:
            break
    assert died >= 8
    publish(inst, module, NEW)
    shown = bob.call("GET", f"/records/dying.job/{record}").data["values"]
    assert (shown["label"], shown["size"], "gone" in shown) == ("旧", 12, False)
    assert sound(inst)


KILLED = """
import os, signal, sys
from sqlalchemy import event
from dougong.actions.installation import Installation
from dougong.kernel.settings import Settings
from pathlib import Path
from tests.bad_input import test_publishing as t
inst = Installation.open(Settings(data=Path(sys.argv[1]), database_url=sys.argv[2] or None))
engine, seen, at = inst.database.tenant("demo").store.engine, 0, int(sys.argv[3])
def kill(conn, cursor, statement, *_):
    global seen
    seen += not statement.lstrip().startswith(("BEGIN", "PRAGMA", "SELECT", "SET", "WITH"))
    if seen == at:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(engine, "after_cursor_execute", kill)
t.publish(inst, "killed", t.NEW)
"""


def test_a_publishing_process_that_is_killed_leaves_the_old_forms(
    inst: Installation, bob: Attacker, app: Flask
) -> None:
    publish(inst, "killed", OLD)
    record = bob.make("killed.job", {"name": "旧", "size": "12"})
    where = [str(inst.settings.data), inst.settings.database_url or ""]
    for number in (3, 11):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(KILLED), *where, str(number)],
            cwd=Path.cwd(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
        assert bob.call("GET", f"/records/killed.job/{record}").data["values"]["name"] == "旧"
        assert bob.call("PATCH", f"/records/killed.job/{record}", {"size": "13"}, If_Match="*").status == 200
    assert sound(inst)
    publish(inst, "killed", NEW)
    assert bob.call("GET", f"/records/killed.job/{record}").data["values"]["size"] == 13


def test_a_publish_while_eight_people_write(inst: Installation, bob: Attacker, app: Flask) -> None:
    publish(inst, "busy", OLD)
    stop, replies, lock = threading.Event(), [], threading.Lock()

    def write(number: int) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            name = "name" if turn % 2 else "label"
            reply = bob.call("POST", "/records/busy.job", {name: f"{number}-{turn}"})
            with lock:
                replies.append(reply)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    try:
        turn = 0
        while turn < 4 or (len(replies) < 80 and turn < 40):
            publish(inst, "busy", NEW if turn % 2 == 0 else OLD)
            turn += 1
            stop.wait(0.1)
    finally:
        stop.set()
        for each in threads:
            each.join()
    statuses = {each.status for each in replies}
    assert statuses <= {201, 422, 503}, statuses
    assert all({code for _, code in each.codes} == {"unknown_field"} for each in replies if each.status == 422)
    kept = bob.count("busy.job")
    assert kept == sum(each.status == 201 for each in replies) > 0
    assert sound(inst)


def test_two_publishes_at_once_make_two_versions(inst: Installation) -> None:
    publish(inst, "twins", OLD)
    first = [form(name=TEXT, **{f"a{n}": TEXT}) for n in range(4)]

    def act(number: int) -> Any:
        try:
            return publish(inst, "twins", first[number]).version
        except DougongError as error:
            return error

    done = at_once(4, act)
    versions = [each for each in done if isinstance(each, int)]
    assert all(isinstance(each, int | Conflict) for each in done), done
    assert versions
    assert len(set(versions)) == len(versions)
    assert sound(inst)


def test_publishes_of_different_modules_at_once_keep_both(inst: Installation) -> None:
    def act(number: int) -> Any:
        try:
            return publish(inst, f"side{number}", form(name=TEXT)).version
        except Conflict as error:
            return error

    done = at_once(4, act)
    live = inst.database.tenant("demo")
    assert live is not None
    names = {name for name in _forms(inst) if name.startswith("side")}
    assert names == {f"side{n}.job" for n, each in enumerate(done) if isinstance(each, int)}
    assert sound(inst)


def _forms(inst: Installation) -> list[str]:
    from dougong.actions.transaction import read

    return list(read(inst, operator("demo"), lambda tx: inst.catalog.live(tx).definitions.forms))
