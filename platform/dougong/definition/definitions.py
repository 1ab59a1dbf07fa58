"""The way in for everybody above: `Definitions`, all live forms of a tenant, and `link`, which makes them of modules."""

from __future__ import annotations

from .asked import Held
from .link import link
from .linked import Definitions

__all__ = ["Definitions", "Held", "link"]
