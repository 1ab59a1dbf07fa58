"""Programs that call the API: one token each, exact numbers in and out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import simplejson
from flask import Flask
from werkzeug.test import TestResponse

from dougong.actions.create_token import create_token
from dougong.kernel.actor import operator


@dataclass(frozen=True)
class Reply:
    """An answer with its JSON read exactly; `data` is None where there is no body."""

    status: int
    data: Any
    headers: Any
    text: str

    @property
    def codes(self) -> list[tuple[str, str]]:
        """(pointer, code) of every problem, in a stable order."""
        return sorted((each["pointer"], each["code"]) for each in self.data["problems"])


class Caller:
    """One program; `Caller(app)` has no token."""

    def __init__(self, app: Flask, account: str | None = None) -> None:
        self.app = app
        self.token = create_token(app.extensions["dougong"], operator("demo"), account) if account else None

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """`body` is sent as JSON, bytes as they are; a header's name is written with _ for -."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        raw = body if body is None or isinstance(body, bytes) else simplejson.dumps(body, use_decimal=True).encode()
        answer = self.app.test_client().open(f"/api/v1{path}", method=method, data=raw, headers=sent)
        return reply(answer)

    def get(self, path: str, **headers: str) -> Reply:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Reply:
        return self.call("DELETE", path, **headers)

    def upload(self, name: str, content: bytes, **headers: str) -> Reply:
        """Send one file as a browser would; no two envelopes are alike."""
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self.post("/files", body, Content_Type=f"multipart/form-data; boundary={mark}", **headers)


def reply(answer: TestResponse) -> Reply:
    """What came back; every refusal is problem+json, anything else plain JSON."""
    text = answer.get_data(as_text=True)
    kind = answer.mimetype
    if answer.status_code >= 400:
        assert kind == "application/problem+json", (answer.status_code, kind, text[:500])
    data = simplejson.loads(text, parse_float=Decimal) if kind.endswith("json") and text else None
    return Reply(answer.status_code, data, answer.headers, text)
