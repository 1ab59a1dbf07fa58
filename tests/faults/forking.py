"""A process that has everything imported and forks one that runs a command line of ours whenever it is asked, so that being
killed and starting again costs a fraction of a second. Run as `python -m tests.faults.forking`.

Asked by a line of JSON {args, env, log, largest}, it answers with the process' id. One rule: it has no threads and opens
nothing, so that a fork of it is as good as a fresh start."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from dougong.app import create_app
from dougong.cli.main import main


def serve() -> None:
    """Until standard input ends."""
    assert create_app
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(asked)
        print(pid, flush=True)


def _become(asked: dict[str, Any]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(asked["env"])
    with Path(asked["log"]).open("ab") as log, Path(os.devnull).open("rb") as nothing:
        for number, target in ((0, nothing), (1, log), (2, log)):
            os.dup2(target.fileno(), number)
    if asked["largest"]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest"],) * 2)
    code = 70
    try:
        code = main(asked["args"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    serve()
