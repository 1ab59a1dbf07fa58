"""One side as a process of its own: `python -m bench.server reference URL PORT` or `… dougong DATA PORT`. Both under
waitress with as many threads. And the client's end of it: starting, CPU, memory, stopping."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Self

import waitress

THREADS = 4
_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A running side. Use as a context; `cpu()` is what the process has used so far, in seconds."""

    def __init__(self, kind: str, where: str, environment: dict[str, str] | None = None) -> None:
        self.port = _free_port()
        self._command = [sys.executable, "-m", "bench.server", kind, where, str(self.port)]
        self._environment = {**os.environ, **(environment or {})}
        self.started = 0.0

    def __enter__(self) -> Self:
        begun = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, cwd=Path(__file__).parents[1], env=self._environment, stdout=subprocess.DEVNULL
        )
        while not _answers(self.port):
            if self._process.poll() is not None or time.perf_counter() - begun > 60:
                raise RuntimeError(f"{self._command[3]} does not start")
            time.sleep(0.01)
        self.started = time.perf_counter() - begun
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(20)

    @property
    def pid(self) -> int:
        return self._process.pid

    def cpu(self) -> float:
        """User and system seconds of all its threads (proc(5))."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """Resident megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except OSError:
        return False
    return True


def main(kind: str, where: str, port: int) -> None:
    """Serve until ended."""
    if kind == "reference":
        from .reference import app_of

        app = app_of(where)
    else:
        from dougong.app import create_app
        from dougong.kernel.settings import Settings

        os.environ["DOUGONG_DATA"] = where
        app = create_app(Settings.from_environment(os.environ))
    waitress.serve(app, host="127.0.0.1", port=port, threads=THREADS, ident=None, _quiet=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
