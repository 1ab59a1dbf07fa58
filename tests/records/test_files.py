"""Files are kept once per content, and belong to whoever may read the field that holds them."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from dougong.actions.run_doctor import run_doctor
from dougong.actions.transaction import transaction
from dougong.kernel.errors import Malformed, NotFound, TooLarge, Unsupported
from dougong.kernel.ids import new_id
from dougong.records import blobs, files, thumbs
from dougong.records.tables import file_holders
from tests.pictures import picture
from tests.records.conftest import Desk

PNG = picture("PNG")
REPORT: dict[str, Any] = {
    "record": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "papers": {"type": "array", "items": {"type": "string"}, "x-type": "attachment"},
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"photo": {"type": "array", "items": {"type": "string"}, "x-type": "attachment"}},
                },
            },
        },
    },
    "policies": [
        {"roles": ["clerk"], "actions": ["view", "create", "edit"], "rows": "own"},
        {"roles": ["reader"], "actions": ["view"], "rows": "all", "fields": {"lines.photo": "hidden"}},
    ],
}


# ---------------------------------------------------------------------------------------------------- blobs


def bomb() -> bytes:
    """A PNG whose head claims 60,000 by 60,000 pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    parts = [head, b"IDAT" + body, b"IEND"]
    chunks = [struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def keep(folder: Path, name: str, content: bytes, limit: int = 1000) -> blobs.Blob:
    return blobs.keep(folder, name, io.BytesIO(content), limit)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux tells which file a handle is of")
def test_a_new_folder_is_on_disk_before_the_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: set[str] = set()
    sync = os.fsync

    def noted(handle: int) -> None:
        synced.add(str(Path(f"/proc/self/fd/{handle}").readlink()))
        sync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    folder = tmp_path / "files" / "demo"
    made = keep(folder, "a.png", PNG)
    assert {str(tmp_path), str(folder.parent), str(folder), str(blobs.path(folder, made.sha256).parent)} <= synced


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    one, two = keep(tmp_path, "a.pdf", b"%PDF-1.4 x"), keep(tmp_path, "b.pdf", b"%PDF-1.4 x")
    assert one == two
    assert blobs.path(tmp_path, one.sha256).read_bytes() == b"%PDF-1.4 x"
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [blobs.path(tmp_path, one.sha256)]


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.exe", b"x", Unsupported),
        ("a", b"x", Unsupported),
        ("a.html", b"<html>", Unsupported),
        ("a.png", b"<!doctype html><script>", Unsupported),
        ("a.pdf", b"MZ\x90\x00\x03", Unsupported),
        ("a.jpg", b"not a picture", Unsupported),
        ("a.png", PNG[:20], Unsupported),
        ("a.gif", b"GIF89a/*<script>alert(1)</script>*/", Unsupported),
        ("a.gif", picture("GIF") + b"<script>alert(1)</script>", Unsupported),
        ("a.pdf", b"%PDF-1.4\n<html><script>alert(1)</script>", Unsupported),
        ("a.pdf", b"PK\x03\x04 not a pdf", Unsupported),
        ("a.docx", b"{\\rtf1 not a docx", Unsupported),
        ("a.svg.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", Unsupported),
        ("a.png", bomb(), Unsupported),
        ("a.txt", b"", Malformed),
        ("a.txt", b"x" * 1001, TooLarge),
    ],
)
def test_what_must_not_be_kept_is_refused_and_leaves_nothing(
    tmp_path: Path, name: str, content: bytes, error: Any
) -> None:
    with pytest.raises(error):
        keep(tmp_path, name, content)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_thumbnail_is_upright_small_and_says_nothing_of_the_place(tmp_path: Path) -> None:
    """A photo of 40 by 20 that a phone held sideways, with the GPS position in it."""
    blob = keep(tmp_path, "photo.jpg", turned(), limit=100_000)
    with Image.open(thumbs.thumb(tmp_path, blob.sha256)) as small:
        assert (small.format, small.size) == ("JPEG", (20, 40))
        assert not small.getexif()
    wide = keep(tmp_path, "wide.png", picture("PNG", (2000, 10)), limit=100_000)
    with Image.open(thumbs.thumb(tmp_path, wide.sha256)) as small:
        assert small.size == (320, 2)


@pytest.mark.parametrize("name", ["a.txt", "a.pdf"])
def test_what_is_no_picture_has_no_thumbnail_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    blob = keep(tmp_path, name, b"%PDF-1.4 x")
    with pytest.raises(NotFound):
        thumbs.thumb(tmp_path, blob.sha256)
    assert [each for each in (tmp_path / ".thumbs").rglob("*") if each.is_file()] == []


def turned() -> bytes:
    made, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (40, 20), "red").save(made, "JPEG", exif=exif)
    return made.getvalue()


def two_pictures() -> bytes:
    """A JPEG with another one behind it, as many phones make them."""
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(made, "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8), "blue")])
    return made.getvalue()


def test_types_are_told_by_name_and_content(tmp_path: Path) -> None:
    assert keep(tmp_path, "图.PNG", PNG).type == "image/png"
    assert keep(tmp_path, "phone.jpg", PNG).type == "image/png"
    assert keep(tmp_path, "two in one.jpg", two_pictures(), limit=100_000).type == "image/jpeg"
    assert keep(tmp_path, "secret.xlsx", b"\xd0\xcf\x11\xe0 under a password").type.endswith("sheet")
    assert keep(tmp_path, "late.pdf", b"\n%PDF-1.4").type == "application/pdf"
    assert keep(tmp_path, "a.dwg", b"AC1032").type


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\合同.pdf", "合同.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\x00b.txt", "ab.txt"),
        (" .. ", ""),
        ("字" * 300 + ".pdf", "字" * 196 + ".pdf"),
    ],
)
def test_names_lose_what_is_no_name(name: str, clean: str) -> None:
    assert blobs.clean_name(name) == clean


# ---------------------------------------------------------------------------------------------------- rights


@pytest.fixture(autouse=True)
def shop(request: pytest.FixtureRequest) -> None:
    if "desk" in request.fixturenames:
        request.getfixturevalue("publish")(shop={"report": REPORT})


def upload(desk: Desk, content: bytes = PNG) -> str:
    folder = desk.inst.settings.data / "files" / "demo"

    def act(tx: Any) -> str:
        return files.add(tx, folder, "照片.png", io.BytesIO(content), 100_000).id

    return transaction(desk.inst, "demo", desk.actor, act)


def may_have(desk: Desk, file: str) -> bool:
    def act(tx: Any) -> bool:
        try:
            return files.get(tx, desk.inst.catalog.live(tx), file).name == "照片.png"
        except NotFound:
            return False

    return transaction(desk.inst, "demo", desk.actor, act, write=False)


def test_a_loose_file_is_its_uploaders(desk: Desk, desk_of: Callable[..., Desk]) -> None:
    clerk = desk_of("carl", "clerk")
    file = upload(clerk)
    assert may_have(clerk, file)
    assert may_have(desk, file)
    assert not may_have(desk_of("rita", "reader"), file)
    assert not may_have(clerk, new_id())
    assert not may_have(clerk, "../x")


def test_a_file_in_a_record_is_for_those_who_may_read_the_field(desk_of: Callable[..., Desk], desk: Desk) -> None:
    clerk, reader, other = desk_of("carl", "clerk"), desk_of("rita", "reader"), desk_of("olga", "clerk")
    paper, photo = upload(clerk), upload(clerk)
    made = clerk.create("shop.report", {"papers": [paper], "lines": [{"photo": [photo]}]})
    assert may_have(reader, paper)
    assert not may_have(reader, photo)
    assert not may_have(other, paper)
    desk.move(made, "delete")
    assert not may_have(reader, paper)


def test_nobody_attaches_a_file_that_is_not_theirs(desk_of: Callable[..., Desk], desk: Desk) -> None:
    clerk, other = desk_of("carl", "clerk"), desk_of("olga", "clerk")
    file = upload(clerk)
    sent = {"papers": [file, new_id()]}
    assert other.refused(lambda: other.create("shop.report", sent)) == {
        ("/papers/0", "reference"),
        ("/papers/1", "reference"),
    }
    made = clerk.create("shop.report", {"papers": [file]})
    assert clerk.update(made, {"papers": []}).values["papers"] in ((), None)
    assert may_have(clerk, file)
    assert desk.rows("SELECT count(*) FROM dg_file_holder") == [(0,)]


# ---------------------------------------------------------------------------------------------------- doctor


def test_the_doctor_misses_bytes_and_holders(desk: Desk) -> None:
    file, other = upload(desk), upload(desk, picture("JPEG"))
    record = desk.create("shop.report", {"name": "a", "papers": [file], "lines": [{"photo": [file]}]})
    assert run_doctor(desk.inst, desk.actor) == []
    with desk.inst.database.tenant("demo").write() as conn:
        conn.execute(file_holders.delete().where(file_holders.c.field == "papers"))
        conn.execute(
            file_holders.insert().values(file=other, form="shop.report", record=record.id, field="lines.photo")
        )
    found = run_doctor(desk.inst, desk.actor)
    told = {(each["what"], each["name"], each["rows"]) for each in found}
    assert told == {("holder", "lines.photo", 1), ("holder", "papers", 1)}
    run_doctor(desk.inst, desk.actor, repair=True)
    assert run_doctor(desk.inst, desk.actor) == []
    folder = desk.inst.settings.data / "files" / "demo"
    sha256 = hashlib.sha256(PNG).hexdigest()
    blobs.path(folder, sha256).write_bytes(PNG[:-1])
    assert [(each["what"], each["name"]) for each in run_doctor(desk.inst, desk.actor)] == [("file_lost", "照片.png")]
    blobs.path(folder, sha256).unlink()
    assert [each["sha256"] for each in run_doctor(desk.inst, desk.actor)] == [sha256]
