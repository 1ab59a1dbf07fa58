"""Every refusal is a page or a fragment that says what to do next; our own faults show a number and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from dougong.kernel import errors as kinds
from dougong.kernel.errors import DougongError
from dougong.web.errors import STATUS, status_of
from tests.web.visiting import Visitor


def test_a_page_that_is_not_there(admin: Visitor, anybody: Visitor) -> None:
    for visitor in (admin, anybody):
        page = visitor.get("/nowhere")
        assert page.status_code == 404
        assert "没有这个页面或记录" in page.text
        assert re.search(r"编号 [0-9A-F]{4}-[0-9A-F]{4}", page.text)


def test_a_fragment_goes_to_the_place_for_notes(admin: Visitor) -> None:
    answer = admin.get("/f/shop.nothing", htmx=True)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (404, "#notice")
    assert "<html" not in answer.text


def test_the_api_gets_problem_json(anybody: Visitor) -> None:
    answer = anybody.get("/api/v1/nowhere")
    assert answer.status_code in (401, 404)
    assert answer.mimetype == "application/problem+json"


def test_a_wrong_method(admin: Visitor) -> None:
    assert admin.client.put("/me").status_code == 405


def test_our_own_fault_shows_a_number_and_no_detail(
    app: Flask, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setitem(app.view_functions, "workbench.apps", broken)
    broken.__policy__ = "member"  # type: ignore[attr-defined]
    page = admin.get("/apps")
    assert page.status_code == 500
    assert "secret" not in page.text
    assert "你的数据没有改动" in page.text
    assert admin.get("/apps", htmx=True).headers["HX-Retarget"] == "#notice"


def test_too_large_a_form_is_refused(app: Flask, admin: Visitor) -> None:
    limit = app.extensions["dougong"].settings.form_limit
    sheet = admin.open_form("shop.goods")
    refused = admin.post(sheet, act="save", name="x" * (limit + 1))
    assert refused.status_code == 413
    assert "太大" in refused.text


def test_too_many_fields_are_refused(admin: Visitor) -> None:
    sheet = admin.open_form("shop.goods")
    answer = admin.post(sheet, act="save", more={f"n{i}": "" for i in range(25_000)})
    assert answer.status_code in (303, 413, 422)


@pytest.mark.parametrize(
    "kind", [each for each in vars(kinds).values() if isinstance(each, type) and issubclass(each, DougongError)]
)
def test_every_kind_of_error_has_a_status(kind: type[DougongError]) -> None:
    error = kind([]) if issubclass(kind, kinds.WithProblems) else kind()
    expected = {kinds.DougongError, kinds.WithProblems}
    assert (status_of(error) != 500) == (kind not in expected)
    assert kind in STATUS or kind in expected
