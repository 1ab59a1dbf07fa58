"""Both sides as a client sees them: the same acts by the same names. One rule: whatever an act needs beforehand (a page's
token, an opened form, a cursor) is fetched by `ready_…`, outside what is timed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode

from .rows import CATEGORIES, PROJECTS, entry, lines
from .server import Server

FILTER = f"category = '{CATEGORIES[0]}' and amount >= 500"
CLERK = "clerk@bench.test"
PASSWORD = "a horse battery staple"
_FIELDS = "project,category,amount,day,vendor,status"


class Refused(Exception):
    """The server did not answer as it should."""


class Client:
    """One connection that stays open, with a browser's cookies."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[HTTPResponse, bytes]:
        """One request, redirects not followed. Raises Refused for 400 and above."""
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        read = answer.read()
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        if answer.status >= 400:
            raise Refused(f"{method} {path}: {answer.status} {read[:300]!r}")
        return answer, read

    def json(self, method: str, path: str, sent: Any = None, **headers: str) -> Any:
        body = None if sent is None else json.dumps(sent, ensure_ascii=False, default=float).encode()
        _, read = self.ask(method, path, body, **{"Content-Type": "application/json", **headers})
        return json.loads(read, parse_float=Decimal)

    def page(self, path: str) -> str:
        """A page, redirects followed."""
        for _ in range(3):
            answer, read = self.ask("GET", path)
            if answer.status < 300:
                return read.decode()
            path = str(answer.getheader("Location"))
        raise Refused(path)

    def post(self, path: str, fields: dict[str, str]) -> str:
        """A form; where it leads."""
        kind = "application/x-www-form-urlencoded"
        answer, read = self.ask("POST", path, urlencode(fields).encode(), **{"Content-Type": kind})
        if answer.status != 303:
            raise Refused(f"POST {path}: {answer.status} {read[:200]!r}")
        return str(answer.getheader("Location"))


def form_fields(n: int) -> dict[str, str]:
    """The n-th entry as a browser posts it."""
    values = entry(n)
    return {name: str(value) for name, value in values.items() if not isinstance(value, bool)}


class Reference:
    """The forms by hand."""

    name = "reference"

    def __init__(self, server: Server) -> None:
        self.client = Client(server.port)
        self._token = ""

    def create(self, n: int) -> None:
        self.client.json("POST", "/api/entries", {**entry(n), "lines": lines(n)})

    def ready_form(self, n: int) -> None:
        self._token = _hidden(self.client.page("/entries/new"), "token")

    def form(self, n: int) -> None:
        self.client.post("/entries", {**form_fields(n), "token": self._token})

    def listed(self, n: int) -> list[tuple[str, ...]]:
        return _rows(self.client.json("GET", "/api/entries")["items"])

    def far(self, n: int) -> list[tuple[str, ...]]:
        return _rows(self.client.json("GET", "/api/entries?page=500")["items"])

    def list_page(self, n: int) -> str:
        return self.client.page("/entries")

    def new_page(self, n: int) -> str:
        return self.client.page("/entries/new")

    def edit_page(self, n: int) -> str:
        return self.client.page(f"/entries/{n % 1000 + 1}")

    def sums(self, n: int) -> list[tuple[str, str, Decimal]]:
        found = self.client.json("GET", "/api/sums")["items"]
        return sorted((each["project"], each["category"], Decimal(each["total"])) for each in found)


class Dougong:
    """The forms from a definition."""

    name = "dougong"

    def __init__(self, server: Server, token: str) -> None:
        self.client, self._browser = Client(server.port), Client(server.port)
        self._token = {"Authorization": f"Bearer {token}"}
        self._sheets: list[tuple[str, str]] = []
        self._cursor = ""
        self._edits: list[str] = []
        self._projects: dict[str, str] = {}
        self._signed_in = False

    def create(self, n: int) -> None:
        sent = {**entry(n), "project": {"$key": project_of(n)}, "lines": lines(n)}
        self._json("POST", "records/bench.entry", sent, **{"Idempotency-Key": f"bench-{n}"})

    def ready_form(self, n: int) -> None:
        page = self._page("/f/bench.entry/new")
        found = re.search(r'action="(/f/[^"]+/sheet/[^"/]+)"', page)
        assert found
        self._sheets.append((found[1], _hidden(page, "csrf_token")))

    def form(self, n: int) -> None:
        path, token = self._sheets.pop()
        fields = {**form_fields(n), "project": self._ids()[project_of(n)], "csrf_token": token, "act": "save"}
        self._browser.post(path, fields)

    def listed(self, n: int) -> list[tuple[str, ...]]:
        return _rows(_flat(self._json("GET", f"records/bench.entry?{_query()}")["items"]))

    def ready_far(self, n: int) -> None:
        """The cursor of page 500."""
        left, after = 499 * 50, ""
        while not self._cursor and left:
            asked = min(200, left)
            after = self._json("GET", f"records/bench.entry?{_query(limit=asked, after=after)}")["next"]
            left -= asked
        self._cursor = self._cursor or after

    def far(self, n: int) -> list[tuple[str, ...]]:
        return _rows(_flat(self._json("GET", f"records/bench.entry?{_query(after=self._cursor)}")["items"]))

    def list_page(self, n: int) -> str:
        return self._page("/f/bench.entry?view=large")

    def new_page(self, n: int) -> str:
        return self._page("/f/bench.entry/new")

    def edit_page(self, n: int) -> str:
        return self._page(f"/f/bench.entry/{self._records()[n % 100]}/edit")

    def sums(self, n: int) -> list[tuple[str, str, Decimal]]:
        sent = {"group": ["project", "category"], "measures": {"total": "sum(amount)"}, "limit": 2000}
        found = self._json("POST", "records/bench.entry/aggregate", sent)["items"]
        names = {value: key for key, value in self._ids().items()}
        rows = ((each["group"], each["values"]["total"]) for each in found)
        return sorted((names[group["project"]], group["category"], Decimal(total)) for group, total in rows)

    def _json(self, method: str, path: str, sent: Any = None, **headers: str) -> Any:
        return self.client.json(method, f"/api/v1/{path}", sent, **self._token, **headers)

    def _page(self, path: str) -> str:
        if not self._signed_in:
            page = self._browser.page("/login")
            fields = {"account": CLERK, "password": PASSWORD, "csrf_token": _hidden(page, "csrf_token")}
            self._browser.post("/login", fields)
            self._signed_in = True
        return self._browser.page(path)

    def _records(self) -> list[str]:
        if not self._edits:
            items = self._json("GET", "records/bench.entry?limit=100")["items"]
            self._edits = [each["id"] for each in items]
        return self._edits

    def _ids(self) -> dict[str, str]:
        if not self._projects:
            items = self._json("GET", f"records/bench.project?limit={PROJECTS}&fields=name")["items"]
            self._projects = {each["values"]["name"]: each["id"] for each in items}
        return self._projects


def project_of(n: int) -> str:
    """The project's name of the n-th entry."""
    return str(entry(n)["project"])


def _query(limit: int = 50, after: str = "") -> str:
    asked = {
        "filter": FILTER,
        "sort": "-day",
        "fields": _FIELDS,
        "limit": str(limit),
        **({"after": after} if after else {}),
    }
    return urlencode(asked)


def _flat(items: list[Any]) -> Iterator[dict[str, Any]]:
    for each in items:
        yield {**each["values"], "project": each["titles"]["project"]}


def _rows(items: Any) -> list[tuple[str, ...]]:
    """What both sides must agree on, in the order of the list; of one day both may show another order."""
    return [(each["day"], f"{Decimal(each['amount']):.2f}", each["project"], each["vendor"]) for each in items]


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found
    return found[1]
