"""NDJSON: all or nothing, or the good lines with a report of the others."""

from __future__ import annotations

from typing import Any

import pytest
import simplejson

from tests.web.api.calling import Caller

ITEMS = "/records/api.item"
NDJSON = "application/x-ndjson"


def _lines(*rows: Any) -> bytes:
    return b"\n".join(row if isinstance(row, bytes) else simplejson.dumps(row).encode() for row in rows)


def _named(caller: Caller, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.get(f"{ITEMS}?filter=name%3D%22{name}%22&sort=count").data["items"]
    return found


def test_all_good_lines_are_records(bob: Caller) -> None:
    got = bob.post(f"{ITEMS}/bulk", _lines(*({"name": "批一", "count": n} for n in range(3))), Content_Type=NDJSON)
    assert (got.status, got.data["rows"], got.data["good"], got.data["bad"]) == (200, 3, 3, 0)
    assert [each["id"] for each in got.data["items"]] == [each["id"] for each in _named(bob, "批一")]
    assert [each["row"] for each in got.data["items"]] == [0, 1, 2]


def test_one_bad_line_refuses_all_with_pointers_into_the_lines_as_sent(bob: Caller) -> None:
    rows = ({"name": "批二"}, {"nope": 1}, {"name": "批二", "price": "x"}, {"name": "批二", "lines": [{"hours": -1}]})
    got = bob.post(f"{ITEMS}/bulk", _lines(*rows), Content_Type=NDJSON)
    assert got.status == 422
    assert got.codes == [
        ("/1/name", "required"), ("/1/nope", "unknown_field"), ("/2/price", "type"), ("/3/lines/0/hours", "range"),
        ("/3/lines/0/what", "required"),
    ]  # fmt: skip
    assert _named(bob, "批二") == []


def test_partial_keeps_the_good_lines_and_reports_the_others(bob: Caller) -> None:
    body = _lines({"name": "批三"}, {"nope": 1}, b"", b"{", {"name": "批三", "price": "x"}, 5, {"name": "批三"}, b"")
    got = bob.post(f"{ITEMS}/bulk?partial=true", body, Content_Type=NDJSON)
    assert (got.status, got.data["rows"], got.data["good"], got.data["bad"]) == (200, 6, 2, 4)
    assert [each["row"] for each in got.data["items"]] == [0, 5]
    said = [(each["row"], each["pointer"], each["code"]) for each in got.data["problems"]]
    assert sorted(said) == [
        (1, "/1/name", "required"), (1, "/1/nope", "unknown_field"), (2, "/2", "not_json"), (3, "/3/price", "type"),
        (4, "/4", "type"),
    ]  # fmt: skip
    assert all(each["message"] for each in got.data["problems"])
    assert len(_named(bob, "批三")) == 2


def test_a_line_with_an_id_changes_that_record(bob: Caller) -> None:
    row = bob.post(ITEMS, {"name": "批四"}).data
    got = bob.post(f"{ITEMS}/bulk", _lines({"$id": row["id"], "$version": 1, "count": 9}), Content_Type=NDJSON)
    assert got.data["items"] == [{"row": 0, "id": row["id"], "number": None, "version": 2}]
    stale = bob.post(f"{ITEMS}/bulk", _lines({"$id": row["id"], "$version": 1, "count": 8}), Content_Type=NDJSON)
    assert (stale.status, stale.data["code"]) == (412, "stale")


def test_lines_may_be_submitted(bob: Caller) -> None:
    body = _lines({"why": "批"}, {"why": "批", "amount": 5000})
    got = bob.post("/records/api.ask/bulk?submit=true&partial=true", body, Content_Type=NDJSON)
    assert (got.data["good"], got.data["problems"][0]["message"]) == (1, "超过额度")
    row = got.data["items"][0]["id"]
    assert bob.get(f"/records/api.ask/{row}").data["state"] == "approved"


@pytest.mark.parametrize(
    ("body", "query", "kind", "status"),
    [(b"", "", NDJSON, 200), (b"{", "", NDJSON, 400), (b'{"a": NaN}', "", NDJSON, 400), (b"{}", "", "text/csv", 415),
     (b"{}", "?partial=maybe", NDJSON, 400), (b'{"$id": "x"}', "", NDJSON, 404), (b"[1]", "", NDJSON, 422),
     (b'{"name": "a", "name": "b"}', "", NDJSON, 400), (b'{"name": "a"}', "", "application/jsonl", 200),
     (b"x" * 300_000, "", NDJSON, 413)],
)  # fmt: skip
def test_what_a_body_may_be(bob: Caller, body: bytes, query: str, kind: str, status: int) -> None:
    assert bob.post(f"{ITEMS}/bulk{query}", body, Content_Type=kind).status == status


def test_an_unreadable_line_is_pointed_at(bob: Caller) -> None:
    got = bob.post(f"{ITEMS}/bulk", _lines({"name": "a"}, b"{"), Content_Type=NDJSON)
    assert (got.status, got.codes) == (400, [("/1", "not_json")])
