"""Pictures that belong to a record."""

from __future__ import annotations

from ._files import _Files


class Image(_Files):
    """JSON: array of file ids, all of them pictures. `x-options`: `watermark` (true: time, person and place are drawn on
    what is taken), `camera` (true: only the camera is offered on phones), `max_size` (MB)."""

    name = "image"
    widget = "image"
    converts_from = ("signature",)
