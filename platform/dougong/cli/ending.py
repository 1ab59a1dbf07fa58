"""How a process that stays is asked to end: SIGTERM (systemd, a container) and Ctrl C. One rule: whatever was begun is
answered first, within reason; nothing new is begun."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from waitress import wasyncore

#: Seconds that requests under way are given; service managers wait longer than that.
GRACE = 20.0
_LOOK = 0.5


def on_sigterm(act: Callable[[], None]) -> None:
    """Call `act` when the process is asked to end; only the main thread may be told of it."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda number, frame: act())


def run(server: Any) -> None:
    """Serve with a waitress server until the process is asked to end; then take no more connections, answer what was begun
    and come back."""
    asked = threading.Event()
    on_sigterm(asked.set)
    sockets = getattr(server, "map", None) or server._map  # several addresses, or one
    try:
        while not asked.is_set():
            wasyncore.loop(timeout=_LOOK, map=sockets, use_poll=server.adj.asyncore_use_poll, count=1)
    except KeyboardInterrupt:
        pass
    _answer(sockets, server.adj.asyncore_use_poll)
    server.task_dispatcher.shutdown()


def _answer(sockets: dict[int, Any], use_poll: bool) -> None:
    wasyncore.loop(timeout=0, map=sockets, use_poll=use_poll, count=1)  # who has just come is still let in
    for each in list(sockets.values()):
        if each.accepting:
            each.del_channel()
            each.socket.close()
    until = time.monotonic() + GRACE
    wasyncore.loop(timeout=0.05, map=sockets, use_poll=use_poll, count=2)
    while any(map(_busy, list(sockets.values()))) and time.monotonic() < until:
        wasyncore.loop(timeout=0.05, map=sockets, use_poll=use_poll, count=1)


def _busy(channel: Any) -> bool:
    """Whether a connection has sent a request, or some of it, that is not wholly answered."""
    return bool(
        getattr(channel, "requests", None)
        or getattr(channel, "request", None) is not None
        or getattr(channel, "total_outbufs_len", 0)
    )
