"""The order in which a request is refused: 401, 404, 403, 428, 412, 422 and 409."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.web.api.calling import Caller, Reply

NOWHERE = "01900000-0000-7000-8000-000000000000"
BAD = b'{"nope": 1, '


@pytest.fixture(scope="module")
def asked(bob: Caller) -> str:
    """A request of bob's, submitted: it may not be edited any more."""
    return str(bob.post("/records/api.ask?submit=true", {"why": "顺序"}).data["id"])


@pytest.fixture(scope="module")
def item(bob: Caller) -> str:
    return str(bob.post("/records/api.item", {"name": "顺序"}).data["id"])


def _said(got: Reply) -> tuple[int, str]:
    return got.status, got.data["code"]


def test_401_before_404(nobody: Caller) -> None:
    assert nobody.patch(f"/records/api.nothing/{NOWHERE}", BAD).status == 401


@pytest.mark.parametrize(
    "path", [f"/records/api.item/{NOWHERE}", "/records/api.item/x", f"/records/api.nothing/{NOWHERE}"]
)
def test_404_before_428_and_400(bob: Caller, path: str) -> None:
    for got in (bob.patch(path, BAD), bob.delete(path), bob.post(f"{path}/close", BAD), bob.get(f"{path}/history")):
        assert got.status == 404


def test_an_invisible_record_is_404_on_every_path(bob: Caller, eve: Caller, asked: str) -> None:
    path = f"/records/api.ask/{asked}"
    for got in (eve.get(path), eve.patch(path, BAD), eve.delete(path), eve.post(f"{path}/void"), eve.get(f"{path}/history"),
                eve.get(f"/explain?form=api.ask&action=view&id={asked}")):  # fmt: skip
        assert got.status == 404
    assert bob.get(path).status == 200


def test_404_before_403_for_lists_and_new_records(stranger: Caller) -> None:
    for path in ("/records/api.item", "/records/api.item/bulk", "/records/api.item/aggregate"):
        assert stranger.post(path, BAD).status == 404
    assert stranger.get("/records/api.item?limit=x").status == 404


def test_403_before_428_and_400(guest: Caller, item: str) -> None:
    path = f"/records/api.item/{item}"
    for got in (guest.patch(path, BAD), guest.delete(path), guest.post(f"{path}/disable", BAD),
                guest.post("/records/api.item", BAD), guest.post("/records/api.item/bulk", BAD)):  # fmt: skip
        assert _said(got) == (403, "forbidden")


def test_428_before_412_and_422(bob: Caller, item: str) -> None:
    path = f"/records/api.item/{item}"
    assert _said(bob.patch(path, {"nope": 1})) == (428, "precondition_required")
    assert _said(bob.delete(path)) == (428, "precondition_required")
    assert _said(bob.patch(path, {"nope": 1}, If_Match="  ")) == (428, "precondition_required")


def test_412_before_422(bob: Caller, item: str) -> None:
    assert _said(bob.patch(f"/records/api.item/{item}", {"nope": 1, "count": -1}, If_Match='"99"')) == (412, "stale")


def test_412_before_409(bob: Caller, asked: str) -> None:
    path = f"/records/api.ask/{asked}"
    assert _said(bob.patch(path, {"why": "改"}, If_Match='"99"')) == (412, "stale")
    assert _said(bob.delete(path, If_Match='"99"')) == (412, "stale")
    assert _said(bob.patch(path, {"why": "改"}, If_Match="*")) == (409, "state")


@pytest.mark.parametrize(
    ("tag", "status"),
    [('"1"', 200), ('W/"1"', 200), ('"7", "1"', 200), ("*", 200), ('"7"', 412), ('"x"', 412), ("x", 400),
     ('"7", "8"', 412), ("9" * 40, 412)],
)  # fmt: skip
def test_if_match_fits_or_not(bob: Caller, tag: str, status: int) -> None:
    row = bob.post("/records/api.item", {"name": "标签"}).data["id"]
    assert bob.patch(f"/records/api.item/{row}", {"count": 1}, If_Match=tag).status == status


def test_stale_tells_what_differs_with_exact_numbers(bob: Caller, eve: Caller) -> None:
    row = bob.post("/records/api.item", {"name": "两人", "price": 1, "lines": [{"what": "a"}]}).data["id"]
    eve.patch(f"/records/api.item/{row}", {"price": 2, "count": 5}, If_Match='"1"')
    got = bob.patch(f"/records/api.item/{row}", b'{"price": 3.10, "count": 5}', If_Match='"1"')
    assert got.status == 412
    assert (got.data["current"], got.data["by_name"]) == (2, "eve")
    assert got.data["differs"] == [{"field": "price", "yours": Decimal("3.10"), "theirs": 2}]
    assert bob.get(f"/records/api.item/{row}").data["values"]["price"] == 2
