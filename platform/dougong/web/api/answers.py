"""What the API answers: JSON with exact numbers, a record with its tag and place. One rule: the first answer to a key and
its replay are made from the same stored text, so they are the same to the letter."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response

from ...actions.transaction import Once
from ...actions.writing import Answer
from ...kernel.problems import Problem
from ...pages.sentences import sentence
from ...storage import exact_json
from ..current import locale


def answer(value: Any, status: int = 200, *, once: Once | None = None) -> Response:
    """A JSON answer; `once` tells whether it is a replay."""
    response = Response(exact_json.dumps(value), status, mimetype="application/json")
    if once is not None and once.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def listed(items: list[Any]) -> Response:
    """A list that comes whole."""
    return answer({"items": items, "next": None})


def written(done: Answer, once: Once | None, *, place: str | None = None) -> Response:
    """A record that was written; `place` is the form it was created in. What its writer may not see is left out, confirmed
    warnings are told."""
    same: Answer = exact_json.loads(exact_json.dumps(done))
    record = same["record"]
    if record is None:
        record = {"id": same["id"], "state": same["state"], "version": same["version"]}
    if same["warnings"]:
        record["warnings"] = [told(each) for each in same["warnings"]]
    response = answer(record, 200 if place is None else 201, once=once)
    if place is not None:
        response.headers["Location"] = f"/api/v1/records/{quote(place)}/{same['id']}"
    return tagged(response, same["version"])


def tagged(response: Response, version: int) -> Response:
    """With the version as its tag."""
    response.headers["ETag"] = f'"{version}"'
    return response


def told(report: dict[str, Any]) -> dict[str, Any]:
    """A reported problem with its sentence: {row?, pointer, code, message, level}."""
    problem = Problem(report["code"], report["pointer"], report["params"], report["message"], report["level"])
    row = {"row": report["row"]} if "row" in report else {}
    said = {"pointer": problem.pointer, "code": problem.code, "message": sentence(problem, locale())}
    return {**row, **said, "level": problem.level}
