"""Whatever a program sends, it is answered with what is wrong, never with a fault of the house."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote

import simplejson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.api.calling import Caller
from tests.web.api.conftest import ASK, ITEM

ONE_APP = settings(suppress_health_check=[HealthCheck.too_slow])

ODD = ["", " ", "\0", "\ud800", "'", '"', "`", "%", "%s", ":a", "$id", "__proto__", "a" * 300, "名" * 300, "😀", "-1",
       "2026-02-28", "2026-13-01", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "24:00", "null",
       "NaN", "1e9"]  # fmt: skip
TEXT = st.sampled_from(ODD) | st.text(max_size=20)
NUMBER = st.integers(-(10**40), 10**40) | st.decimals(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [Decimal("1e400"), Decimal("-1e-400"), Decimal("0E+5"), Decimal("1e17"), Decimal("0.005"), 2**63])  # fmt: skip
SCALAR = st.none() | st.booleans() | NUMBER | TEXT
JSON = st.recursive(SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))
FIELDS = [*ITEM["record"]["properties"], *ASK["record"]["properties"], "$id", "$key", "id", "version"]
ROW = st.dictionaries(st.sampled_from(["$id", "what", "hours", "$key"]) | TEXT, JSON, max_size=4)
KEYED = st.builds(lambda key: {"$key": key}, JSON)
RECORD = st.dictionaries(st.sampled_from(FIELDS), JSON | KEYED | st.lists(ROW, max_size=3), max_size=5) | JSON
NAMES = st.sampled_from(["name", "price", "count", "lines", "lines.hours", "project.name", "project.above.name", "cost",
                         "$number", "$state", "bought", "at", "place.city", "note", "buyer", "words", "good"])  # fmt: skip
PIECES = NAMES | st.sampled_from(
    ["+", "-", "*", "/", "&", "=", "<>", ">", "in", "not", "and", "or", "(", ")", ",", '"a"', "1", "0.5", "null", "true",
     "today()", "sum(", "count(", "if(", "len(", "left(", "date(", "round(", "my(", "total(", "`", "'", "\0", "[", "1e9",
     "9999999999999999999999999999", "nz(", "ym("])  # fmt: skip
FORMULA = st.lists(PIECES, max_size=8).map(" ".join) | TEXT


def _bytes(value: Any) -> bytes:
    """JSON text in which even half characters are written, as escapes."""
    return simplejson.dumps(value, use_decimal=True).encode()


@ONE_APP
@given(record=RECORD, submit=st.booleans())
def test_any_record(bob: Caller, record: Any, submit: bool) -> None:
    for form in ("item", "ask"):
        got = bob.post(f"/records/api.{form}?submit={str(submit).lower()}", _bytes(record))
        assert got.status in (201, 400, 409, 422), got.text


@ONE_APP
@given(record=RECORD)
def test_any_change(bob: Caller, record: Any) -> None:
    row = bob.post("/records/api.item", {"name": "变", "lines": [{"what": "a"}]}).data["id"]
    got = bob.patch(f"/records/api.item/{row}", _bytes(record), If_Match="*")
    assert got.status in (200, 400, 422), got.text


@ONE_APP
@given(raw=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes(bob: Caller, raw: bytes) -> None:
    for path in ("/records/api.item", "/records/api.item/bulk", "/records/api.item/aggregate"):
        assert bob.post(path, raw).status in (200, 400, 422)
    assert bob.post("/records/api.item/bulk?partial=true", raw).status == 200


@ONE_APP
@given(filter=FORMULA, sort=NAMES | TEXT, fields=NAMES | TEXT, after=st.none() | TEXT)
def test_any_question(bob: Caller, filter: str, sort: str, fields: str, after: str | None) -> None:  # noqa: A002
    def asked(name: str, value: str) -> str:
        return f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}"

    for query in (asked("filter", filter), asked("sort", sort), asked("fields", fields), asked("after", after or "")):
        got = bob.get(f"/records/api.item?{query}")
        assert got.status in (200, 400), (query, got.text)


@ONE_APP
@given(asked=st.fixed_dictionaries({}, optional={
    "group": st.lists(FORMULA, max_size=3) | JSON, "filter": FORMULA | JSON, "limit": JSON, "after": JSON,
    "measures": st.dictionaries(TEXT, st.sampled_from(["sum", "count", "avg", "max"]).flatmap(
        lambda fn: FORMULA.map(lambda inner: f"{fn}({inner})")), max_size=3) | JSON}))  # fmt: skip
def test_any_sum(bob: Caller, asked: dict[str, Any]) -> None:
    got = bob.post("/records/api.item/aggregate", _bytes(asked))
    assert got.status in (200, 400, 422), got.text


@ONE_APP
@given(parts=st.lists(TEXT.map(lambda text: quote(text.encode("utf-8", "surrogatepass"), safe="")), max_size=4),
       method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "PUT"]))  # fmt: skip
def test_any_address(bob: Caller, parts: list[str], method: str) -> None:
    for path in ("/".join(["", *parts]), "/".join(["/records/api.item", *parts])):
        assert bob.call(method, path or "/").status < 500
