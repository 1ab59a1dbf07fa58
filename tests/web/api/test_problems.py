"""Every error of kernel/errors has its status and its problem+json."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from flask import Flask, g

from dougong.kernel import errors
from dougong.kernel.errors import DougongError, WithProblems
from dougong.kernel.problems import Problem
from dougong.web.errors import refused

STATUS = {
    errors.Malformed: 400, errors.FormulaError: 400, errors.Unauthenticated: 401, errors.Forbidden: 403,
    errors.NotFound: 404, errors.Conflict: 409, errors.Stale: 412, errors.TooLarge: 413, errors.Unsupported: 415,
    errors.Invalid: 422, errors.Unconfirmed: 422, errors.DefinitionError: 422, errors.KeyReused: 422,
    errors.LicenceReadOnly: 423, errors.PreconditionRequired: 428, errors.TooMany: 429, errors.Busy: 503,
    errors.Refused: 503, errors.Unstored: 507, DougongError: 500, WithProblems: 500,
}  # fmt: skip


def _kinds(kind: type[DougongError]) -> Iterator[type[DougongError]]:
    yield kind
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from _kinds(each)


KINDS = sorted(set(_kinds(DougongError)), key=lambda each: each.__name__)


def _answer(app: Flask, error: DougongError, path: str = "/api/v1/me") -> tuple[Any, Any]:
    with app.test_request_context(path):
        g.request_id = "01900000-0000-7000-8000-000000000000"
        response = app.make_response(refused(error))
    return response, simplejson.loads(response.get_data(as_text=True), parse_float=Decimal)


@pytest.mark.parametrize("kind", KINDS, ids=lambda each: each.__name__)
def test_every_error_has_its_status_and_shape(app: Flask, kind: type[DougongError]) -> None:
    problems = [Problem("required", "/name"), Problem("check", "/lines/0/hours", message="超了", level="warning")]
    error = kind(problems) if issubclass(kind, WithProblems) else kind()  # type: ignore[call-arg]
    response, body = _answer(app, error)
    assert (response.status_code, body["status"]) == (STATUS[kind], STATUS[kind])
    assert response.mimetype == "application/problem+json"
    assert set(body) - {"position"} == {"type", "title", "status", "code", "request_id", "problems"}
    assert body["code"] == kind.code
    assert body["title"]
    assert all({"pointer", "code", "message"} <= set(each) and each["message"] for each in body["problems"])
    if issubclass(kind, WithProblems):
        assert [(each["pointer"], each["code"]) for each in body["problems"]] == [
            ("/name", "required"), ("/lines/0/hours", "check"),
        ]  # fmt: skip
        assert body["problems"][1]["message"] == "超了"
    else:
        assert body["problems"] == [{"pointer": "", "code": kind.code, "message": body["title"]}]


def test_all_kinds_are_known_here() -> None:
    assert set(KINDS) == set(STATUS)


@pytest.mark.parametrize("error", [errors.Busy(retry_after=1), errors.TooMany(retry_after=90)])
def test_those_who_should_wait_are_told_how_long(app: Flask, error: DougongError) -> None:
    response, _ = _answer(app, error)
    assert response.headers["Retry-After"] == str(error.params["retry_after"])


def test_numbers_of_a_refusal_are_exact(app: Flask) -> None:
    differs = [{"field": "price", "yours": Decimal("0.10"), "theirs": None}]
    response, body = _answer(app, errors.Stale(current=2, differs=differs))
    assert (body["current"], body["differs"]) == (2, differs)
    assert '"yours":0.10' in response.get_data(as_text=True)


def test_what_went_wrong_inside_is_not_told(app: Flask) -> None:
    from dougong.web.errors import _fault

    with app.test_request_context("/api/v1/me"):
        response = app.make_response(_fault(RuntimeError("password=secret")))
    assert response.status_code == 500
    assert "secret" not in response.get_data(as_text=True)
    assert simplejson.loads(response.get_data(as_text=True))["code"] == "internal"
