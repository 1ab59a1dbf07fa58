"""Identifiers: UUIDv7 (RFC 9562, 5.7) for rows, so that ids sort by birth, and random tokens for secrets."""

from __future__ import annotations

import os
import re
import secrets
import threading
import time

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A fresh UUIDv7 as lower-case text; ids made by one process ascend strictly (RFC 9562, 6.2, method 3)."""
    global _last
    with _lock:
        stamp = max((time.time_ns() // 1_000_000 << 12) | (time.time_ns() // 245 % 4096), _last + 1)
        _last = stamp
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62
    value |= int.from_bytes(os.urandom(8), "big") >> 2
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def is_id(text: object) -> bool:
    """Whether this is an id as we write them: a lower-case hyphenated UUID."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def new_token(size: int = 32) -> str:
    """A random URL-safe secret of `size` bytes."""
    return secrets.token_urlsafe(size)
