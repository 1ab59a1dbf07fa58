"""A visitor with a browser's manners: keeps cookies, sends the page's token, says when htmx asks."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

PASSWORD = "correct horse"


class Visitor:
    """One browser at one application."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.token = ""

    def get(self, address: str, *, htmx: bool = False, follow: bool = True) -> TestResponse:
        answer = self.client.get(address, headers=_htmx() if htmx else {}, follow_redirects=follow)
        return self._remember(answer)

    def post(self, address: str, *, htmx: bool = False, follow: bool = False, **fields: Any) -> TestResponse:
        """Names of fields that are no Python names come as `more={"lines.1.hours": "8"}`."""
        sent = {"csrf_token": self.token, **fields.pop("more", {}), **fields}
        answer = self.client.post(address, data=sent, headers=_htmx() if htmx else {}, follow_redirects=follow)
        return self._remember(answer)

    def sign_in(self, account: str = "admin@demo.test", password: str = PASSWORD) -> Visitor:
        self.get("/login")
        assert self.post("/login", account=account, password=password).status_code == 303
        self.get("/me")
        return self

    def open_form(self, form: str, record: str = "") -> str:
        """Opens a form; the address its sheet is saved at."""
        page = self.get(f"/f/{form}/{record}/edit" if record else f"/f/{form}/new")
        assert page.status_code == 200, page.text
        found = re.search(r'action="(/f/[^"]+/sheet/[^"/]+)"', page.text)
        assert found
        return found[1]

    def _remember(self, answer: TestResponse) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text) if answer.mimetype == "text/html" else None
        self.token = found[1] if found else self.token
        return answer


def _htmx() -> dict[str, str]:
    return {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "http://localhost/f/shop.ask"}


def words(answer: TestResponse) -> str:
    """What a person reads of an answer."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
