"""Files in forms: uploaded to the sheet, kept with the record, handed out only to who may read that field."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from tests.pictures import picture
from tests.web.visiting import Visitor, words

PNG = picture("PNG")


def upload(visitor: Visitor, name: str, content: bytes) -> Any:
    """As the browser's script sends a file; a refusal comes as a note."""
    sent = {"csrf_token": visitor.token, "$file": (BytesIO(content), name)}
    return visitor.client.post("/files", data=sent, headers={"HX-Request": "true"})


def hold(visitor: Visitor, sheet: str, *files: tuple[str, bytes]) -> Any:
    """Upload them and let the sheet hear of it, as when the boxes beside the input are ticked."""
    ids = [upload(visitor, name, content).json["id"] for name, content in files]
    return visitor.post(sheet + "/refresh", htmx=True, papers=ids)


def file_of(page: str) -> str:
    return page.partition('href="/files/')[2].partition('"')[0]


def test_a_file_is_shown_by_its_name_and_kept_with_the_record(clerk: Visitor, other_clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.goods")
    shown = hold(clerk, sheet, ("合格证.png", PNG))
    assert (shown.status_code, "合格证.png" in shown.text) == (200, True)
    waiting = file_of(shown.text)
    assert other_clerk.get(f"/files/{waiting}").status_code == 404
    saved = clerk.post(sheet, act="save", name="有证钉")
    page = clerk.get(saved.headers["Location"])
    assert "合格证.png" in page.text
    answer = other_clerk.get(f"/files/{file_of(page.text)}")
    assert answer.data == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    answer.close()


def test_a_second_file_joins_the_first(clerk: Visitor) -> None:
    sheet = clerk.open_form("shop.goods")
    one = upload(clerk, "一.txt", b"1").json["id"]
    assert "一.txt" in clerk.post(sheet + "/refresh", htmx=True, papers=[one]).text
    two = upload(clerk, "二.txt", b"2").json["id"]
    both = clerk.post(sheet + "/refresh", htmx=True, papers=[one, two]).text
    assert "一.txt" in both
    assert "二.txt" in both


def test_files_that_are_not_what_they_say_are_refused_in_words(clerk: Visitor) -> None:
    clerk.open_form("shop.goods")
    refused = upload(clerk, "照片.exe", b"MZ" + b"\x00" * 60)
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (415, "#notice")
    empty = upload(clerk, "空.txt", b"")
    assert (empty.status_code, "是空的" in words(empty)) == (400, True)


def test_files_need_a_signed_in_member(anybody: Visitor) -> None:
    assert anybody.get("/files/01890000-0000-7000-8000-000000000000", follow=False).status_code == 303
