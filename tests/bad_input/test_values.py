"""Values that are missing, too many, of the wrong kind, too long, too large or impossible, through the API and through the
form: named at their place, in both languages, nothing saved, nothing typed lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from tests import makers
from tests.bad_input.attacking import Attacker, words

NOBODY = "01890000-0000-7000-8000-999999999999"
RED = {"name": "红"}

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({}, "/name", "required"),
    ({"name": None}, "/name", "required"),
    ({"name": ""}, "/name", "required"),
    ({"name": "   "}, "/name", "required"),
    ({**RED, "nosuch": 1}, "/nosuch", "unknown_field"),
    ({**RED, "": 1}, "/", "unknown_field"),
    ({**RED, "a/b~c": 1}, "/a~1b~0c", "unknown_field"),
    ({**RED, "x" * 5000: 1}, "/" + "x" * 5000, "unknown_field"),
    ({**RED, "lines": [{"what": "a", "nosuch": 1}]}, "/lines/0/nosuch", "unknown_field"),
    ({"name": 5}, "/name", "type"),
    ({"name": ["红"]}, "/name", "type"),
    ({"name": {"a": 1}}, "/name", "type"),
    ({"name": True}, "/name", "type"),
    ({**RED, "count": "5"}, "/count", "type"),
    ({**RED, "count": True}, "/count", "type"),
    ({**RED, "count": [5]}, "/count", "type"),
    ({**RED, "price": "1.00"}, "/price", "type"),
    ({**RED, "ok": "true"}, "/ok", "type"),
    ({**RED, "ok": 1}, "/ok", "type"),
    ({**RED, "day": 20260228}, "/day", "type"),
    ({**RED, "lines": {}}, "/lines", "type"),
    ({**RED, "lines": "a"}, "/lines", "type"),
    ({**RED, "lines": [1]}, "/lines/0", "type"),
    ({**RED, "lines": [None]}, "/lines/0", "type"),
    ({**RED, "lines": [{"what": "a"}, {"n": 1}]}, "/lines/1/what", "required"),
    ({**RED, "lines": [{"what": "a", "n": "viel"}]}, "/lines/0/n", "type"),
    ({**RED, "lines": [{"what": "a"}] * 51}, "/lines", "length"),
    ({**RED, "words": "红"}, "/words", "type"),
    ({**RED, "words": [1]}, "/words/0", "type"),
    ({**RED, "words": ["长" * 11]}, "/words/0", "length"),
    ({**RED, "kinds": ["绿"]}, "/kinds/0", "enum"),
    ({**RED, "kind": "丙"}, "/kind", "enum"),
    ({**RED, "kind": ["甲"]}, "/kind", "type"),
    ({**RED, "short": "abc"}, "/short", "pattern"),
    ({**RED, "short": "ab\n"}, "/short", "pattern"),
    ({**RED, "count": 1001}, "/count", "range"),
    ({**RED, "count": -1}, "/count", "range"),
    ({**RED, "twice": 5}, "/twice", "read_only"),
    ({**RED, "code": "T-9"}, "/code", "read_only"),
    ({**RED, "ok": False, "reason": "x"}, "/reason", "not_applicable"),
    ({**RED, "cost": 1}, "/cost", "unknown_field"),
]
LONG = [("汉", 20), ("😀", 20), ("a", 20), ("é", 20)]
DAYS = ["2026-02-30", "2026-02-29", "2026-13-01", "0000-01-01", "2026-1-1", "2026/02/28", "20260228", "",
        "2026-02-28T00:00:00Z", "٢٠٢٦-٠٢-٢٨", "-2026-02-28", "99999-01-01", "2026-02-28 ", "today"]  # fmt: skip
MOMENTS = ["2026-02-30T00:00:00Z", "2026-02-28T24:01:00Z", "2026-02-28T00:00:00", "2026-02-28T00:00:00+99:00", "2026-02-28",
           "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "now"]  # fmt: skip
HOURS = ["25:00:00", "08:60:00", "8:00", "noon", "24:00:00", "08:30:61"]
NUMBERS: list[tuple[str, str, str]] = [
    ("price", "1e400", "out_of_range"), ("price", "1e17", "out_of_range"), ("price", "-1e17", "out_of_range"),
    ("price", "99999999999999.999", "scale"), ("price", "0.001", "scale"), ("price", "1e-400", "scale"),
    ("price", "100000000000000.00", "out_of_range"), ("rate", "0.0000001", "scale"), ("rate", "1e6", "out_of_range"),
    ("weight", "0.0001", "scale"), ("weight", "1e30", "out_of_range"), ("big", "9223372036854775808", "out_of_range"),
    ("big", "1000000000000000000", "out_of_range"), ("big", "-9223372036854775809", "out_of_range"), ("big", "1.5", "scale"),
    ("big", "1e400", "out_of_range"), ("count", "1e400", "out_of_range"), ("big", "0.1e-500", "scale"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "pointer", "code"), WRONG, ids=[f"{p[:24]}-{c}-{n}" for n, (_, p, c) in enumerate(WRONG)]
)
def test_what_does_not_fit_is_named_at_its_place(bob: Attacker, body: dict[str, Any], pointer: str, code: str) -> None:
    bob.refused("bad.thing", body, 422, (pointer, code))


def test_everything_wrong_is_told_at_once(bob: Attacker) -> None:
    body = {"count": "viel", "price": -1.5, "day": "2026-02-30", "nosuch": 1, "lines": [{"n": 100}]}
    bob.refused("bad.thing", body, 422, ("/name", "required"), ("/count", "type"), ("/day", "format"),
                ("/nosuch", "unknown_field"), ("/lines/0/what", "required"), ("/lines/0/n", "range"))  # fmt: skip


@pytest.mark.parametrize(("char", "most"), LONG)
def test_a_limit_counts_characters(bob: Attacker, char: str, most: int) -> None:
    thing = bob.make("bad.thing", {"name": char * most})
    assert bob.call("GET", f"/records/bad.thing/{thing}").data["values"]["name"] == char * most
    bob.refused("bad.thing", {"name": char * (most + 1)}, 422, ("/name", "length"))
    tag = bob.call("PATCH", f"/records/bad.thing/{thing}", {"name": char * (most + 1)}, If_Match="*")
    assert (tag.status, tag.codes) == (422, {("/name", "length")})


@pytest.mark.parametrize("text", ["a\x00b", "\x00"])
def test_a_nul_is_refused_everywhere(bob: Attacker, text: str) -> None:
    for body, place in (
        ({"name": text}, "/name"), ({**RED, "note": text}, "/note"), ({**RED, "words": [text]}, "/words/0"),
        ({**RED, "extra": {"a": [text]}}, "/extra"), ({**RED, "lines": [{"what": text}]}, "/lines/0/what"),
        ({**RED, "kind": text}, "/kind"), ({**RED, "who": text}, "/who"), ({**RED, "above": text}, "/above"),
    ):  # fmt: skip
        reply = bob.call("POST", "/records/bad.thing", body)
        assert reply.status == 422, (body, reply.text)
        assert next(iter(reply.codes))[0].startswith(place)
    assert bob.call("GET", f"/records/bad.thing?filter={quote('name = ' + chr(34) + text + chr(34))}").status in (
        200,
        400,
    )
    assert bob.call("GET", "/records/bad.thing?sort=%00").status == 400
    assert bob.call("GET", "/records/bad.thing/%00").status == 404
    assert bob.call("GET", "/records/bad%00.thing").status == 404


@pytest.mark.parametrize(
    "raw",
    [rb'{"name": "\ud800"}', rb'{"name": "a\udfffb"}', rb'{"\ud800": 1}', rb'{"name": "x", "extra": {"\udc00": 1}}'],
)
def test_half_characters_are_refused(bob: Attacker, raw: bytes) -> None:
    bob.refused("bad.thing", raw, 400)


@pytest.mark.parametrize("day", DAYS)
def test_days_that_do_not_exist(bob: Attacker, day: str) -> None:
    if day == "":  # empty text is no value
        assert bob.call("POST", "/records/bad.thing", {**RED, "day": day}).status in (201, 422)
        return
    bob.refused("bad.thing", {**RED, "day": day}, 422, ("/day", "format"))


@pytest.mark.parametrize("moment", MOMENTS)
def test_moments_that_do_not_exist(bob: Attacker, moment: str) -> None:
    reply = bob.call("POST", "/records/bad.thing", {**RED, "at": moment})
    assert reply.status == 422, reply.text
    assert {code for _, code in reply.codes} <= {"format", "out_of_range"}


@pytest.mark.parametrize("hour", HOURS)
def test_times_that_do_not_exist(bob: Attacker, hour: str) -> None:
    bob.refused("bad.thing", {**RED, "hour": hour}, 422, ("/hour", "format"))


@pytest.mark.parametrize(("field", "number", "code"), NUMBERS)
def test_numbers_the_column_cannot_hold_are_never_rounded(bob: Attacker, field: str, number: str, code: str) -> None:
    reply = bob.call("POST", "/records/bad.thing", f'{{"name": "数", "{field}": {number}}}')
    assert reply.status == 422, reply.text
    assert {pointer for pointer, _ in reply.codes} == {f"/{field}"}
    assert {c for _, c in reply.codes} & {code, "range"}, reply.codes


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "0x10", "1_000", "1" * 5000]
)
def test_what_is_no_json_number_is_refused(bob: Attacker, number: str) -> None:
    reply = bob.call("POST", "/records/bad.thing", f'{{"name": "数", "price": {number}}}')
    assert reply.status in (400, 422), reply.text
    bob.refused("bad.thing", f'{{"name": "数", "price": {number}}}', reply.status)


@pytest.mark.parametrize(("number", "stands"), [("-0", "0.00"), ("-0.0", "0.00"), ("1e2", "100.00"), ("12.50", "12.50"),
                                                ("0.10", "0.10"), ("99999999999999.99", "99999999999999.99")])  # fmt: skip
def test_exact_numbers_come_back_exactly(bob: Attacker, number: str, stands: str) -> None:
    reply = bob.call("POST", "/records/bad.thing", f'{{"name": "数", "price": {number}}}')
    if reply.status == 422:  # its double would be over the column
        assert reply.codes == {("/twice", "out_of_range")} or reply.codes == {("", "out_of_range")}, reply.text
        return
    assert reply.status == 201, reply.text
    assert re.search(
        rf'"price": ?{re.escape(stands)}[,}}]', reply.text
    ) or f'"price":{float(stands):g}' in reply.text.replace(" ", ""), reply.text
    assert "-0" not in str(reply.data["values"]["price"])


# ------------------------------------------------------------------------------------------------ bodies


@pytest.mark.parametrize("raw", ["{", "[]x", '{"name": }', "\x00", "\ufeff", "not json", "{'name': 'a'}", '{"name": "a",}',
                                 '{"name": "a"} {"name": "b"}'])  # fmt: skip
def test_a_body_that_is_no_json(bob: Attacker, raw: str) -> None:
    reply = bob.call("POST", "/records/bad.thing", raw)
    assert reply.status in (400, 422)
    bob.refused("bad.thing", raw, reply.status)


@pytest.mark.parametrize("raw", ["[]", "1", '"a"', "null", "true"])
def test_a_body_that_is_no_object(bob: Attacker, raw: str) -> None:
    bob.refused("bad.thing", raw, 422, ("", "type"))


@pytest.mark.parametrize("raw", ['{"name": "a", "name": "b"}', '{"name": "a", "extra": {"b": 1, "b": 1}}',
                                 '{"name": "a", "lines": [{"what": "a", "what": "a"}]}'])  # fmt: skip
def test_a_key_given_twice(bob: Attacker, raw: str) -> None:
    bob.refused("bad.thing", raw, 400, ("", "duplicate_key"))


@pytest.mark.parametrize("opening", ['{"extra":', "[", '{"name": ['])
def test_json_as_deep_as_a_well(bob: Attacker, opening: str) -> None:
    raw = opening * 100_000
    bob.refused("bad.thing", raw, 400)
    closing = "".join({"{": "}", "[": "]"}[each] for each in reversed(re.sub(r"[^{\[]", "", opening)))
    bob.refused("bad.thing", opening * 100_000 + "1" + closing * 100_000, 400)


@pytest.mark.parametrize("depth", [40, 200, 500, 900])
def test_a_free_value_has_a_depth(bob: Attacker, depth: int) -> None:
    reply = bob.call("POST", "/records/bad.thing", '{"name": "深", "extra": ' + "[" * depth + "]" * depth + "}")
    assert reply.status in (400, 422), reply.text[:300]


def test_a_body_of_twenty_megabytes(bob: Attacker) -> None:
    bob.refused("bad.thing", b'{"name": "' + b"x" * 20_000_000 + b'"}', 413)
    big = bob.call(
        "POST", "/records/bad.thing/bulk", b'{"name": "a"}\n' * 1_500_000, Content_Type="application/x-ndjson"
    )
    assert big.status == 413


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml", ""]
)
def test_another_media_type(bob: Attacker, kind: str) -> None:
    reply = bob.call("POST", "/records/bad.thing", '{"name": "a"}', Content_Type=kind)
    assert (reply.status, reply.code) == (415, "unsupported")


def test_bytes_that_are_no_text(bob: Attacker) -> None:
    bob.refused("bad.thing", b'{"name": "\xff\xfe"}', 400)
    bob.refused("bad.thing", '{"name": "a"}'.encode("utf-16"), 400)
    reply = bob.call(
        "POST", "/records/bad.thing", '{"name": "a"}'.encode("utf-16"), Content_Type="application/json; charset=utf-16"
    )
    assert reply.status == 415


# ------------------------------------------------------------------------------------------------ references


def test_references_to_what_is_missing_deleted_or_invisible_look_the_same(
    bob: Attacker, boss: Attacker, eve: Attacker, rival: Attacker
) -> None:
    deleted = bob.make("bad.thing", {"name": "删掉"})
    assert bob.call("DELETE", f"/records/bad.thing/{deleted}", If_Match="*").status == 204
    foreign, hidden = rival.make("bad.thing", {"name": "外人"}), boss.make("bad.vault", {"what": "金"})
    others = eve.make("bad.ask", {"why": "eve 的"})
    said = set()
    for field, given in (
        ("above", NOBODY), ("above", deleted), ("above", foreign), ("above", "nonsense"), ("above", ""), ("above", "'"),
        ("vault", hidden), ("vault", NOBODY), ("asked", others), ("asked", NOBODY), ("above", {"$key": "T-9999"}),
        ("vault", {"$key": "金"}), ("vault", {"$key": "银"}),
    ):  # fmt: skip
        if given == "":
            continue
        reply = bob.call("POST", "/records/bad.thing", {**RED, field: given})
        assert (reply.status, reply.codes) == (422, {(f"/{field}", "reference")}), (field, given, reply.text)
        said.add((field, re.sub(r"“[^”]*”", "", reply.data["problems"][0]["message"])))
        in_row = bob.call("POST", "/records/bad.thing", {**RED, "lines": [{"what": "a"}, {"what": "b", "to": given}]})
        if field == "above":
            assert (in_row.status, in_row.codes) == (422, {("/lines/1/to", "reference")})
    by_field = {field: {text for name, text in said if name == field} for field, _ in said}
    assert all(len(texts) == 1 for texts in by_field.values()), by_field


@pytest.mark.parametrize(
    "key",
    [{}, {"$key": None}, {"$key": 5}, {"$key": ["a"]}, {"$key": ""}, {"$key": "a", "b": 1}, {"$id": "a"}, 5, [], True],
)
def test_keys_that_are_no_keys(bob: Attacker, key: Any) -> None:
    reply = bob.call("POST", "/records/bad.thing", {**RED, "above": key})
    assert reply.status == 422, reply.text
    assert {pointer for pointer, _ in reply.codes} <= {"/above", "/above/$key", "/above/b", "/above/$id"}


def test_members_and_departments_of_other_firms_are_unknown(bob: Attacker, rival: Attacker) -> None:
    foreigner = rival.call("GET", "/me").data["id"]
    for field in ("who", "dept"):
        for given in (foreigner, NOBODY, "x", {"$key": "admin@rival.test"}):
            reply = bob.call("POST", "/records/bad.thing", {**RED, field: given})
            assert (reply.status, reply.codes) == (422, {(f"/{field}", "reference")}), (field, given, reply.text)


def test_files_that_are_missing_or_foreign(bob: Attacker) -> None:
    for given in ([NOBODY], ["x"], ["../../etc/passwd"], [NOBODY, NOBODY]):
        reply = bob.call("POST", "/records/bad.thing", {**RED, "papers": given})
        assert reply.status == 422, (given, reply.text)
        assert all(pointer.startswith("/papers") for pointer, _ in reply.codes)


def test_a_tree_has_no_circles(bob: Attacker) -> None:
    a = bob.make("bad.thing", {"name": "甲"})
    b = bob.make("bad.thing", {"name": "乙", "above": a})
    c = bob.make("bad.thing", {"name": "丙", "above": b})
    for child, above in ((a, a), (a, b), (a, c), (b, c)):
        for lang in ("zh_CN", "en"):
            reply = bob.call("PATCH", f"/records/bad.thing/{child}", {"above": above}, If_Match="*", lang=lang)
            assert (reply.status, reply.codes) == (422, {("/above", "cycle")}), reply.text
    assert bob.call("GET", f"/records/bad.thing/{a}").data["values"]["above"] is None


# ------------------------------------------------------------------------------------------------ the form

TYPED = [
    ("name", "汉" * 21, "最多 20 个字"), ("name", "😀" * 21, "最多 20 个字"), ("count", "viele", "整数"),
    ("count", "1001", "1,000"), ("count", "1.5", "请填整数"), ("price", "NaN", ""),
    ("price", "1e400", ""), ("price", "0.001", ""), ("price", "1" * 19, ""),
    ("price", "Infinity", ""), ("day", "2026-02-30", "没有这一天"), ("day", "gestern", ""),
    ("hour", "25:00", ""), ("kind", "丙", ""), ("short", "abc", ""),
    ("big", "9" * 19, ""), ("rate", "0.00000001", ""), ("rate", "1234567890", "位数太多"),
    ("rate", "1.0000000000000000000000000001", ""), ("at", "2026-02-30T10:00", ""), ("above", NOBODY, "没有这条记录"),
    ("above", "<b>x</b>", ""), ("who", NOBODY, ""), ("dept", "x", ""),
    ("words", "长" * 11, ""), ("note", "长" * 301, ""), ("extra", "{not json", ""),
    ("extra", "[" * 5000, ""), ("extra", '{"a":1,"a":2}', ""), ("extra", "NaN", ""),
    ("kinds", "绿", ""), ("papers", "x", ""),
]  # fmt: skip


@pytest.mark.parametrize(("field", "typed", "says"), TYPED, ids=[f"{f}-{n}" for n, (f, _, _) in enumerate(TYPED)])
def test_what_is_typed_wrong_stays_on_the_form(bob: Attacker, field: str, typed: str, says: str) -> None:
    before, browser = bob.count("bad.thing"), bob.browser
    sheet = browser.open("bad.thing")
    sent = {"name": "打字", "note": "这段话不能丢", field: typed}
    for lang in ("zh_CN", "en"):
        browser.speak(lang)
        answer = browser.post(sheet, sent, htmx=True, act="save")
        assert answer.status_code == 422, (answer.status_code, words(answer)[:300])
        assert answer.headers["HX-Retarget"] == "#sheet"
        shown = unescape(answer.text)
        if field != "note":
            assert "这段话不能丢" in shown
        if field not in ("papers", "kind", "kinds", "above", "who", "dept"):
            assert f">\n{typed}<" in shown or f'value="{typed}' in shown
        assert re.search(r'class="(fld[^"]* )?bad"', shown)
        if lang == "zh_CN":
            assert says in words(answer)
    browser.speak("zh_CN")
    assert bob.count("bad.thing") == before
    reopened = browser.get(f"/f/bad.thing/new?sheet={sheet.rpartition('/')[2]}")
    assert reopened.status_code == 200
    assert field == "note" or "这段话不能丢" in reopened.text


def test_a_bad_row_is_blamed_by_itself(bob: Attacker) -> None:
    sheet = bob.browser.open("bad.thing")
    good, bad = (f"01890000-0000-7000-8000-0000000000{n:02d}" for n in (1, 2))
    sent = {
        "name": "两行",
        f"lines.{good}.what": "好",
        f"lines.{good}.n": "1",
        f"lines.{bad}.what": "坏",
        f"lines.{bad}.n": "100",
    }
    answer = bob.browser.post(sheet, sent, htmx=True, act="save")
    assert answer.status_code == 422
    assert re.findall(r'<tbody [^>]*data-row="([^"]+)"[^>]*><tr role="row" class="bad">', answer.text) == [bad]
    assert 'value="100"' in answer.text


def test_json_typed_wrong_in_a_row_is_not_lost(app: Flask, bob: Attacker) -> None:
    rows = {"type": "array", "items": {"type": "object", "properties": {"free": {"x-type": "json"}}}}
    policy = {"roles": ["clerk"], "actions": ["view", "create", "edit"]}
    form = {"title": "行中", "record": {"type": "object", "properties": {"lines": rows}}, "policies": [policy]}
    makers.publish(app.extensions["dougong"], "demo", {"inrow": {"item": form}})
    name = "lines.01890000-0000-7000-8000-000000000001.free"
    sheet = bob.browser.open("inrow.item")
    answer = bob.browser.post(sheet, {name: "{not json"}, htmx=True, act="save")
    assert answer.status_code == 422, words(answer)
    assert "{not json" in unescape(answer.text)
    assert bob.count("inrow.item") == 0
    saved = bob.browser.post(sheet, {name: '{"a": 0.10}'}, htmx=True, act="save")
    assert saved.status_code == 204, words(saved)
    made = saved.headers["HX-Redirect"].rpartition("/")[2]
    assert str(bob.call("GET", f"/records/inrow.item/{made}").data["values"]["lines"][0]["free"]["a"]) in (
        "0.10",
        "0.1",
    )
