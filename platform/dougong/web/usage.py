"""Counts who opens which form and what is refused there, beside the requests. One rule: it never fails a page and costs it
nothing; counts are gathered in memory, written together after an answer has gone, and lost when the process dies."""

from __future__ import annotations

import threading
import time
from collections import Counter

import structlog
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from ..actions.record_usage import ERROR, Event, record_usage
from ..kernel.errors import DougongError, WithProblems
from .current import signed_in, today
from .htmx import is_fragment

#: Which page opens a form how.
PAGES = {"/f/<form>": "list", "/f/<form>/<record>": "record", "/f/<form>/new": "new", "/f/<form>/<record>/edit": "edit"}
#: Seconds and kinds of events after which what was gathered is written.
PAUSE, MOST = 30.0, 500
_log = structlog.get_logger("dougong.web")


class Gathered:
    """Counts by tenant that are not written yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, Counter[Event]] = {}
        self._since = time.monotonic()

    def add(self, tenant: str, event: Event) -> bool:
        """Count it; whether it is time to write."""
        with self._lock:
            self._counts.setdefault(tenant, Counter())[event] += 1
            held = sum(len(each) for each in self._counts.values())
            return held >= MOST or time.monotonic() - self._since >= PAUSE

    def take(self) -> dict[str, Counter[Event]]:
        """Everything, to be written."""
        with self._lock:
            taken, self._counts, self._since = self._counts, {}, time.monotonic()
            return taken


def install(app: Flask) -> None:
    """Count the pages of `app`."""
    app.extensions["dougong_usage"] = Gathered()
    app.after_request(_count)


def noted(error: DougongError) -> None:
    """A refusal met while this request was answered: its codes are counted with the request's form."""
    codes = [each.code for each in error.problems if each.level == "error"] if isinstance(error, WithProblems) else []
    g.refused_codes = set(codes[:20]) or {error.code}


def write_down(app: Flask) -> None:
    """Write what was gathered. What cannot be written is dropped and logged."""
    for tenant, counts in app.extensions["dougong_usage"].take().items():
        try:
            record_usage(app.extensions["dougong"], tenant, counts)
        except (DougongError, SQLAlchemyError) as error:
            _log.warning("usage not written", tenant=tenant, error=type(error).__name__)


def _count(response: Response) -> Response:
    who, form = signed_in(), (request.view_args or {}).get("form")
    if who is None or who.actor.member is None or not form or request.path.startswith("/api/"):
        return response
    app, due = current_app._get_current_object(), False  # type: ignore[attr-defined]
    for what, code in _happened(response):
        event = Event(today(), str(form)[:200], who.actor.member, what, code)
        due = app.extensions["dougong_usage"].add(who.actor.tenant, event) or due
    if due:
        response.call_on_close(lambda: write_down(app))
    return response


def _happened(response: Response) -> list[tuple[str, str]]:
    if response.status_code >= 400:
        codes = sorted(g.get("refused_codes", ()))
        return [(ERROR, code) for code in codes] if response.status_code not in (401, 404) else []
    rule = request.url_rule.rule if request.url_rule is not None else ""
    opened = request.method == "GET" and response.status_code == 200 and not is_fragment()
    return [(PAGES[rule], "")] if opened and rule in PAGES else []
