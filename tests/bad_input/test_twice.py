"""The same thing sent twice, at once or later, and changes made on a version that no longer stands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from tests.bad_input.attacking import Attacker, Browser, words


def at_once(count: int, act: Any) -> list[Any]:
    """What `act(0 …)` gives, all started at the same moment."""
    gate = Barrier(count)

    def one(number: int) -> Any:
        gate.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_one_key_sent_at_once_makes_one_record_and_one_answer(bob: Attacker) -> None:
    body = {"name": "同键", "lines": [{"what": "a", "n": 1}]}
    replies = at_once(8, lambda _: bob.call("POST", "/records/bad.thing", body, Idempotency_Key="at-once"))
    assert [each.status for each in replies] == [201] * 8, [each.text for each in replies]
    assert len({each.text for each in replies}) == 1
    assert len({(each.headers["Location"], each.headers["ETag"]) for each in replies}) == 1
    assert sum("Idempotency-Replayed" not in each.headers for each in replies) == 1
    assert bob.count("bad.thing", 'name = "同键"') == 1


def test_one_key_with_another_body_is_refused_in_words(bob: Attacker) -> None:
    assert bob.call("POST", "/records/bad.thing", {"name": "键一"}, Idempotency_Key="reused").status == 201
    for lang, says in (("zh_CN", "键"), ("en", "key")):
        reply = bob.call("POST", "/records/bad.thing", {"name": "键二"}, Idempotency_Key="reused", lang=lang)
        assert (reply.status, reply.code) == (422, "key_reused")
        assert says in reply.data["title"].lower()
    assert bob.count("bad.thing", 'name = "键二"') == 0
    thing = bob.make("bad.thing", {"name": "键三"})
    other = bob.call("PATCH", f"/records/bad.thing/{thing}", {"name": "键一"}, Idempotency_Key="reused", If_Match="*")
    assert (other.status, other.code) == (422, "key_reused")
    bulk = bob.call("POST", "/records/bad.thing/bulk", b'{"name": "a"}', Idempotency_Key="reused")
    assert (bulk.status, bulk.code) == (422, "key_reused")


def test_a_key_is_its_members_own(bob: Attacker, eve: Attacker, rival: Attacker) -> None:
    texts = {}
    for who in (bob, eve, rival):
        reply = who.call("POST", "/records/bad.thing", {"name": "各自"}, Idempotency_Key="shared")
        assert reply.status == 201
        assert "Idempotency-Replayed" not in reply.headers
        texts[who.account] = reply.data["id"]
    assert len(set(texts.values())) == 3


def test_a_refused_request_does_not_use_up_its_key(bob: Attacker) -> None:
    assert bob.call("POST", "/records/bad.thing", {"name": ""}, Idempotency_Key="second try").status == 422
    assert bob.call("POST", "/records/bad.thing", {"name": "改好"}, Idempotency_Key="second try").status == 201


@pytest.mark.parametrize("key", ["", "   ", "x" * 256, "键", "a\x7f", "'; drop table dg_idempotency --"])
def test_hostile_keys(bob: Attacker, key: str) -> None:
    headers = {"Idempotency_Key": key.encode().decode("latin-1")}
    reply = bob.call("POST", "/records/bad.thing", {"name": "怪键"}, **headers)
    assert reply.status in (201, 400)


def test_transitions_with_a_key_happen_once(bob: Attacker) -> None:
    ask = bob.make("bad.ask", {"why": "提交一次"})
    replies = at_once(6, lambda _: bob.call("POST", f"/records/bad.ask/{ask}/submit", Idempotency_Key="submit it"))
    assert [each.status for each in replies] == [200] * 6
    assert len({each.text for each in replies}) == 1
    again = bob.call("POST", f"/records/bad.ask/{ask}/submit")
    assert (again.status, again.code) in ((409, "state"), (409, "already_done"))
    history = bob.call("GET", f"/records/bad.ask/{ask}/history").data["items"]
    assert sum("submit" in str(each.get("event")) for each in history) == 1


def test_of_many_submits_at_once_one_wins(bob: Attacker) -> None:
    ask = bob.make("bad.ask", {"why": "抢着提交"})
    replies = at_once(6, lambda _: bob.call("POST", f"/records/bad.ask/{ask}/submit"))
    assert sorted(each.status for each in replies) == [200] + [409] * 5


def test_numbers_allotted_at_once_never_repeat(bob: Attacker) -> None:
    made = at_once(8, lambda n: [bob.call("POST", "/records/bad.thing", {"name": f"号{n}"}).data for _ in range(6)])
    numbers = [each["number"] for some in made for each in some]
    assert len(set(numbers)) == 48
    asks = at_once(8, lambda n: bob.call("POST", "/records/bad.ask?submit=true", {"why": f"号{n}"}).data["number"])
    assert len(set(asks)) == 8


def test_one_unique_value_at_once_has_one_owner(boss: Attacker) -> None:
    replies = at_once(8, lambda _: boss.call("POST", "/records/bad.vault", {"what": "独一份"}))
    assert sorted(each.status for each in replies) == [201] + [422] * 7, [each.text for each in replies]
    assert all(each.codes == {("/what", "unique")} for each in replies if each.status == 422)


def test_a_stale_version_through_the_api(bob: Attacker, eve: Attacker) -> None:
    thing = bob.make("bad.thing", {"name": "旧版", "count": 1})
    assert eve.call("PATCH", f"/records/bad.thing/{thing}", {"count": 2}, If_Match='"1"').status == 200
    for lang in ("zh_CN", "en"):
        reply = bob.call("PATCH", f"/records/bad.thing/{thing}", {"count": 3}, If_Match='"1"', lang=lang)
        assert (reply.status, reply.code, reply.data["current"]) == (412, "stale", 2)
        assert [(each["field"], each["yours"], each["theirs"]) for each in reply.data["differs"]] == [("count", 3, 2)]
    assert bob.call("PATCH", f"/records/bad.thing/{thing}", {"count": 3}).status == 428
    assert bob.call("DELETE", f"/records/bad.thing/{thing}").status == 428
    assert bob.call("DELETE", f"/records/bad.thing/{thing}", If_Match='"1"').status == 412
    shown = bob.call("GET", f"/records/bad.thing/{thing}")
    assert (shown.data["values"]["count"], shown.data["version"]) == (2, 2)


@pytest.mark.parametrize(
    "tag", ["", "x", '"x"', "1e5", '"99999999999999999999999"', "-1", '"1", "2"', "W/", '"1" OR 1=1']
)
def test_tags_that_are_no_version_change_nothing(bob: Attacker, tag: str) -> None:
    thing = bob.make("bad.thing", {"name": "标签", "count": 1})
    reply = bob.call("PATCH", f"/records/bad.thing/{thing}", {"count": 3}, If_Match=tag)
    assert reply.status in ((200,) if tag == '"1", "2"' else (400, 412, 428)), (tag, reply.text)


def test_of_many_edits_of_one_version_one_wins(bob: Attacker) -> None:
    thing = bob.make("bad.thing", {"name": "争改", "count": 0})
    path = f"/records/bad.thing/{thing}"
    replies = at_once(8, lambda n: bob.call("PATCH", path, {"count": n + 1}, If_Match='"1"'))
    assert sorted(each.status for each in replies) == [200] + [412] * 7, [each.text for each in replies]
    winner = next(each for each in replies if each.status == 200)
    assert bob.call("GET", path).data["values"]["count"] == winner.data["values"]["count"]


def test_edits_of_different_fields_at_once_are_all_kept_or_refused(bob: Attacker) -> None:
    thing = bob.make("bad.thing", {"name": "并改"})
    path, fields = f"/records/bad.thing/{thing}", ["count", "big", "price", "weight"]
    replies = at_once(4, lambda n: bob.call("PATCH", path, {fields[n]: n + 1}, If_Match="*"))
    assert [each.status for each in replies] == [200] * 4
    values = bob.call("GET", path).data["values"]
    assert [values[each] for each in fields] == [1, 2, 3, 4]
    assert bob.call("GET", path).data["version"] == 5


# ------------------------------------------------------------------------------------------------ forms


def test_the_same_form_posted_twice_at_once_makes_one_record(app: Flask, bob: Attacker) -> None:
    sheet = bob.browser.open("bad.thing")
    row = "01890000-0000-7000-8000-000000000001"
    sent = {"name": "表单双击", f"lines.{row}.what": "行", f"lines.{row}.n": "2"}
    browsers = [Browser(app, bob.account) for _ in range(6)]
    answers = at_once(6, lambda n: browsers[n].post(sheet, sent, act="save"))
    assert [each.status_code for each in answers] == [303] * 6, [words(each)[:200] for each in answers]
    assert len({each.headers["Location"] for each in answers}) == 1
    assert bob.count("bad.thing", 'name = "表单双击"') == 1
    made = answers[0].headers["Location"].rpartition("/")[2]
    assert len(bob.call("GET", f"/records/bad.thing/{made}").data["values"]["lines"]) == 1


def test_a_form_that_was_saved_cannot_be_saved_with_other_words(bob: Attacker) -> None:
    sheet = bob.browser.open("bad.thing")
    first = bob.browser.post(sheet, {"name": "存过"}, act="save")
    again = bob.browser.post(sheet, {"name": "改了再存"}, act="save")
    assert first.status_code == 303
    assert again.status_code != 303 or again.headers["Location"] == first.headers["Location"]
    assert bob.count("bad.thing", 'name = "改了再存"') == 0


def test_submit_pressed_twice_at_once(app: Flask, bob: Attacker) -> None:
    sheet = bob.browser.open("bad.ask")
    browsers = [Browser(app, bob.account) for _ in range(4)]
    answers = at_once(4, lambda n: browsers[n].post(sheet, {"why": "双击提交"}, act="submit"))
    assert [each.status_code for each in answers] == [303] * 4, [words(each)[:200] for each in answers]
    assert bob.count("bad.ask", 'why = "双击提交"') == 1


def test_a_stale_form_keeps_what_was_typed_and_shows_both(bob: Attacker, eve: Attacker) -> None:
    thing = bob.make("bad.thing", {"name": "旧表", "count": 1, "note": "原来"})
    sheet = bob.browser.open("bad.thing", thing)
    assert (
        eve.call("PATCH", f"/records/bad.thing/{thing}", {"count": 7, "note": "别人写的"}, If_Match="*").status == 200
    )
    for lang, says in (("zh_CN", "刚"), ("en", "has just changed this record")):
        bob.browser.speak(lang)
        answer = bob.browser.post(sheet, {"count": "5", "note": "我写的话"}, htmx=True, act="save")
        assert answer.status_code == 412, words(answer)
        assert {"别人写的", "我写的话", "5", "7"} <= set(words(answer).split())
        assert says in words(answer)
        assert "eve@demo.test" in words(answer)
        assert "bob@demo.test" not in words(answer)
        assert "原来" in words(answer)
    bob.browser.speak("zh_CN")
    assert bob.call("GET", f"/records/bad.thing/{thing}").data["values"]["count"] == 7
    again = bob.browser.get(f"/f/bad.thing/{thing}/edit?sheet={sheet.rpartition('/')[2]}")
    assert "我写的话" in again.text


def test_a_form_of_a_record_that_was_deleted_meanwhile(bob: Attacker, eve: Attacker) -> None:
    thing = bob.make("bad.thing", {"name": "要没了"})
    sheet = bob.browser.open("bad.thing", thing)
    assert eve.call("DELETE", f"/records/bad.thing/{thing}", If_Match="*").status == 204
    answer = bob.browser.post(sheet, {"note": "白写了"}, htmx=True, act="save")
    assert answer.status_code in (404, 409, 412)
    assert bob.call("GET", f"/records/bad.thing/{thing}").status == 404


def test_a_form_of_a_document_that_was_submitted_meanwhile(bob: Attacker) -> None:
    ask = bob.make("bad.ask", {"why": "先提交"})
    sheet = bob.browser.open("bad.ask", ask)
    assert bob.call("POST", f"/records/bad.ask/{ask}/submit").status == 200
    answer = bob.browser.post(sheet, {"why": "后改"}, htmx=True, act="save")
    assert answer.status_code in (409, 412), words(answer)
    assert bob.call("GET", f"/records/bad.ask/{ask}").data["values"]["why"] == "先提交"
