"""Whatever anybody sends, the answer is a success or a refusal in words, and what was accepted comes back as it was sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import simplejson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bad_input.attacking import Attacker, words
from tests.bad_input.conftest import ASK, THING

FIELDS = [*THING["record"]["properties"], "nosuch", "$id", "$state", "version", ""]
COLUMNS = ["what", "n", "to", "$id", "nosuch"]
TEXT = st.text(max_size=30) | st.sampled_from(
    [
        "\x00",
        "\ud800",
        "😀" * 25,
        "2026-02-30",
        "2026-02-28",
        "1e400",
        "NaN",
        "'; --",
        "{{7*7}}",
        "%s",
        "<b>",
        "\u202e",
        "甲",
        "红",
    ]
)
NUMBER = (
    st.integers(-(10**40), 10**40)
    | st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20)
    | st.floats(allow_nan=True, allow_infinity=True)
)
SCALAR = st.none() | st.booleans() | NUMBER | TEXT
ANYTHING = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=8
)
ROWS = st.lists(st.dictionaries(st.sampled_from(COLUMNS), ANYTHING, max_size=3), max_size=3)
BODY = st.dictionaries(st.sampled_from(FIELDS), ANYTHING | ROWS, max_size=5).map(lambda body: {"name": "乱", **body})
TOKEN = st.sampled_from(
    [
        "name",
        "count",
        "price",
        "day",
        "lines",
        "lines.n",
        "above",
        "above.name",
        "cost",
        "nosuch",
        "$state",
        "$id",
        "$created_at",
        "sum",
        "count",
        "(",
        ")",
        ",",
        "+",
        "-",
        "*",
        "/",
        "&",
        "=",
        "<>",
        "<",
        "and",
        "or",
        "not",
        "in",
        "if",
        "null",
        "true",
        "1",
        "0.5",
        "-1",
        "1e9",
        '"a"',
        "'%'",
        "date",
        "today",
        "()",
        "total",
        "my",
        "contains",
        "round",
        "nz",
        "left",
        "rept",
        "len",
        "year",
        ".",
        "`name`",
        "`",
        "汉",
        "me",
        "$owner",
        "is",
    ]
)
FORMULA = st.lists(TOKEN, max_size=14).map(" ".join) | st.text(max_size=40)
QUIET = settings(suppress_health_check=list(HealthCheck), deadline=None)


def sent(value: Any) -> bytes:
    """As a program would write it that never heard of exact numbers: NaN, halves of pairs and all."""
    return simplejson.dumps(value, use_decimal=True, allow_nan=True, ignore_nan=False).encode()


@QUIET
@given(body=BODY)
def test_no_body_is_a_fault_of_ours(bob: Attacker, body: dict[str, Any]) -> None:
    reply = bob.call("POST", "/records/bad.thing", sent(body))
    assert reply.status in (201, 400, 422), reply.text
    if reply.status == 201:
        values = reply.data["values"]
        for name in ("count", "big", "price", "weight", "ok", "kind", "note"):
            if body.get(name) not in (None, "") and not (isinstance(body[name], str) and not body[name].strip()):
                assert values[name] == body[name], (name, body[name], values[name])
        changed = bob.call("PATCH", f"/records/bad.thing/{reply.data['id']}", sent(body), If_Match='"1"')
        assert changed.status in (200, 422), changed.text


@QUIET
@given(formula=FORMULA, name=st.sampled_from(["filter", "sort", "fields"]))
def test_no_query_is_a_fault_of_ours(bob: Attacker, formula: str, name: str) -> None:
    text = quote(formula, safe="")
    assert bob.call("GET", f"/records/bad.thing?limit=3&{name}={text}").status in (200, 400)
    assert bob.browser.get(f"/f/bad.thing?{name}={text}").status_code in (200, 400)


@QUIET
@given(group=st.lists(FORMULA, max_size=2), measure=FORMULA, filter_=FORMULA)
def test_no_aggregate_is_a_fault_of_ours(bob: Attacker, group: list[str], measure: str, filter_: str) -> None:
    body = {"group": group, "measures": {"a": measure, "n": f"sum({measure})"}, "filter": filter_}
    for each in (
        body,
        {"group": group},
        {"measures": {"a": measure}},
        {"filter": filter_, "measures": {"n": "count()"}},
    ):
        reply = bob.call("POST", "/records/bad.thing/aggregate", sent(each))
        assert reply.status in (200, 400, 422), reply.text


@QUIET
@given(typed=st.dictionaries(st.sampled_from([*FIELDS, "lines.x.n", "$row", "tried", "confirm"]), TEXT, max_size=6))
def test_no_form_is_a_fault_of_ours(bob: Attacker, typed: dict[str, str]) -> None:
    row = "01890000-0000-7000-8000-000000000001"
    clean = {name: text.encode("utf-8", "replace") for name, text in typed.items() if name}
    clean |= {
        f"lines.{row}.{name}": text.encode("utf-8", "replace")
        for name, text in typed.items()
        if name in ("name", "count")
    }
    sheet = bob.browser.open("bad.thing")
    assert bob.browser.post(f"{sheet}/refresh", clean, htmx=True).status_code in (200, 303)
    answer = bob.browser.post(sheet, clean, htmx=True, act="save")
    assert answer.status_code in (204, 422), words(answer)


@QUIET
@given(
    values=st.dictionaries(st.sampled_from(list(ASK["record"]["properties"])), ANYTHING, max_size=3),
    version=st.integers(0, 3),
)
def test_no_change_of_a_document_is_a_fault_of_ours(bob: Attacker, values: dict[str, Any], version: int) -> None:
    record = bob.make("bad.ask", {"why": "乱改"})
    path = f"/records/bad.ask/{record}"
    assert bob.call("PATCH", path, sent(values), If_Match=f'"{version}"').status in (200, 400, 412, 422)
    assert bob.call("POST", f"{path}/submit").status in (200, 422)
    assert bob.call("PATCH", path, sent(values), If_Match="*").status in (200, 400, 409, 422)
