"""The claim loop: one thread that goes round the tenants and has what is due done. One rule: it holds nothing that matters;
killed at any point, the rows tell the next one where to go on."""

from __future__ import annotations

import threading

import structlog

from ..actions.installation import Installation
from ..actions.manage_tenants import list_tenants
from ..actions.run_jobs import run_jobs
from ..kernel.errors import DougongError

log = structlog.get_logger()

#: Seconds between rounds: the longest a job waits beyond its time.
PAUSE = 2.0


class Worker:
    """`start` runs the loop beside the serving threads, `run` in this one."""

    def __init__(self, inst: Installation, pause: float = PAUSE) -> None:
        self._inst = inst
        self._pause = pause
        self._end = threading.Event()
        self._thread = threading.Thread(target=self.run, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the round that is going on."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def run(self) -> None:
        """Go round until stopped. A tenant whose round fails is logged and met again in the next one."""
        while not self._end.is_set():
            self.round()
            self._end.wait(self._pause)

    def round(self) -> None:
        """One round over all active tenants."""
        for tenant in list_tenants(self._inst):
            if tenant.state != "active" or self._end.is_set():
                continue
            try:
                run_jobs(self._inst, tenant.name)
            except DougongError as error:
                log.warning("round refused", tenant=tenant.name, code=error.code)
            except Exception:
                log.exception("round failed", tenant=tenant.name)
