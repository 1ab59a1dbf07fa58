"""The demo firm behind a real server, driven by a real Chromium. One rule: whatever the console says, whatever leaves the
origin and whatever the CSP refuses fails the test."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from waitress.server import create_server

from dougong.actions.create_demo import create_demo
from dougong.actions.installation import Installation
from dougong.actions.publish_module import publish_files
from dougong.app import create_app
from dougong.fields.type import FieldType
from dougong.kernel.actor import operator
from dougong.kernel.clock import FixedClock
from dougong.kernel.settings import Settings
from tests.conftest import BOTH, _drop_schemas

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

#: Types that need other forms around them; the demo firm's own forms have them.
APART = frozenset({"lookup", "rollup", "reference", "auto_number"})
WIDTHS = {"desk": (1280, 800), "phone": (360, 780)}


#: Pages ask the same of both databases (tests/web does so on both): in a browser PostgreSQL's turn comes at night, but
#: for the first story, test_ticket.py.
TURNS = (BOTH[0], pytest.param("postgresql", marks=(pytest.mark.postgresql, pytest.mark.nightly)))


@pytest.fixture(scope="module", params=TURNS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the demo firm, on an August evening of 2025, on both databases in turn."""
    settings = Settings(data=tmp_path_factory.mktemp("demo"))
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        _drop_schemas(url)
        settings = replace(settings, database_url=url)
    inst = Installation.open(settings, FixedClock(datetime(2025, 8, 20, 10, 0, tzinfo=UTC)))
    create_demo(inst)
    publish_files(inst, operator("demo"), "probe", probe(inst.types))
    with serving(inst) as address:
        yield address
    inst.close()


@contextlib.contextmanager
def serving(inst: Installation) -> Iterator[str]:
    """The address of a real server before an installation."""
    listening: Any = create_server(create_app(installation=inst), host="127.0.0.1", port=0, threads=6)
    thread = threading.Thread(target=_run, args=(listening,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.effective_port}"
    listening.close()
    listening.task_dispatcher.shutdown()
    thread.join(timeout=5)


def _run(listening: Any) -> None:
    """waitress ends with an OSError when its socket is closed from another thread."""
    with contextlib.suppress(OSError):
        listening.run()


def probe(types: Mapping[str, FieldType]) -> dict[str, Any]:
    """A module with one form that has a field of every type, unasked."""
    fields = {name: {**kind.sample_schema(), "title": name} for name, kind in types.items() if name not in APART}
    fields["multi_reference"]["x-ref"] = "base.project"
    fields["image"]["x-options"] = {"watermark": True}
    form = {"title": "各种字段", "kind": "master", "record": {"type": "object", "properties": fields}}
    return {"module.json": {"name": "probe", "title": "各种字段"}, "forms/all.json": {"name": "all", **form}}


@dataclass
class Person:
    """Somebody at a screen of the demo firm."""

    page: Page
    server: str
    complaints: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        self.page.goto(self.server + address)
        self.page.wait_for_load_state("load")

    def pick(self, label: str, text: str, row: Locator | None = None) -> None:
        """Choose from a picker by typing."""
        box = (row or self.page.locator("#sheet")).get_by_role("combobox", name=label).last
        box.click()
        box.fill(text)
        self.page.locator(".pick-l [role=option]:visible").filter(has_text=text).first.click()
        self.settle()

    def settle(self) -> None:
        """Wait until the server has answered what was typed."""
        self.page.wait_for_timeout(220)  # longer than the 150 ms after which a form posts
        self.page.wait_for_function("() => !document.querySelector('.htmx-request')")
        self.page.wait_for_timeout(30)

    def add_row(self) -> Locator:
        rows = self.page.locator("table.sub tbody tr:not(.errrow)")
        before = rows.count()
        self.page.get_by_role("button", name="加一行").click()
        self.page.wait_for_function(
            "n => document.querySelectorAll('table.sub tbody tr:not(.errrow)').length > n", arg=before
        )
        self.settle()
        return rows.last

    def submit(self) -> None:
        """Submit, and see the record."""
        self.page.locator("[data-key=submit]").click()
        self.page.wait_for_url(re.compile(r"/f/[^/]+/[0-9a-f-]{36}$"))

    def submit_in_vain(self) -> None:
        """Submit, and see what has to be mended."""
        self.page.locator("[data-key=submit]").click()
        self.page.locator(".actbar .errtext").wait_for()
        self.settle()

    def width(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth"))


@pytest.fixture
def enter(browser: Browser, server: str) -> Iterator[Callable[..., Person]]:
    """Signs somebody of the demo firm in: `enter("马强", "phone")`."""
    people: list[Person] = []

    def come_in(name: str, screen: str = "desk") -> Person:
        width, height = WIDTHS[screen]
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        person = Person(context.new_page(), server)
        people.append(person)
        listen(person)
        person.go("/login")
        person.page.get_by_role("button", name=name).click()
        person.page.wait_for_url(server + "/")
        return person

    yield come_in
    for person in people:
        person.page.context.close()
    assert [each for person in people for each in person.complaints] == []


def listen(person: Person) -> None:
    """Note every complaint of the browser and every request that leaves the origin."""
    expected = "the server responded with a status of 422"
    person.page.on(
        "console",
        lambda said: (
            person.complaints.append(said.text)
            if said.type in ("error", "warning") and expected not in said.text
            else None
        ),
    )
    person.page.on("pageerror", lambda error: person.complaints.append(str(error)))
    person.page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((person.server, "data:"))
            else person.complaints.append(f"left the origin: {asked.url}")
        ),
    )
