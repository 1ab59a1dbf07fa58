"""One's own account: who one is, the password, the look, where one is signed in, API tokens."""

from __future__ import annotations

from . import access, page, welcome
from .area import blueprint

__all__ = ["access", "blueprint", "page", "welcome"]
