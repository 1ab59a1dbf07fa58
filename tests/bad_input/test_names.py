"""Field names that some layer might trip over, all the way: form → table → list → filter → API."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest

from dougong.forms.names import input_name
from dougong.formula.printer import name_text
from tests.bad_input.attacking import Attacker, words
from tests.bad_input.naughty import NAMES

VALUES = {name: f"值{n}" for n, name in enumerate(NAMES)}


def named(value: str, name: str) -> str:
    return quote(f'{name_text((name,))} = "{value}"')


@pytest.fixture(scope="module")
def record(bob: Attacker) -> str:
    return bob.make("bad.naughty", {**VALUES, "rows": [VALUES, {**VALUES, NAMES[0]: "第二行"}]})


def test_every_value_comes_back_under_its_own_name(bob: Attacker, record: str) -> None:
    shown = bob.call("GET", f"/records/bad.naughty/{record}").data["values"]
    rows = shown.pop("rows")
    assert shown == VALUES
    assert [{name: row[name] for name in NAMES} for row in rows] == [VALUES, {**VALUES, NAMES[0]: "第二行"}]


@pytest.mark.parametrize("name", NAMES, ids=[str(n) for n in range(len(NAMES))])
def test_each_name_filters_sorts_and_changes(bob: Attacker, record: str, name: str) -> None:
    mine = f"{VALUES[name]}"
    found = bob.call("GET", f"/records/bad.naughty?filter={named(mine, name)}")
    assert found.status == 200, found.text
    assert record in [each["id"] for each in found.data["items"]]
    none = bob.call("GET", f"/records/bad.naughty?filter={named('别的', name)}")
    assert (none.status, none.data["items"]) == (200, [])
    in_row = f'count(rows, {name_text((name,))} = "{mine}") >= 1'
    rows = bob.call("GET", f"/records/bad.naughty?filter={quote(in_row)}")
    assert rows.status == 200, rows.text
    assert record in [each["id"] for each in rows.data["items"]]
    changed = bob.call("PATCH", f"/records/bad.naughty/{record}", {name: mine}, If_Match="*")
    assert changed.status == 200, changed.text
    bad = bob.call("POST", "/records/bad.naughty", {name: 5})
    pointer = "/" + name.replace("~", "~0").replace("/", "~1")
    assert (bad.status, bad.codes) == (422, {(pointer, "type")})
    grouped = bob.call(
        "POST", "/records/bad.naughty/aggregate", {"group": [name_text((name,))], "measures": {"n": "count()"}}
    )
    assert grouped.status == 200, grouped.text


@pytest.mark.parametrize("name", [each for each in NAMES if "," not in each and "." not in each], ids=str)
def test_each_name_sorts_and_is_chosen(bob: Attacker, record: str, name: str) -> None:
    for sort in (name_text((name,)), f"-{name_text((name,))}"):
        assert bob.call("GET", f"/records/bad.naughty?sort={quote(sort, safe='')}").status == 200, sort
    chosen = bob.call("GET", f"/records/bad.naughty?fields={quote(name_text((name,)), safe='')}")
    assert chosen.status == 200, chosen.text
    assert any(each["values"].get(name) == VALUES[name] for each in chosen.data["items"])


def test_the_form_keeps_every_input_apart(bob: Attacker) -> None:
    sheet = bob.browser.open("bad.naughty")
    row = "01890000-0000-7000-8000-000000000001"
    own = NAMES
    typed = {input_name(name): f"填{n}" for n, name in enumerate(own)}
    typed |= {f"rows.{row}.{name}": f"行{n}" for n, name in enumerate(NAMES)}
    refreshed = bob.browser.post(f"{sheet}/refresh", typed, htmx=True)
    assert refreshed.status_code == 200
    shown = bob.browser.get(f"/f/bad.naughty/new?sheet={sheet.rpartition('/')[2]}").text
    assert all(f'value="填{n}"' in shown for n in range(len(own)))
    assert "<script>alert" not in shown
    saved = bob.browser.post(sheet, {}, htmx=True, act="save")
    assert saved.status_code == 204, words(saved)
    made = saved.headers["HX-Redirect"].rpartition("/")[2]
    values = bob.call("GET", f"/records/bad.naughty/{made}").data["values"]
    assert {name: values[name] for name in own} == {name: f"填{n}" for n, name in enumerate(own)}
    assert {name: values["rows"][0][name] for name in NAMES} == {name: f"行{n}" for n, name in enumerate(NAMES)}


@pytest.mark.parametrize("name", ["csrf_token", "act", "confirm", "version"])
def test_names_the_page_itself_uses_can_be_filled_in_too(bob: Attacker, name: str) -> None:
    sheet = bob.browser.open("bad.naughty")
    page = bob.browser.get(f"/f/bad.naughty/new?sheet={sheet.rpartition('/')[2]}").text
    label = f"栏{NAMES.index(name)}"
    inputs = re.search(rf">{label}<.*?<input[^>]*name=\"([^\"]+)\"", page, re.S)
    assert inputs
    saved = bob.browser.post(sheet, {unescape(inputs[1]): "填进去"}, htmx=True, act="save")
    assert saved.status_code == 204, words(saved)
    made = saved.headers["HX-Redirect"].rpartition("/")[2]
    assert bob.call("GET", f"/records/bad.naughty/{made}").data["values"][name] == "填进去"


def test_list_record_page_history_and_description_show_them(bob: Attacker, record: str) -> None:
    page = bob.browser.get("/f/bad.naughty")
    assert page.status_code == 200
    assert "值0" in page.text
    shown = bob.browser.get(f"/f/bad.naughty/{record}")
    assert shown.status_code == 200
    assert all(value in shown.text for value in VALUES.values())
    assert "<script>alert" not in shown.text
    assert bob.call("GET", f"/records/bad.naughty/{record}/history").status == 200
    fields = bob.call("GET", "/forms/bad.naughty")
    assert fields.status == 200
    assert bob.call("GET", "/openapi.json").status == 200


@pytest.mark.parametrize("name", NAMES, ids=[str(n) for n in range(len(NAMES))])
def test_the_filter_builder_writes_each_name(bob: Attacker, record: str, name: str) -> None:
    address = f"/f/bad.naughty/filter?f0={quote(name)}&o0={quote('=')}&v0={quote(VALUES[name])}"
    built = bob.browser.get(address)
    assert built.status_code == 200
    assert VALUES[name] in words(built)
