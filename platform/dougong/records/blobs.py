"""The bytes of uploaded files, kept once per content under their SHA-256. One rule: a blob is complete and on disk before
any row names it, so a crash leaves at most an unnamed blob, never a name without bytes."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import tempfile
import unicodedata
import warnings
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import puremagic
from PIL import Image

from ..kernel.errors import Malformed, TooLarge, Unsupported

_CHUNK = 1 << 20
_NAME_LENGTH = 200
#: Endings that may be kept; they are always handed out as downloads.
ALLOWED = frozenset(
    f".{ending}"
    for line in (
        "pdf doc docx xls xlsx ppt pptx wps et dps odt ods odp rtf txt csv md json xml ofd",
        "jpg jpeg png gif webp bmp tif tiff heic heif svg",
        "zip rar 7z gz tar dwg dxf dwf rvt rfa ifc skp mpp gbq gtj",
        "mp4 mov avi mp3 m4a wav amr eml msg p7m p7s cer",
    )
    for ending in line.split()
)
_PICTURES = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".gif": "GIF", ".webp": "WEBP", ".bmp": "BMP"}
_ACTIVE = {".exe", ".dll", ".html", ".htm", ".js", ".php", ".sh", ".elf", ".msi"}
#: First bytes of endings that are recognised by them for certain; an Office file under a password is an OLE container.
_SIGNATURES = {
    b"%PDF-": ("pdf",),
    b"PK\x03\x04": ("docx", "xlsx", "pptx", "odt", "ods", "odp", "zip", "ofd"),
    b"Rar!": ("rar",),
    b"7z\xbc\xaf\x27\x1c": ("7z",),
    b"\x1f\x8b": ("gz",),
    b"\xd0\xcf\x11\xe0": ("docx", "xlsx", "pptx"),
}
_BEGINS = {
    f".{ending}": tuple(first for first, some in _SIGNATURES.items() if ending in some)
    for endings in _SIGNATURES.values()
    for ending in endings
}
#: What a browser might take for a page, wherever it stands in the beginning of a picture or PDF.
_MARKUP = (b"<script", b"<html", b"<!doctype", b"<iframe", b"<svg", b"<body")
#: Pixels of the largest picture that is kept; a page of A0 scanned at 300 dpi has 140 million.
MOST_PIXELS = 160_000_000
#: Media types a browser may show in place: pictures and PDF, nothing that could hold a script.
SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "application/pdf"})
#: Those of them that are pictures: what every browser draws, and of which a small one can be made.
DRAWN = SHOWN - {"application/pdf"}


@dataclass(frozen=True, slots=True)
class Blob:
    """`sha256` in hexadecimal, `size` in bytes, `type` a media type."""

    sha256: str
    size: int
    type: str


def keep(folder: Path, name: str, content: BinaryIO, limit: int) -> Blob:
    """Write the content under its hash. Raises TooLarge beyond `limit` bytes, Malformed when empty, Unsupported when the
    ending is not allowed or the first bytes say it is something else."""
    _make(folder)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as target:
            digest, size, head = _copy(content, target, limit)
            target.flush()
            os.fsync(target.fileno())
        if not size:
            raise Malformed("empty_file", name=name)
        said = media_type(name, head)
        blob = Blob(digest, size, _picture_type(name, Path(temporary)) or said)
        place = path(folder, digest)
        place.parent.mkdir(exist_ok=True)
        Path(temporary).replace(place)
        _sync(place.parent)
        _sync(folder)
        return blob
    finally:
        Path(temporary).unlink(missing_ok=True)


def _copy(content: BinaryIO, target: BinaryIO, limit: int) -> tuple[str, int, bytes]:
    digest, size, head = hashlib.sha256(), 0, b""
    while chunk := content.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge("file_too_large", limit=limit)
        head = head or chunk[:8192]
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest(), size, head


def _make(folder: Path) -> None:
    """A folder that a power cut does not take away again: its name is on disk too, and those above it."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Make what was renamed or made in it durable, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path(folder: Path, sha256: str) -> Path:
    """Where a blob lies."""
    return folder / sha256[:2] / sha256


def length(folder: Path, sha256: str) -> int | None:
    """How many bytes a blob has; None when it is not there."""
    place = path(folder, sha256)
    return place.stat().st_size if place.is_file() else None


def clean_name(name: str) -> str:
    """The last part of a name, without what no screen can show: control and direction characters."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    shown = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Cs")).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    return (stem[: _NAME_LENGTH - len(ending) - 1] + dot + ending)[:_NAME_LENGTH] if dot else shown[:_NAME_LENGTH]


def media_type(name: str, head: bytes) -> str:
    """The media type by ending, after the first bytes have agreed. Raises Unsupported."""
    ending = PurePosixPath(name).suffix.lower()
    if ending not in ALLOWED:
        raise Unsupported("file_type", name=name, ending=ending)
    lies = bool(_sniff(head) & _ACTIVE) or not _begins(ending, head)
    if lies or ((ending in _PICTURES or ending == ".pdf") and any(each in head.lower() for each in _MARKUP)):
        raise Unsupported("file_content", name=name, ending=ending)
    return mimetypes.guess_type("x" + ending, strict=False)[0] or "application/octet-stream"


def _begins(ending: str, head: bytes) -> bool:
    """Whether the first bytes are those of the ending; a PDF may begin a little later."""
    first = _BEGINS.get(ending)
    return first is None or head.startswith(first) or (ending == ".pdf" and b"%PDF-" in head[:1024])


def _picture_type(name: str, content: Path) -> str | None:
    """The media type of a picture by its content (phones call many a PNG .jpg), None for other endings; only its head is
    read. Raises Unsupported for what is no picture, or too large to be drawn."""
    ending = PurePosixPath(name).suffix.lower()
    if ending not in _PICTURES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(content, formats=tuple(set(_PICTURES.values()))) as picture:
                kind, pixels = picture.format, picture.width * picture.height
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unsupported("file_content", name=name, ending=ending) from error
    if pixels > MOST_PIXELS:
        raise Unsupported("picture_too_large", name=name, ending=ending)
    return "image/jpeg" if kind == "MPO" else f"image/{str(kind).lower()}"  # MPO: a JPEG with more pictures behind it


def _sniff(head: bytes) -> set[str]:
    """Every ending the first bytes fit."""
    if (head[:2] == b"MZ" and b"\x00" in head) or head[:4] == b"\x7fELF" or head[:2] == b"#!":
        return {".exe"}
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower().startswith((b"<!doctype html", b"<html", b"<script")):
        return {".html"}
    try:
        return {match.extension.lower() for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()
