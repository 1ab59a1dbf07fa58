"""Somebody who sends what nobody should: the same thing through the API, the form on the web and the actions, and sees
that it is refused in words and leaves nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import simplejson
from flask import Flask
from werkzeug.test import TestResponse

from dougong.actions.create_token import create_token
from dougong.kernel.actor import operator

PASSWORD = "correct horse"
#: A sentence of ours is never a bare code.
_SENTENCE = {"zh_CN": re.compile(r"[\u4e00-\u9fff]"), "en": re.compile(r"[A-Za-z]{2,} \S")}


@dataclass(frozen=True)
class Reply:
    """An answer of the API; every refusal is problem+json with problems, never a fault of ours."""

    status: int
    data: Any
    headers: Any
    text: str

    @property
    def codes(self) -> set[tuple[str, str]]:
        """(pointer, code) of every problem."""
        return {(each["pointer"], each["code"]) for each in self.data["problems"]}

    @property
    def code(self) -> str:
        return str(self.data["code"])


class Attacker:
    """One member, with a token for the API and a browser."""

    def __init__(self, app: Flask, account: str) -> None:
        self.app, self.account = app, account
        self.firm = account.partition("@")[2].partition(".")[0]
        self.bearer = create_token(app.extensions["dougong"], operator(self.firm), account)
        self._browser: Browser | None = None

    @property
    def browser(self) -> Browser:
        if self._browser is None:
            self._browser = Browser(self.app, self.account)
        return self._browser

    def call(self, method: str, path: str, body: Any = None, *, lang: str = "zh_CN", **headers: str) -> Reply:
        """`body` is sent as JSON, bytes and text as they are; a header's name is written with _ for -."""
        sent = {"Authorization": f"Bearer {self.bearer}", "Cookie": f"lang={lang}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = body.encode() if isinstance(body, str) else body
        if raw is not None and not isinstance(raw, bytes):
            raw = simplejson.dumps(raw, use_decimal=True).encode()
        if raw is not None:
            sent.setdefault("Content-Type", "application/json")
        answer = self.app.test_client(use_cookies=False).open(f"/api/v1{path}", method=method, data=raw, headers=sent)
        return _reply(answer)

    def make(self, form: str, values: Mapping[str, Any], **headers: str) -> str:
        """The id of a new record."""
        done = self.call("POST", f"/records/{form}", values, **headers)
        assert done.status == 201, done.text
        return str(done.data["id"])

    def count(self, form: str, filter_: str = "true") -> int:
        from urllib.parse import quote

        found = self.call("GET", f"/records/{form}?count=true&filter={quote(filter_)}")
        assert found.status == 200, found.text
        return int(found.data["count"])

    def refused(self, form: str, body: Any, status: int, *codes: tuple[str, str]) -> None:
        """The create is refused with these problems, in both languages, and leaves nothing."""
        before = self.count(form)
        for lang in _SENTENCE:
            reply = self.call("POST", f"/records/{form}", body, lang=lang)
            assert reply.status == status, reply.text[:400]
            if codes:
                assert reply.codes == set(codes), reply.text[:600]
            _says_what_to_do(reply, lang)
        assert self.count(form) == before


class Browser:
    """One browser at one application, signed in."""

    def __init__(self, app: Flask, account: str) -> None:
        self.client = app.test_client()
        self.token = ""
        self.get("/login")
        assert self.post("/login", account=account, password=PASSWORD).status_code == 303
        self.get("/me")

    def get(self, address: str, *, follow: bool = True, htmx: bool = False) -> TestResponse:
        answer = self.client.get(address, follow_redirects=follow, headers={"HX-Request": "true"} if htmx else {})
        assert answer.status_code != 500, address
        return self._remember(answer)

    def post(
        self, address: str, more: Mapping[str, Any] | None = None, *, htmx: bool = False, **fields: Any
    ) -> TestResponse:
        sent = {"csrf_token": self.token, **(more or {}), **fields}
        answer = self.client.post(address, data=sent, headers={"HX-Request": "true"} if htmx else {})
        assert answer.status_code != 500, (address, sent)
        return self._remember(answer)

    def speak(self, lang: str) -> None:
        self.client.set_cookie("lang", lang)

    def open(self, form: str, record: str = "") -> str:
        """The address at which a newly opened form is saved."""
        page = self.get(f"/f/{form}/{record}/edit" if record else f"/f/{form}/new")
        assert page.status_code == 200, words(page)
        found = re.search(r'action="(/f/[^"]+/sheet/[^"/]+)"', page.text)
        assert found, words(page)
        return found[1]

    def _remember(self, answer: TestResponse) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text) if answer.mimetype == "text/html" else None
        self.token = found[1] if found else self.token
        return answer


def words(answer: TestResponse) -> str:
    """What a person reads of an answer."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def _says_what_to_do(reply: Reply, lang: str) -> None:
    """Every problem is a sentence of its language, with no placeholder left open."""
    for each in [*reply.data["problems"], {"message": reply.data["title"]}]:
        assert _SENTENCE[lang].search(each["message"]), (lang, each)
        assert not re.search(r"%\(|\{\w+\}", each["message"]), each


def _reply(answer: TestResponse) -> Reply:
    text = answer.get_data(as_text=True)
    assert answer.status_code != 500, text
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json", (answer.status_code, text[:300])
    data = simplejson.loads(text, parse_float=Decimal) if answer.mimetype.endswith("json") and text else None
    if answer.status_code >= 400:
        assert data["problems"], text
    return Reply(answer.status_code, data, answer.headers, text)
