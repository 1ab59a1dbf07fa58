"""English and Chinese names of functions, as the parser and the printer need them."""

from __future__ import annotations

from .functions import FUNCTIONS

_ALIASES = {alias.lower(): name for name, each in FUNCTIONS.items() for alias in each.aliases}


def canonical(name: str) -> str:
    """The English name of a function written in any of its names; an unknown name comes back as it is."""
    return _ALIASES.get(name, name)
