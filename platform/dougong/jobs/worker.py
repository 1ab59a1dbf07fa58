"""The claim loop: one thread that goes round the tenants and has what is due done. One rule: it holds nothing that matters;
killed at any point, the rows tell the next one where to go on. On SQLite whoever is alone on the folder takes up at once
what ran when its predecessor ended; elsewhere others may be working, and the lease says when theirs is free."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from ..actions.installation import Installation
from ..actions.manage_tenants import list_tenants
from ..actions.run_jobs import run_jobs, take_over
from ..kernel.errors import DougongError
from ..storage.alone import alone

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
        only = None if self._inst.database.dialect != "sqlite" else alone(self._inst.settings.data)
        try:
            if only is not None:
                self._each(lambda tenant: take_over(self._inst, tenant))
            while not self._end.is_set():
                self.round()
                self._end.wait(self._pause)
        finally:
            if only is not None:
                only.give_up()

    def round(self) -> None:
        """One round over all active tenants."""
        self._each(lambda tenant: run_jobs(self._inst, tenant))

    def _each(self, act: Callable[[str], object]) -> None:
        for tenant in list_tenants(self._inst):
            if tenant.state != "active" or self._end.is_set():
                continue
            try:
                act(tenant.name)
            except DougongError as error:
                log.warning("round refused", tenant=tenant.name, code=error.code)
            except Exception:
                log.exception("round failed", tenant=tenant.name)
