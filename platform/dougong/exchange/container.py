"""What kind of file this is, told by its bytes and never by its name alone. One rule: a zip is judged by its central
directory before anything in it is unpacked (RELIABILITY B18: 100 MB inflated, 1,000 entries, ratio 100)."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from typing import Literal

from ..kernel.errors import Malformed, TooLarge, Unsupported

Kind = Literal["workbook", "text"]

INFLATED = 100 * 1024 * 1024
ENTRIES = 1_000
RATIO = 100
TEXTS = frozenset({".csv", ".tsv", ".txt"})
WORKBOOKS = frozenset({".xlsx", ".xlsm"})
#: What a table never begins with: HTML and XML saved under another name, PDF, pictures, other archives, programs.
_OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"MZ",
    b"\x7fELF",
    b"{\\rtf",
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<script", b"<table", b"<svg", b"<head", b"<body", b"mime-version:")
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def kind_of(path: Path, name: str, limit: int) -> Kind:
    """`workbook` or `text`. Raises TooLarge, Malformed (`empty_file`, `bad_workbook`, `encrypted_workbook`,
    `old_workbook`), Unsupported (`file_type`, `file_content`)."""
    size = path.stat().st_size
    if size > limit:
        raise TooLarge("file_too_large", limit=limit)
    if not size:
        raise Malformed("empty_file", name=name)
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(_OLD):
        raise Malformed("encrypted_workbook" if _ENCRYPTED in path.read_bytes() else "old_workbook", name=name)
    if ending not in TEXTS | WORKBOOKS:
        raise Unsupported("table_type", name=name, ending=ending or "-")
    if head.startswith(b"PK"):
        _zip(path, name)
        return "workbook"
    begins = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if ending in WORKBOOKS or head.startswith(_OTHERS) or begins.startswith(_MARKUP) or _binary(head):
        raise Unsupported("file_content", name=name, ending=ending)
    return "text"


def _binary(head: bytes) -> bool:
    """Whether more than a stray byte is none of a text's (UTF-16 with its mark is text)."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    return sum(byte < 32 and byte not in b"\t\r\n\f" for byte in head) * 50 > len(head)


def _zip(path: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeError) as error:
        raise Malformed("bad_workbook", name=name) from error
    inflated = sum(each.file_size for each in entries)
    packed = max(1, sum(each.compress_size for each in entries))
    if len(entries) > ENTRIES or inflated > INFLATED or inflated > packed * RATIO:
        raise TooLarge("workbook_too_large", name=name, megabytes=INFLATED // (1024 * 1024))
    if any(each.flag_bits & 1 for each in entries):
        raise Malformed("encrypted_workbook", name=name)
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= {each.filename.lstrip("/") for each in entries}:
        raise Unsupported("file_content", name=name, ending=".xlsx")
