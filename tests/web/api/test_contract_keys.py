"""Idempotency keys: however often and however much at once a request is sent, it happens once and has one answer."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable

import pytest

from tests.web.api.calling import Caller, Reply

ITEMS = "/records/api.item"


@pytest.fixture
def key() -> str:
    return str(uuid.uuid4())


def _count(caller: Caller, name: str) -> int:
    return int(caller.get(f"{ITEMS}?filter=name%3D%22{name}%22&count=true").data["count"])


def _together(times: int, send: Callable[[int], Reply]) -> list[Reply]:
    """The answers of as many requests at once."""
    barrier, answers = threading.Barrier(times), dict[int, Reply]()

    def one(n: int) -> None:
        barrier.wait()
        answers[n] = send(n)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(times)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == times
    return list(answers.values())


def test_twenty_at_once_make_one_record_and_get_one_answer(bob: Caller, key: str) -> None:
    name = key[:8]
    body = b'{"name": "%s", "price": 12.50, "count": 600}' % name.encode()
    got = _together(20, lambda _: bob.post(ITEMS, body, Idempotency_Key=key))
    assert Counter(each.status for each in got) == {201: 20}
    assert len({each.text for each in got}) == 1
    assert len({(each.headers["Location"], each.headers["ETag"]) for each in got}) == 1
    assert Counter(each.headers.get("Idempotency-Replayed") for each in got) == {"true": 19, None: 1}
    assert _count(bob, name) == 1
    assert bob.post(ITEMS, body, Idempotency_Key=key).text == got[0].text


def test_twenty_bodies_with_one_key_make_one_record(bob: Caller, key: str) -> None:
    got = _together(20, lambda n: bob.post(ITEMS, {"name": key[:8], "count": n}, Idempotency_Key=key))
    assert Counter(each.status for each in got) == {201: 1, 422: 19}
    assert {each.data["code"] for each in got if each.status == 422} == {"key_reused"}
    assert _count(bob, key[:8]) == 1


def test_another_body_address_or_question_is_another_request(bob: Caller, key: str) -> None:
    asks = "/records/api.ask"
    assert bob.post(asks, {"why": "一"}, Idempotency_Key=key).status == 201
    for got in (bob.post(asks, {"why": "二"}, Idempotency_Key=key), bob.post(ITEMS, {"why": "一"}, Idempotency_Key=key),
                bob.post(f"{asks}?submit=true", {"why": "一"}, Idempotency_Key=key)):  # fmt: skip
        assert (got.status, got.data["code"]) == (422, "key_reused")


def test_a_refused_request_leaves_its_key_free(bob: Caller, key: str) -> None:
    assert bob.post(ITEMS, {"count": -1}, Idempotency_Key=key).status == 422
    assert bob.post(ITEMS, b"{", Idempotency_Key=key).status == 400
    got = bob.post(ITEMS, {"name": "改好了"}, Idempotency_Key=key)
    assert (got.status, got.headers.get("Idempotency-Replayed")) == (201, None)


def test_a_key_belongs_to_one_member(bob: Caller, eve: Caller, key: str) -> None:
    first, second = (each.post(ITEMS, {"name": key[:8]}, Idempotency_Key=key) for each in (bob, eve))
    assert first.data["id"] != second.data["id"]


def test_a_change_is_made_once_though_the_version_has_gone_on(bob: Caller, key: str) -> None:
    path = f"{ITEMS}/{bob.post(ITEMS, {'name': '改一次'}).data['id']}"
    sent = {"If_Match": '"1"', "Idempotency_Key": key}
    first = bob.patch(path, {"count": 1}, **sent)
    bob.patch(path, {"count": 2}, If_Match='"2"')
    again = bob.patch(path, {"count": 1}, **sent)
    assert (again.status, again.text, again.headers["ETag"]) == (200, first.text, '"2"')
    assert again.headers["Idempotency-Replayed"] == "true"
    assert bob.get(path).data["values"]["count"] == 2


def test_acts_and_deletions_happen_once_too(bob: Caller, key: str) -> None:
    path = f"/records/api.ask/{bob.post('/records/api.ask', {'why': '一次'}).data['id']}"
    got = _together(8, lambda _: bob.post(f"{path}/submit", Idempotency_Key=key))
    assert {(each.status, each.text) for each in got} == {(200, got[0].text)}
    item = f"{ITEMS}/{bob.post(ITEMS, {'name': '删一次'}).data['id']}"
    twice = [bob.delete(item, If_Match='"1"', Idempotency_Key=key + "d") for _ in range(2)]
    assert [(each.status, each.headers.get("Idempotency-Replayed")) for each in twice] == [(204, None), (204, "true")]


def test_without_a_key_the_second_is_told(bob: Caller) -> None:
    path = f"/records/api.ask/{bob.post('/records/api.ask', {'why': '抢'}).data['id']}"
    got = _together(8, lambda _: bob.post(f"{path}/submit"))
    assert Counter(each.status for each in got) == {200: 1, 409: 7}
    assert {each.data["code"] for each in got if each.status == 409} == {"already_done"}


def test_bulk_and_uploads_carry_keys_too(bob: Caller, key: str) -> None:
    lines = b'{"name": "%s"}\n{"price": 1}' % key[:8].encode()
    bulk = [bob.post(f"{ITEMS}/bulk?partial=true", lines, Idempotency_Key=key) for _ in range(2)]
    assert bulk[0].text == bulk[1].text
    assert _count(bob, key[:8]) == 1
    files = _together(6, lambda _: bob.upload("合同.txt", b"one", Idempotency_Key=key + "f"))
    assert {(each.status, each.text) for each in files} == {(201, files[0].text)}
    assert bob.upload("合同.txt", b"two", Idempotency_Key=key + "f").data["code"] == "key_reused"


@pytest.mark.parametrize("key", ["", "  ", "x" * 256])
def test_a_key_that_is_none(bob: Caller, key: str) -> None:
    assert bob.post(ITEMS, {"name": "a"}, Idempotency_Key=key).status == 400


def test_two_editors_at_once_one_wins(bob: Caller) -> None:
    path = f"{ITEMS}/{bob.post(ITEMS, {'name': '争'}).data['id']}"
    got = _together(10, lambda n: bob.patch(path, {"count": n}, If_Match='"1"'))
    assert Counter(each.status for each in got) == {200: 1, 412: 9}
    (won,) = [each.data["values"]["count"] for each in got if each.status == 200]
    assert bob.get(path).data["values"]["count"] == won
