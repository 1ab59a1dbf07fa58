"""Files that belong to a record."""

from __future__ import annotations

from ._files import _Files


class Attachment(_Files):
    """JSON: array of file ids (POST /api/v1/files gives one). `x-options`: `accept` (endings), `max_size` (MB); how many
    is said by `maxItems`."""

    name = "attachment"
    widget = "attachment"
    converts_from = ("image", "signature")
