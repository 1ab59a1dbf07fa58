"""Nobody gets what is another firm's, and nobody sets what is not his to set by adding keys."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from dougong.web.policy import policy_of
from tests.bad_input.attacking import Attacker, words

SYSTEM = [
    "$id",
    "$number",
    "$state",
    "$owner",
    "$department",
    "$created_at",
    "$created_by",
    "$updated_at",
    "$updated_by",
    "$version",
    "$deleted",
    "$key",
    "$rest",
    "$parent",
    "$position",
]
COLUMNS = [
    "id",
    "number",
    "state",
    "owner",
    "department",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "version",
    "deleted_at",
    "tenant",
    "role",
    "roles",
    "member",
    "user",
    "as",
    "is_admin",
    "permissions",
    "__class__",
]
NOBODY = "01890000-0000-7000-8000-999999999999"


@pytest.mark.parametrize("name", [*SYSTEM, *COLUMNS])
def test_keys_that_are_no_fields_are_refused(bob: Attacker, name: str) -> None:
    value: Any = 99 if "version" in name else "approved" if "state" in name else NOBODY
    for form, body in (("bad.thing", {"name": "夹带"}), ("bad.ask", {"why": "夹带"})):
        reply = bob.call("POST", f"/records/{form}", {**body, name: value})
        assert (reply.status, reply.codes) == (422, {(f"/{name}", "unknown_field")}), reply.text
        record = bob.make(form, body)
        before = bob.call("GET", f"/records/{form}/{record}").data
        reply = bob.call("PATCH", f"/records/{form}/{record}", {name: value}, If_Match="*")
        assert (reply.status, reply.codes) == (422, {(f"/{name}", "unknown_field")}), reply.text
        assert bob.call("GET", f"/records/{form}/{record}").data == before
    if name != "$id":
        reply = bob.call("POST", "/records/bad.thing", {"name": "夹带", "lines": [{"what": "a", name: value}]})
        assert (reply.status, reply.codes) == (422, {(f"/lines/0/{name}", "unknown_field")}), reply.text


@pytest.mark.parametrize("name", [*SYSTEM, *COLUMNS, "cost", "twice", "code", "nosuch", "lines", "lines.x.what"])
def test_a_form_takes_its_own_inputs_only(bob: Attacker, boss: Attacker, name: str) -> None:
    sheet = bob.browser.open("bad.thing")
    answer = bob.browser.post(sheet, {"name": "夹带表", name: "97531"}, htmx=True, act="save")
    if answer.status_code == 422:
        return
    assert answer.status_code == 204, words(answer)
    made = answer.headers["HX-Redirect"].rpartition("/")[2]
    record = boss.call("GET", f"/records/bad.thing/{made}").data
    assert (record["state"], record["version"], record["owner"]) == ("active", 1, bob.call("GET", "/me").data["id"])
    assert record["number"].startswith("T-")
    assert {record["values"][each] for each in ("cost", "twice")} == {None}
    assert "97531" not in str(record["values"])


@pytest.mark.parametrize(
    "query", ["state=approved", "owner=x", "as=admin", "user=admin", "tenant=rival", "submit=maybe", "$state=approved"]
)
def test_parameters_never_act_for_somebody(bob: Attacker, query: str) -> None:
    reply = bob.call("POST", f"/records/bad.ask?{query}", {"why": "参数"})
    assert reply.status in (201, 400)
    if reply.status == 201:
        assert (reply.data["state"], reply.data["owner"]) == ("draft", bob.call("GET", "/me").data["id"])


@pytest.mark.parametrize(
    "header", ["X-Tenant", "X-User", "X-Forwarded-User", "X-Original-URL", "X-HTTP-Method-Override", "Host"]
)
def test_headers_never_act_for_somebody(bob: Attacker, header: str) -> None:
    for value in ("rival", "admin@demo.test", "/api/v1/records/bad.vault", "DELETE", "rival.test"):
        reply = bob.call("GET", "/me", **{header: value})
        assert reply.status in (200, 400)
        assert reply.status == 400 or reply.data["account"] == bob.account


# ------------------------------------------------------------------------------------------------ another firm


def test_another_firms_records_do_not_exist_on_any_address(app: Flask, boss: Attacker, rival: Attacker) -> None:
    """Every API route that takes an id is asked, by an admin, for the other firm's record and for one that is nowhere; both
    answers are the same, and the record stands as it was."""
    theirs = rival.make("bad.thing", {"name": "别家机密"})
    ask = rival.make("bad.ask", {"why": "别家机密"})
    before = [rival.call("GET", f"/records/bad.thing/{theirs}").text, rival.call("GET", f"/records/bad.ask/{ask}").text]
    tried = 0
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/") or "record" not in rule.arguments:
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            for form, id_ in (("bad.thing", theirs), ("bad.ask", ask)):
                for path in _paths(rule, form):
                    tried += 1
                    answers = [_asked(boss, method, path.replace("ID", each)) for each in (id_, NOBODY)]
                    assert answers[0].status == 404, (method, path, answers[0].text)
                    assert _same(answers[0].data, id_) == _same(answers[1].data, NOBODY)
    assert tried >= 20
    assert before == [
        rival.call("GET", f"/records/bad.thing/{theirs}").text,
        rival.call("GET", f"/records/bad.ask/{ask}").text,
    ]
    for query in ("", "?filter=true", "?count=true&limit=200"):
        assert "别家机密" not in boss.call("GET", f"/records/bad.thing{query}").text
    assert "别家机密" not in boss.call("POST", "/records/bad.thing/aggregate", {"group": ["name"]}).text
    assert "别家机密" not in boss.browser.get("/f/bad.thing?q=别家").text.replace('value="别家', "")


def _paths(rule: Rule, form: str) -> list[str]:
    path = rule.rule.removeprefix("/api/v1").replace("<form>", form).replace("<record>", "ID")
    if "<any(" in path:
        head, _, tail = path.partition("<any(")
        return [head + each for each in tail.partition(")")[0].split(",")]
    return [path]


def _asked(who: Attacker, method: str, path: str) -> Any:
    return who.call(method, path, {} if method in ("POST", "PATCH") else None, If_Match="*")


def _same(data: Any, id_: str) -> str:
    return str({name: value for name, value in data.items() if name != "request_id"}).replace(id_, "ID")


@pytest.mark.parametrize("path", ["/f/bad.thing/{}", "/f/bad.thing/{}/edit", "/f/bad.ask/{}"])
def test_pages_of_another_firms_records(boss: Attacker, rival: Attacker, path: str) -> None:
    theirs = rival.make("bad.ask" if "ask" in path else "bad.thing", {"why" if "ask" in path else "name": "别家页"})
    assert boss.browser.get(path.format(theirs)).status_code == 404
    sheet = rival.browser.open("bad.thing")
    token = sheet.rpartition("/")[2]
    assert boss.browser.get(f"/f/bad.thing/new?sheet={token}").status_code == 404
    assert boss.browser.post(sheet, {"name": "插手"}, act="save").status_code == 404
    assert boss.browser.post(f"{sheet}/refresh", {"name": "插手"}, htmx=True).status_code == 404


def test_another_firms_files_do_not_exist(app: Flask, boss: Attacker, rival: Attacker) -> None:
    import io

    headers = {"Authorization": f"Bearer {rival.bearer}"}
    sent = app.test_client().post("/api/v1/files", data={"file": (io.BytesIO(b"secret"), "a.txt")}, headers=headers)
    assert sent.status_code == 201
    file = sent.get_json()["id"]
    for path in (file, NOBODY, "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "x"):
        reply = boss.call("GET", f"/files/{path}")
        assert reply.status == 404, path
    refused = boss.call("POST", "/records/bad.thing", {"name": "偷档", "papers": [file]})
    assert (refused.status, {code for _, code in refused.codes}) == (422, {"reference"})


def test_bulk_lines_cannot_reach_another_firms_records(boss: Attacker, rival: Attacker) -> None:
    theirs = rival.make("bad.thing", {"name": "别家批"})
    for line in ({"$id": theirs, "name": "改掉"}, {"id": theirs, "name": "改掉"}):
        import simplejson

        boss.call("POST", "/records/bad.thing/bulk?partial=true", simplejson.dumps(line))
    assert rival.call("GET", f"/records/bad.thing/{theirs}").data["values"]["name"] == "别家批"


def test_every_route_asks_who_it_is(app: Flask) -> None:
    """Without a token no API route answers anything but 401; without a session no page but the public ones."""
    client = app.test_client(use_cookies=False)
    for rule in app.url_map.iter_rules():
        kind = policy_of(app, rule.endpoint)
        address = rule.rule
        for name in rule.arguments:
            start = address.index("<")
            address = (
                address[:start]
                + ("submit" if "any(" in address[start:] else "x")
                + address[address.index(">", start) + 1 :]
            )
            assert name
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            answer = client.open(address, method=method)
            if kind == "token":
                assert answer.status_code == 401, (method, address, answer.status_code)
            elif kind != "public":
                assert answer.status_code in (303, 401, 403), (method, address, answer.status_code)


@pytest.mark.parametrize(
    "token", ["", "x", "Bearer", "Bearer ", "Basic YTpi", "Bearer " + "x" * 5000, "Bearer \x01", "bearer null"]
)
def test_tokens_that_are_none(app: Flask, token: str) -> None:
    answer = app.test_client().get("/api/v1/me", headers={"Authorization": token})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_clerks_do_no_admin_work(bob: Attacker, app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if policy_of(app, rule.endpoint) == "admin" and "GET" in (rule.methods or ()) and not rule.arguments:
            assert bob.browser.get(rule.rule).status_code in (403, 404), rule.rule
    vault = bob.call("GET", "/records/bad.vault")
    nowhere = bob.call("GET", "/records/bad.nowhere")
    assert (vault.status, nowhere.status) == (404, 404)
    assert (
        _same(vault.data, "bad.vault") == _same(nowhere.data, "bad.nowhere").replace("bad.nowhere", "ID")
        or vault.code == nowhere.code
    )
    for method, path in (
        ("POST", ""),
        ("POST", "/bulk"),
        ("POST", "/aggregate"),
        ("GET", f"/{NOBODY}"),
        ("DELETE", f"/{NOBODY}"),
    ):
        assert (
            bob.call(method, f"/records/bad.vault{path}", {} if method == "POST" else None, If_Match="*").status == 404
        )


def test_what_is_anothers_own_stays_so(bob: Attacker, eve: Attacker) -> None:
    ask = eve.make("bad.ask", {"why": "eve 自己的"})
    assert bob.call("GET", f"/records/bad.ask/{ask}").status == 404
    assert bob.call("PATCH", f"/records/bad.ask/{ask}", {"why": "抢"}, If_Match="*").status == 404
    assert bob.call("DELETE", f"/records/bad.ask/{ask}", If_Match="*").status == 404
    assert bob.call("POST", f"/records/bad.ask/{ask}/submit").status == 404
    assert "eve 自己的" not in bob.call("GET", "/records/bad.ask?count=true").text
    explain = bob.call("GET", f"/explain?form=bad.ask&action=view&id={ask}")
    assert explain.status == 404 or "eve 自己的" not in explain.text
