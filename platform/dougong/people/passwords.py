"""Passwords: argon2id, at least 8 characters. A missing account or secret costs the same time as a wrong password, and
at most two are computed at once (each takes 64 MiB)."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ..kernel.errors import Invalid
from ..kernel.problems import Problem

LEAST = 8
MOST = 1024

_hasher = PasswordHasher()
_turn = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    """The argon2id hash to store. Raises Invalid `length` at /password."""
    if not LEAST <= len(password) <= MOST:
        limit = {"min": LEAST} if len(password) < LEAST else {"max": MOST}
        raise Invalid([Problem("length", "/password", {**limit, "length": len(password)})])
    with _turn:
        return _hasher.hash(password)


def matches(secret: str | None, password: str) -> bool:
    """Whether the password fits; without a secret it takes as long and is False."""
    with _turn:
        try:
            return _hasher.verify(secret or _nobody(), password[:MOST]) and secret is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobody() -> str:
    return _hasher.hash("the secret of an account that does not exist")
