"""The description of the API is made from the definitions and holds what the API really does."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest
from flask import Flask

from dougong.web.policy import policy_of
from tests.web.api.calling import Caller


@pytest.fixture(scope="module")
def described(admin: Caller) -> dict[str, Any]:
    data: dict[str, Any] = admin.get("/openapi.json").data
    return data


def _validator(described: dict[str, Any], name: str) -> jsonschema.Draft202012Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    def walk(value: Any) -> None:
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(each)
        if isinstance(value, dict) and isinstance(value.get("$ref"), str):
            found: Any = described
            for part in value["$ref"].removeprefix("#/").split("/"):
                found = found[part]

    assert described["openapi"].startswith("3.1")
    walk(described)


def test_every_route_is_described_and_every_description_is_a_route(app: Flask, described: dict[str, Any]) -> None:
    def plain(path: str) -> str:
        return re.sub(r"\{[^}]*\}|<[^>]*>", "*", path.replace("/records/api.item", "/records/*"))

    said = {(method, plain(path)) for path, each in described["paths"].items() if "api.ask" not in path
            and "api.project" not in path and "api.secret" not in path for method in each}  # fmt: skip
    acts = "submit,withdraw,void,close,disable,enable,restore"
    there: set[tuple[str, str]] = set()
    for rule in app.url_map.iter_rules():
        if policy_of(app, rule.endpoint) == "token":
            path = rule.rule.removeprefix("/api/v1")
            paths = [path.replace(f"<any({acts}):event>", act) for act in acts.split(",")] if "any(" in path else [path]
            there |= {(m.lower(), plain(p)) for m in rule.methods or () for p in paths if m not in ("HEAD", "OPTIONS")}
    assert said == there


def test_every_route_below_api_is_for_bearers_only(app: Flask) -> None:
    below = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    assert below
    assert {policy_of(app, rule.endpoint) for rule in below} == {"token"}


def test_what_is_written_and_read_fits_the_schemas(admin: Caller, described: dict[str, Any]) -> None:
    sent = {"name": "合同", "count": 3, "price": 12, "kind": "s", "colours": ["red"], "place": {"city": "深圳"},
            "lines": [{"what": "挖"}], "project": {"$key": "x"}}  # fmt: skip
    write, read = _validator(described, "api.item"), _validator(described, "api.item.record")
    write.validate(sent)
    del sent["project"]
    got = admin.post("/records/api.item", sent).data
    read.validate(got)
    read.validate(admin.post("/records/api.item", {"name": "空"}).data)


@pytest.mark.parametrize(
    "bad", [{}, {"name": 1}, {"name": "a", "nothing": 1}, {"name": "a", "amount": 1}, {"name": "a", "kind": "x"},
            {"name": "a", "count": -1}, {"name": "a", "lines": [{"x": 1}]}, {"name": "a", "place": {"zip": 1}}])  # fmt: skip
def test_what_the_api_refuses_the_schema_refuses(admin: Caller, described: dict[str, Any], bad: dict[str, Any]) -> None:
    assert not _validator(described, "api.item").is_valid(bad)
    assert admin.post("/records/api.item", bad).status == 422


def test_refusals_fit_their_schema(bob: Caller, described: dict[str, Any]) -> None:
    refusal = _validator(described, "Refusal")
    for got in (bob.post("/records/api.item", {}), bob.get("/nothing"), bob.get("/records/api.item?limit=0")):
        refusal.validate(got.data)


def test_it_shows_only_what_the_caller_may_use(bob: Caller, guest: Caller, described: dict[str, Any]) -> None:
    hers, his = bob.get("/openapi.json").data, guest.get("/openapi.json").data
    assert "api.secret" in described["components"]["schemas"]
    assert "api.secret" not in hers["components"]["schemas"]
    assert "cost" not in hers["components"]["schemas"]["api.item"]["properties"]
    assert set(his["paths"]["/records/api.item"]) == {"get"}
    assert "patch" not in his["paths"]["/records/api.item/{id}"]
    assert his["components"]["schemas"]["api.item"]["properties"] == {}


def test_the_demo_firm_is_described_too(described: dict[str, Any]) -> None:
    ids = [each["operationId"] for path in described["paths"].values() for each in path.values()]
    assert len(ids) == len(set(ids))
