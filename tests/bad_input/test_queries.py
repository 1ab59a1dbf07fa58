"""Filters, sorts, fields and groups that name what is not there or what one may not see, or that would run away."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from flask import Flask

from tests import makers
from tests.bad_input.attacking import Attacker, words

#: What a clerk may not see, beside what nobody has.
GONE = ["cost", "nosuch", "above.cost", "above.nosuch", "vault.what", "asked.nosuch"]
RUNAWAY = [
    "1+" * 50_000 + "1",
    "(" * 20_000 + "1" + ")" * 20_000,
    "not " * 20_000 + "true",
    "-" * 20_000 + "1 = 1",
    "if(true," * 3_000 + "1",
    '"' + "x" * 300_000 + '" = name',
    "name in (" + ",".join(['"a"'] * 50_000) + ")",
    "9^9^9",
    "9**9**9",
    'rept("x", 1000000000) = "a"',
    'replace(rept("a", 100000), "a", rept("b", 100000)) = ""',
    "sum(lines.n)" + " + sum(lines.n)" * 2_000 + " > 1",
    "`" + "a" * 10_000 + "` = 1",
    "count = 1e999999999",
    'above.above.above.above.above.name = "a"',
    "round(price, 1000000000) > 1",
    "count = " + "9" * 10_000,
]
BROKEN = [
    "name =",
    "= 1",
    "name = 'a",
    'name = "a',
    "(name",
    "name)",
    "name name",
    "1",
    "name",
    "count + 1",
    "count = 'a'",
    "nosuchfunction(1)",
    "sum()",
    "name; drop table x",
    "name = 1 -- ",
    "1=1) or (1=1",
    "name like '%'",
    "exists(select 1)",
    "__import__('os')",
    "name.__class__ = 1",
    "{{7*7}}",
    "\x00",
    "\ud7ff",
    "`",
    "rmb_upper(price) = 'a'",
    "$password = 'x'",
    "today() = nosuch",
    "lines = 1",
    "lines.n = 1",
    "above = 5",
    "extra = 1",
]

#: Odd, but they mean something: any name may be given to a measure, a sum of one value is that value.
HARMLESS = [
    {"measures": {"": "count()"}},
    {"measures": {"x" * 500: "count()"}},
    {"measures": {"a\x00": "count()"}},
    {"measures": {"a": "sum(sum(count))"}},
    {"filter": "sum(count) > 1"},
    {"after": "x"},
]


def listed(who: Attacker, query: str, form: str = "bad.thing"):  # type: ignore[no-untyped-def]
    return who.call("GET", f"/records/{form}?{query}")


def test_hidden_and_unknown_names_get_the_same_answer_everywhere(bob: Attacker) -> None:
    for hidden, unknown in (("cost", "nosuch"), ("above.cost", "above.nosuch")):
        for ask in ("filter={} %3E 1", "sort={}", "sort=-{}", "fields={}", "fields=name,{}"):
            answers = [listed(bob, ask.format(name)) for name in (hidden, unknown)]
            assert [each.status for each in answers] == [400, 400], (ask, [each.text for each in answers])
            assert {each.code for each in answers} == {"unknown_field"}
            said = [
                (
                    each.data["title"].replace(name, "?").replace(name.rpartition(".")[2], "?"),
                    {p["pointer"] for p in each.data["problems"]},
                )
                for each, name in zip(answers, (hidden, unknown), strict=True)
            ]
            assert said[0] == said[1]
        bodies = ({"group": ["{}"]}, {"measures": {"t": "sum({})"}}, {"filter": "{} > 1"})
        for body in bodies:
            import simplejson

            texts = [simplejson.dumps(body).replace("{}", name) for name in (hidden, unknown)]
            answers = [bob.call("POST", "/records/bad.thing/aggregate", text) for text in texts]
            assert [(each.status, each.code) for each in answers] == [(400, "unknown_field")] * 2, [
                a.text for a in answers
            ]


@pytest.mark.parametrize("name", GONE)
def test_names_that_do_not_exist(bob: Attacker, name: str) -> None:
    for lang in ("zh_CN", "en"):
        for ask in (f"filter={quote(name)} = 'a'", f"sort={quote(name)}", f"fields={quote(name)}"):
            reply = bob.call("GET", f"/records/bad.thing?{ask}", lang=lang)
            assert (reply.status, reply.code) == (400, "unknown_field"), (ask, reply.text)


def test_an_invisible_reference_gives_nothing_away(bob: Attacker, boss: Attacker) -> None:
    vault = boss.make("bad.vault", {"what": "绝密"})
    thing = boss.make("bad.thing", {"name": "指着密", "vault": vault})
    shown = bob.call("GET", f"/records/bad.thing/{thing}")
    assert "绝密" not in shown.text
    for ask in ("filter=vault.what = '绝密'", "sort=vault.what", "fields=vault.what"):
        assert "绝密" not in listed(bob, quote(ask, safe="=&")).text
        assert listed(bob, quote(ask, safe="=&")).status == 400
    assert "绝密" not in bob.browser.get(f"/f/bad.thing/{thing}").text
    assert "绝密" not in bob.browser.get("/f/bad.thing?q=指着密").text
    assert "绝密" not in bob.call("GET", f"/records/bad.thing/{thing}/history").text


@pytest.mark.parametrize("text", RUNAWAY, ids=[str(n) for n in range(len(RUNAWAY))])
def test_formulas_that_would_run_away_are_stopped(bob: Attacker, text: str) -> None:
    begun = time.process_time()
    reply = listed(bob, f"filter={quote(text)}")
    assert reply.status in (200, 400, 413), reply.text[:300]
    assert time.process_time() - begun < 2
    if reply.status == 400:
        assert len(reply.data["title"]) < 400
    page = bob.browser.get(f"/f/bad.thing?filter={quote(text)}")
    assert page.status_code in (200, 400, 413, 414)


@pytest.mark.parametrize("text", BROKEN, ids=[str(n) for n in range(len(BROKEN))])
def test_broken_filters_say_where(bob: Attacker, text: str) -> None:
    for lang in ("zh_CN", "en"):
        reply = bob.call("GET", f"/records/bad.thing?filter={quote(text)}", lang=lang)
        assert reply.status == 400, (text, reply.text[:300])
        assert reply.data["title"]
    page = bob.browser.get(f"/f/bad.thing?filter={quote(text)}")
    assert page.status_code == 200
    assert 'role="alert"' in page.text or "alert" in page.text
    aggregate = bob.call("POST", "/records/bad.thing/aggregate", {"filter": text, "measures": {"n": "count()"}})
    assert aggregate.status == 400, aggregate.text


@pytest.mark.parametrize(
    "ask",
    [
        "limit=0",
        "limit=-1",
        "limit=201",
        "limit=abc",
        "limit=1e2",
        "limit=99999999999999999999",
        "limit=",
        "limit=٣",
        "after=nonsense",
        "after=" + "x" * 5000,
        "after=eyJhIjoxfQ",
        "after=%00",
        "count=maybe",
        "nosuch=1",
        "sort=,",
        "sort=--name",
        "sort=name desc",
        "sort=name;drop",
        "sort=lines",
        "sort=extra",
        "fields=,",
        "sort=" + ",".join(["name"] * 500),
        "fields=*",
        "sort=$nosuch",
        "filter=true&filter=false",
        "owner=x",
        "tenant=rival",
        "as=admin",
    ],
)
def test_broken_parameters(bob: Attacker, ask: str) -> None:
    for lang in ("zh_CN", "en"):
        reply = bob.call("GET", f"/records/bad.thing?{ask}", lang=lang)
        assert reply.status in (200, 400), reply.text
        assert reply.status == 400 or ask in ("limit=", "sort=,", "fields=,", "filter=true&filter=false", "after="), ask
    assert bob.browser.get(f"/f/bad.thing?{ask}").status_code in (200, 400)


def test_a_cursor_of_another_question_or_firm_is_refused(bob: Attacker, rival: Attacker) -> None:
    for who in (bob, rival):
        for n in range(3):
            who.make("bad.thing", {"name": f"游标{n}"})
    first = listed(bob, "limit=1&sort=name").data["next"]
    assert first
    assert listed(bob, f"limit=1&sort=name&after={quote(first)}").status == 200
    for ask in (
        f"limit=1&sort=-name&after={quote(first)}",
        f"limit=1&after={quote(first)}",
        f"limit=1&sort=name&after={quote(first[:-3])}",
        f"limit=1&sort=name&filter=count%3D1&after={quote(first)}",
    ):
        assert listed(bob, ask).status == 400, ask
    assert listed(rival, f"limit=1&sort=name&after={quote(first)}").status == 400


@pytest.mark.parametrize(
    "body",
    [
        {"group": "name"},
        {"group": [1]},
        {"group": ["name"] * 50},
        {"measures": []},
        {"measures": {"a": 1}},
        {"measures": {"a": ""}},
        {"measures": {"a": "name"}},
        {"measures": {"": "count()"}},
        {"measures": {"x" * 500: "count()"}},
        {"measures": {"a": "sum(name)"}},
        {"filter": 1},
        {"limit": 0},
        {"limit": True},
        {"limit": 1.5},
        {"after": "x"},
        {"nosuch": 1},
        {"group": ["nosuch"]},
        {"measures": {"a": "count(); drop"}},
        {"measures": {f"m{n}": "count()" for n in range(500)}},
        {"group": ["lines"]},
        {"group": ["extra"]},
        {"measures": {"a": "sum(sum(count))"}},
        {"filter": "sum(count) > 1"},
        {"measures": {"a\x00": "count()"}},
        {"group": [""]},
    ],
)
def test_broken_aggregates(bob: Attacker, body: dict[str, object]) -> None:
    for lang in ("zh_CN", "en"):
        reply = bob.call("POST", "/records/bad.thing/aggregate", body, lang=lang)
        assert reply.status in (200, 400, 422), reply.text
    assert reply.status in (400, 422) or body in HARMLESS, reply.text


@pytest.mark.parametrize(
    "address",
    [
        "/f/bad.thing?view=nosuch",
        "/f/bad.thing?sort=nosuch",
        "/f/bad.thing?after=x",
        "/f/bad.thing?q=%00",
        "/f/bad.thing?q=" + "%25" * 100,
        "/f/bad.thing/filter?f0=nosuch&o0=%3D&v0=1",
        "/f/bad.thing/filter?f0=count&o0=%3D&v0=abc",
        "/f/bad.thing/filter?f0=count&o0=drop&v0=1",
        "/f/bad.thing/filter?f0=day&o0=%3D&v0=2026-02-30",
        "/f/bad.thing/filter?f0=price&o0=%3E&v0=1e400",
        "/f/bad.thing/filter?write=%00",
        "/f/bad.thing/filter?drop=x",
        "/f/bad.thing/filter?f0=cost&o0=%3E&v0=1",
        "/f/bad.thing/filter?f0=words&o0=has&v0=" + "x" * 3000,
        "/f/nosuch.form",
        "/f/bad",
        "/f/..%2f..",
        "/f/bad.thing/nosuch",
        "/f/bad.thing/%27",
        "/f/bad.thing/nosuch/edit",
        "/f/bad.vault",
        "/f/bad.vault/new",
        "/f/bad.thing/new?sheet=nosuch",
        "/f/bad.thing/new?sheet=%00",
    ],
)
def test_pages_asked_for_nonsense(bob: Attacker, address: str) -> None:
    for lang in ("zh_CN", "en"):
        bob.browser.speak(lang)
        for htmx in (False, True):
            page = bob.browser.get(address, htmx=htmx)
            assert page.status_code in (200, 400, 403, 404), (page.status_code, address)
            assert len(words(page)) > 3 or htmx
    bob.browser.speak("zh_CN")


def test_a_hidden_field_with_a_dollar_sign_stays_hidden(app: Flask, bob: Attacker, boss: Attacker) -> None:
    policy = {"roles": ["clerk"], "actions": ["view", "create"], "fields": {"$cost": "hidden"}}
    properties = {"name": {"type": "string"}, "$cost": {"type": "integer"}, "$type": {"type": "string"}}
    form = {"title": "钱", "record": {"type": "object", "properties": properties}, "policies": [policy]}
    makers.publish(app.extensions["dougong"], "demo", {"dollar": {"item": form}})
    boss.make("dollar.item", {"name": "a", "$cost": 7, "$type": "t"})
    for ask in ("filter=`$cost` = 7", "sort=`$cost`", "sort=$cost", "fields=$cost", "filter=$cost > 1"):
        hidden, unknown = (
            listed(bob, quote(each, safe="=&"), "dollar.item") for each in (ask, ask.replace("$cost", "$nosuch"))
        )
        assert (hidden.status, hidden.code) == (unknown.status, unknown.code) == (400, "unknown_field"), (
            ask,
            hidden.text,
        )
    shown = listed(bob, quote("filter=`$type` = 't'", safe="="), "dollar.item").data["items"]
    assert [each["values"] for each in shown] == [{"name": "a", "$type": "t"}]
