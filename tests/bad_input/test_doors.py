"""The other doors: the command line's import, bulk, files, and a real server spoken to over a socket."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator

import pytest
import simplejson
from flask import Flask
from waitress.server import create_server

from dougong.actions.import_records import import_records
from dougong.actions.installation import Installation
from dougong.kernel.actor import operator
from dougong.kernel.errors import DougongError
from tests.bad_input.attacking import Attacker, words


@pytest.fixture
def inst(app: Flask) -> Installation:
    found: Installation = app.extensions["dougong"]
    return found


# ------------------------------------------------------------------------------------------------ many lines


LINES = [
    b'{"name": "\xe5\xa5\xbd"}',
    b"not json",
    b"[]",
    b"5",
    b"null",
    b'{"name": "a", "name": "b"}',
    b'{"name": NaN}',
    b'{"nosuch": 1}',
    b'{"name": "' + "长".encode() * 21 + b'"}',
    b'{"name": "\\ud800"}',
    b'{"name": "a", "price": 1e400}',
    b"{" * 5000,
    b"\xff",
    b'{"name": "a", "above": "x"}',
]


def test_a_bad_line_refuses_all_and_says_which(bob: Attacker) -> None:
    before = bob.count("bad.thing")
    for number, line in enumerate(LINES[1:], 1):
        body = b"\n".join([LINES[0]] * number + [line])
        for lang in ("zh_CN", "en"):
            reply = bob.call("POST", "/records/bad.thing/bulk", body, Content_Type="application/x-ndjson", lang=lang)
            assert reply.status in (400, 422), (line, reply.text)
            assert all(each["pointer"].split("/")[1] == str(number) for each in reply.data["problems"]), reply.text
    assert bob.count("bad.thing") == before


def test_good_lines_are_kept_and_bad_ones_reported(bob: Attacker) -> None:
    before = bob.count("bad.thing")
    reply = bob.call(
        "POST", "/records/bad.thing/bulk?partial=true", b"\n".join(LINES), Content_Type="application/x-ndjson"
    )
    assert reply.status == 200, reply.text
    assert (reply.data["rows"], reply.data["good"], reply.data["bad"]) == (len(LINES), 1, len(LINES) - 1)
    assert {each["row"] for each in reply.data["problems"]} == set(range(1, len(LINES)))
    assert bob.count("bad.thing") == before + 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name",
        b"name\n",
        b"nosuch\na\n",
        b"name,name\na,b\n",
        b"name\n\xff\xfe\n",
        b"\x00",
        "名称\n".encode() + "长".encode() * 21,
        b'name\n"unclosed\n',
        b"name,count\na,b,c\n",
        b"name,price\na,1e400\n",
        b"name,day\na,2026-02-30\n",
        b"name,above\na,T-9999\n",
        b"name,twice\na,5\n",
        b"name,cost,$state\na,5,approved\n",
        "\ufeffname\n".encode() + b"\x00\n",
        b"name\n" + b"=cmd|' /C calc'!A0\n" + b"\n" * 3 + b"a" * 21,
    ],
)
def test_a_file_that_cannot_be_imported_imports_nothing(inst: Installation, bob: Attacker, content: bytes) -> None:
    before = bob.count("bad.thing")
    try:
        report = import_records(inst, operator("demo"), "bad.thing", content)
    except DougongError as error:
        assert error.code
    else:
        assert report["problems"] or content in (b"", b"name", b"name\n"), report
    assert bob.count("bad.thing") == before


def test_rows_are_counted_as_the_file_has_them(inst: Installation) -> None:
    content = "name,count\n好,1\n\n坏,x\n,\n多,1,2\n".encode()
    report = import_records(inst, operator("demo"), "bad.thing", content)
    assert (report["rows"], report["good"]) == (3, 1)
    assert [(each["row"], each["field"], each["code"]) for each in report["problems"]] == [
        (4, "count", "type"),
        (6, None, "unknown_field"),
    ]


# ------------------------------------------------------------------------------------------------ files


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../../etc/passwd",
        "a/b.txt",
        "a\\b.txt",
        "a\x00.txt",
        "x" * 500 + ".txt",
        "<script>.html",
        "\u202egpj.exe",
        "名.pdf",
        "CON",
        ".htaccess",
        'a"b.txt',
        "a\r\nSet-Cookie: x=1.txt",
    ],
)
def test_names_of_files(app: Flask, bob: Attacker, name: str) -> None:
    headers = {"Authorization": f"Bearer {bob.bearer}"}
    sent = app.test_client().post("/api/v1/files", data={"file": (io.BytesIO(b"plain text"), name)}, headers=headers)
    assert sent.status_code in (201, 400, 415, 422), sent.text
    if sent.status_code == 201:
        got = app.test_client().get(f"/api/v1/files/{sent.get_json()['id']}", headers=headers)
        assert got.status_code == 200
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert "\n" not in str(got.headers["Content-Disposition"])
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in got.headers
        got.close()


def test_a_file_that_is_too_large(app: Flask, bob: Attacker, inst: Installation) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\n\r\n'
    raw = head + b"x" * (inst.settings.upload_limit + 3 * 1024 * 1024) + b"\r\n--x--\r\n"
    headers = {"Authorization": f"Bearer {bob.bearer}", "Content-Type": "multipart/form-data; boundary=x"}
    sent = app.test_client().post("/api/v1/files", data=raw, headers=headers)
    assert sent.status_code == 413


# ------------------------------------------------------------------------------------------------ rows of a form


def test_a_block_from_a_spreadsheet_that_makes_no_sense(bob: Attacker) -> None:
    row = "01890000-0000-7000-8000-000000000001"
    for text in ("viele", "\x00\t\x00", "1\t2\t3\t4\t5\t6", "=cmd()", "\n" * 5000, "9" * 3000, "\t" * 3000, "T-9999"):
        for column in ("n", "to", "what", "nosuch", ""):
            sheet = bob.browser.open("bad.thing")
            bob.browser.post(f"{sheet}/refresh", {f"lines.{row}.what": "a"}, htmx=True)
            sent = {"text": text, "sub": "lines", "row": row, "column": column}
            assert bob.browser.post(f"{sheet}/paste", sent, htmx=True).status_code in (200, 404, 422), (
                text[:9],
                column,
            )
            answer = bob.browser.post(sheet, {"name": "贴"}, htmx=True, act="save")
            assert answer.status_code in (204, 422), words(answer)


@pytest.mark.parametrize(
    "row", ["x", "'", "../x", "", "01890000-0000-7000-8000-00000000000Z", "0" * 500, "a.b.c", "\x00"]
)
def test_rows_with_ids_that_are_none(bob: Attacker, row: str) -> None:
    sheet = bob.browser.open("bad.thing")
    answer = bob.browser.post(
        sheet, {"name": "行", f"lines.{row}.what": "a", "$row": f"remove:lines:{row}"}, htmx=True, act="save"
    )
    assert answer.status_code in (204, 422), words(answer)


def test_rows_of_another_record_cannot_be_taken_by_a_form(bob: Attacker) -> None:
    theirs = bob.make("bad.thing", {"name": "有行", "lines": [{"what": "原"}]})
    row = bob.call("GET", f"/records/bad.thing/{theirs}").data["values"]["lines"][0]["$id"]
    sheet = bob.browser.open("bad.thing")
    answer = bob.browser.post(sheet, {"name": "偷行", f"lines.{row}.what": "偷"}, htmx=True, act="save")
    assert answer.status_code in (204, 422)
    assert bob.call("GET", f"/records/bad.thing/{theirs}").data["values"]["lines"][0]["what"] == "原"


# ------------------------------------------------------------------------------------------------ a socket

CLOSE = b"HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    server = create_server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    server.close()
    thread.join(5)


def spoken(port: int, raw: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        got = b""
        while part := line.recv(65536):
            got += part
    return got


def test_requests_that_are_none(port: int, bob: Attacker) -> None:
    token = f"Authorization: Bearer {bob.bearer}\r\n".encode()
    post = b"POST /api/v1/records/bad.thing " + CLOSE + b"Content-Type: application/json\r\n" + token
    for raw in (
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /f/%FF%FE " + CLOSE + b"\r\n",
        b"GET /f/bad.thing?filter=%FF " + CLOSE + b"\r\n",
        b"GET /api/v1/records/bad.thing?filter=%C3%28 " + CLOSE + token + b"\r\n",
        post + b"Content-Length: 100\r\n\r\n{}",
        post + b"Content-Length: -1\r\n\r\n{}",
        post + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        post + b"Transfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        post + b"Content-Length: 99999999999\r\n\r\n{}",
        post + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    ):
        got = spoken(port, raw)
        assert not got.startswith(b"HTTP/1.1 500"), raw[:200]
        assert b"Traceback" not in got
    body = simplejson.dumps({"name": "线上"}).encode()
    good = spoken(port, post + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert b" 201 " in good.splitlines()[0]
