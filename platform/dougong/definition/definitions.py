"""The way in for everybody above: `Definitions`, all live forms of a tenant, and `link`, which makes them of modules."""

from __future__ import annotations

from .link import link
from .linked import Definitions
from .scope import Held

__all__ = ["Definitions", "Held", "link"]
