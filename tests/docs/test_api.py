"""docs/api.md: its examples are sent in their order and answered as it says; its tables name every address and code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
import simplejson
from flask import Flask
from werkzeug.test import TestResponse

from dougong.actions.create_token import create_token
from dougong.actions.installation import Installation
from dougong.app import create_app
from dougong.assets import ROOT
from dougong.kernel.actor import operator
from dougong.kernel.problems import VALUE_CODES
from dougong.web.errors import STATUS
from dougong.web.policy import policy_of

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```http\n(.*?)```\n→ (\d+)\n```json\n(.*?)```", re.DOTALL)


def _json(text: str) -> Any:
    return simplejson.loads(text, parse_float=Decimal)


@pytest.fixture
def app(installation: Installation, publish: Callable[..., None], member: Callable[..., Any]) -> Flask:
    """The firm of the page: its form, its clerk."""
    found = re.search(r"```json form\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    publish(shop={"item": simplejson.loads(found[1])})
    member("clerk", "clerk")
    return create_app(installation=installation)


def test_the_examples_do_what_the_page_says(app: Flask, installation: Installation) -> None:
    token = create_token(installation, operator("demo"), "clerk@demo.test")
    examples, last = EXAMPLE.findall(PAGE), ""
    assert len(examples) == PAGE.count("```http") > 10
    for request, status, wanted in examples:
        answer = _send(app, request.replace("{id}", last), token)
        assert answer.status_code == int(status), answer.text
        got = _json(answer.text)
        assert list(_differences(_json(wanted), got)) == [], answer.text
        last = got["id"] if answer.status_code == 201 and "values" in got else last


def _send(app: Flask, text: str, token: str) -> TestResponse:
    head, _, body = text.partition("\n\n")
    first, *lines = head.splitlines()
    method, _, address = first.partition(" ")
    headers = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    headers["Authorization"] = f"Bearer {token}"
    path, _, query = address.partition("?")
    asked = [each.partition("=") for each in query.split("&") if each]
    query = "&".join(f"{name}={quote(value)}" for name, _, value in asked)
    data = body.strip().encode() or None
    return app.test_client().open(f"{path}?{query}", method=method, headers=headers, data=data)


def _differences(wanted: Any, got: Any, at: str = "") -> Iterator[str]:
    """Where an answer is not as written; "…" is anything, keys that are not written may be there."""
    if wanted == "…":
        return
    if isinstance(wanted, dict) and isinstance(got, dict):
        for name, each in wanted.items():
            yield from _differences(each, got[name], f"{at}/{name}") if name in got else [f"{at}/{name} is missing"]
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        ordered = sorted(got, key=lambda each: each["pointer"]) if at == "/problems" else got
        for n, (left, right) in enumerate(zip(wanted, ordered, strict=True)):
            yield from _differences(left, right, f"{at}/{n}")
    elif wanted != got:
        yield f"{at}: {wanted!r} is {got!r}"


def test_the_page_names_every_address_and_no_other(app: Flask) -> None:
    rows = re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)
    named = {
        (m, re.sub(r"\{\w+\}", "*", p.split("?")[0]))
        for row in rows
        for m, p in re.findall(r"`([A-Z]+) (/[^`]*)`", row)
    }
    there = set()
    for rule in app.url_map.iter_rules():
        if policy_of(app, rule.endpoint) == "token":
            path = re.sub(r"<any\(submit,.*?>", "submit", rule.rule.removeprefix("/api/v1"))
            there |= {(m, re.sub(r"<\w+>", "*", path)) for m in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert named == there


def test_the_page_names_every_status_and_code() -> None:
    rows = dict(re.findall(r"^\| (\d{3}) \| (.*?) \|", PAGE, re.MULTILINE))
    for kind, status in STATUS.items():
        if kind.code not in ("definition", "formula"):  # of publishing; a filter's formula has codes of its own
            assert f"`{kind.code}`" in rows[str(status)], kind
    for code in VALUE_CODES:
        assert f"`{code}`" in PAGE.rpartition("Codes of single problems")[2]


def test_the_page_names_every_act() -> None:
    from dougong.web.api.records import ACTS

    (row,) = re.findall(r"^\| `POST /records/\{form\}/\{id\}/submit` \| (.*?) \|", PAGE, re.MULTILINE)
    assert {"submit", *re.findall(r"`(\w+)`", row)} == set(ACTS)
