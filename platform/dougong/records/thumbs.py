"""Small pictures of uploaded ones. One rule: what is handed out here was drawn anew, upright and without a word of what
the camera wrote beside it (place, device, time)."""

from __future__ import annotations

import os
import tempfile
import warnings
from pathlib import Path

from PIL import Image, ImageOps

from ..kernel.errors import NotFound
from . import blobs

#: Pixels of the longer side.
SIDE = 320
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")


def thumb(folder: Path, sha256: str) -> Path:
    """The JPEG of a blob, made when first asked for. Raises NotFound `no_preview` where the blob is no picture we draw."""
    made = folder / ".thumbs" / sha256[:2] / f"{sha256}.jpg"
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        _draw(blobs.path(folder, sha256), made)
    return made


def _draw(source: Path, target: Path) -> None:
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            _small(source).save(out, "JPEG", quality=82)
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _small(source: Path) -> Image.Image:
    """The picture as people see it, no side longer than SIDE, on white."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(source, formats=_FORMATS) as picture:
                _bounded(picture)
                picture.draft("RGB", (SIDE * 2, SIDE * 2))
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((SIDE, SIDE))
                return _on_white(upright)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
        raise NotFound("no_preview") from error


def _bounded(picture: Image.Image) -> None:
    """A JPEG is read at a fraction of its size; anything else is unpacked whole."""
    limit = blobs.MOST_PIXELS if picture.format == "JPEG" else blobs.MOST_PIXELS // 4
    if picture.width * picture.height > limit:
        raise ValueError("too many pixels")


def _on_white(picture: Image.Image) -> Image.Image:
    plain = Image.new("RGB", picture.size, "white")
    rgba = picture.convert("RGBA")
    plain.paste(rgba, mask=rgba.getchannel("A"))
    return plain
