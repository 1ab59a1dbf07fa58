"""The program as a process of its own, to be killed, doubled and starved, and the clients that go on asking it.

One rule: what a client was told is written down as it comes, and everything it was told must be found afterwards."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import simplejson

from dougong.assets import ROOT
from dougong.kernel.settings import Settings

#: Seconds a started process may take to answer.
_START = 30.0


@dataclass
class Process:
    """One running server; `port` 0 = some other command."""

    pid: int
    port: int
    log: Path

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return _state(self.pid) != "Z"

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """And wait until it is gone."""
        try:
            os.kill(self.pid, how)
        except ProcessLookupError:
            return
        self.wait()

    def wait(self, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while self.alive:
            assert time.monotonic() < end, f"process {self.pid} does not end"
            time.sleep(0.005)

    def ready(self) -> Process:
        """Wait until it answers."""
        end = time.monotonic() + _START
        while time.monotonic() < end:
            try:
                if ask(self.port, "GET", "/readyz")[0] == 200:
                    return self
            except (OSError, HTTPException):
                pass
            assert self.alive, self.log.read_text()
            time.sleep(0.01)
        raise AssertionError(self.log.read_text())


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


@dataclass
class House:
    """Starts processes on the settings' data."""

    settings: Settings
    forker: subprocess.Popen[str]
    logs: Path
    started: list[Process] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        return {
            "DOUGONG_DATA": str(self.settings.data),
            "DOUGONG_DATABASE_URL": self.settings.database_url or "",
            "DOUGONG_LOG_LEVEL": "WARNING",
        }

    def start(self, *args: str, largest: int = 0) -> Process:
        """Run a command line; `largest` is the size in bytes that no file may pass."""
        return self._start(list(args), 0, largest)

    def serve(self, *, largest: int = 0) -> Process:
        """A server on a free port, which answers."""
        port = free_port()
        return self._start(["serve", "--no-demo", "--port", str(port)], port, largest).ready()

    def _start(self, args: list[str], port: int, largest: int) -> Process:
        log = self.logs / f"process-{len(self.started)}.log"
        log.touch()
        asked = {"args": args, "env": self.env, "log": str(log), "largest": largest}
        assert self.forker.stdin
        assert self.forker.stdout
        self.forker.stdin.write(json.dumps(asked) + "\n")
        self.forker.stdin.flush()
        process = Process(int(self.forker.stdout.readline()), port, log)
        self.started.append(process)
        return process


@contextmanager
def house(settings: Settings, logs: Path | None = None) -> Iterator[House]:
    """The fork server, and the end of everything it started. What the processes say goes to the folder of `logs`, else to
    their data."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "platform"), str(ROOT)))}
    command = [sys.executable, "-m", "tests.faults.forking"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, cwd=ROOT
    ) as forker:
        opened = House(settings, forker, logs or settings.data)
        try:
            yield opened
        finally:
            for each in opened.started:
                each.kill()
            assert forker.stdin
            forker.stdin.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ------------------------------------------------------------------------------------------------ asking


def ask(
    port: int, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, timeout: float = 20
) -> tuple[int, Any]:
    """Status and JSON (or text) of one request. Raises OSError or HTTPException when no whole answer came."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        raw = body if isinstance(body, bytes) else None if body is None else simplejson.dumps(body).encode()
        connection.request(method, path, raw, headers or {})
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, simplejson.loads(text, use_decimal=True) if "json" in answer.headers[
            "Content-Type"
        ] else text
    finally:
        connection.close()


@dataclass
class Call:
    """One act that a client asks for; `status` None = no answer came, so nobody knows."""

    key: str
    path: str
    body: Any
    status: int | None = None
    answer: Any = None


@dataclass
class Clients:
    """Several at once, each with one request at a time. `plan(client, number, history)` says what to ask next; the history
    is that client's own, the last call last."""

    token: str
    plan: Callable[[int, int, Sequence[Call]], Call]
    histories: dict[int, list[Call]] = field(default_factory=dict)

    def send(self, port: int, call: Call) -> Call:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": call.key,
            "Content-Type": "application/json",
        }
        if isinstance(call.body, bytes):
            headers["Content-Type"] = "application/x-ndjson"
        call.status, call.answer = ask(port, "POST", f"/api/v1{call.path}", call.body, headers)
        return call

    def run(
        self, ports: Sequence[int], count: int, until: threading.Event, most: int = 10**9
    ) -> list[threading.Thread]:
        """Start them; each goes on until it is cut off, has done so many calls, or is told to end."""
        threads = []
        for client in range(count):
            history = self.histories.setdefault(client, [])
            port = ports[client % len(ports)]
            threads.append(threading.Thread(target=self._go, args=(client, port, history, until, most), daemon=True))
        for each in threads:
            each.start()
        return threads

    def _go(self, client: int, port: int, history: list[Call], until: threading.Event, most: int) -> None:
        for _ in range(most):
            if until.is_set():
                return
            call = self.plan(client, len(history), history)
            history.append(call)
            try:
                self.send(port, call)
            except ConnectionRefusedError:  # nobody is there any more: it was never asked
                history.pop()
                return
            except (OSError, HTTPException):
                return

    @property
    def calls(self) -> list[Call]:
        return [each for history in self.histories.values() for each in history]

    def settle(self, port: int) -> int:
        """Ask again, with the same keys, for what nobody knows; how many these were."""
        unknown = [each for each in self.calls if each.status is None]
        for each in unknown:
            self.send(port, each)
        return len(unknown)
