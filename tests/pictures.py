"""Small real pictures for tests."""

from __future__ import annotations

import io

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (3, 2)) -> bytes:
    """The bytes of a picture of one colour: kind "PNG", "JPEG", "GIF" …; size in pixels."""
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, kind)
    return made.getvalue()
