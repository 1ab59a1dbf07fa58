"""Where and when the member types: what relative days and times of day are read by."""

from __future__ import annotations

from ..fields.type import Here
from .current import installation, today


def here() -> Here:
    """Zone and today of the tenant."""
    return Here(installation().settings.zone, today())
