"""What an actor may not see makes no difference to any answer: the same questions are asked before and after everything
hidden has changed, and every answer is the same to the letter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dougong.actions.aggregate_records import aggregate_records
from dougong.actions.create_record import create_record
from dougong.actions.describe_forms import describe_form, explain_access, list_forms
from dougong.actions.installation import Installation
from dougong.actions.read_history import read_history
from dougong.actions.read_record import find_records, read_record
from dougong.actions.transition_record import transition_record
from dougong.actions.update_record import update_record
from dougong.kernel.actor import Actor, operator
from dougong.kernel.errors import DougongError
from dougong.records.query import Query

FIRM = operator("demo")
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
FORMS: dict[str, Any] = {
    "boss": {
        "policies": [{"roles": ["*"], "actions": ["view"], "rows": "open", "fields": {"pay": "hidden"}}],
        "record": {"type": "object", "properties": {"name": TEXT, "open": {"type": "boolean"}, "pay": WHOLE}},
    },
    "job": {
        "policies": [
            {"roles": ["*"], "actions": ["view"], "rows": "size < 10",
             "fields": {"cost": "hidden", "lines.price": "hidden"}},
            {"roles": ["boss"], "actions": ["view", "edit"], "rows": "size < 5", "fields": {"lines.price": "masked"}},
        ],
        "record": {
            "type": "object",
            "properties": {
                "name": TEXT,
                "size": WHOLE,
                "cost": WHOLE,
                "boss": {"type": "string", "x-ref": "m.boss"},
                "lines": {"type": "array", "items": {"type": "object", "properties": {"what": TEXT, "price": WHOLE}}},
            },
        },
    },
}  # fmt: skip

FILTERS = [
    None, "size > 2", "boss.name = 'shut'", "isblank(boss.name)", "boss.pay > 3", "cost > 1", "cost = 'x'",
    "count(lines) > 0", "sum(lines.price) > 3", "count(lines, what = 'a') = 1", "count(lines, price = 5) = 1",
    "name & boss.name = 'ashut'", "boss in ('x')", "$number = '1'", "boss.open", "not boss.open", "nonsense = 1",
]  # fmt: skip
SORTS: list[list[str]] = [[], ["size"], ["-boss.name"], ["cost"], ["boss.pay"], ["-name", "boss"]]
GROUPS: list[tuple[list[str], dict[str, str]]] = [
    ([], {"n": "count()", "s": "sum(size)", "top": "max(size)"}),
    (["boss"], {"n": "count()"}),
    (["boss.name"], {"n": "count(boss.name)"}),
    (["boss.pay"], {}),
    ([], {"c": "sum(cost)"}),
    (["lines.what"], {"n": "count()"}),
    ([], {"p": "sum(lines.price)"}),
    (["cost"], {}),
]


def _answers(inst: Installation, actor: Actor, ids: list[str]) -> list[Any]:
    """Everything the actor is told, as text without the moment and version of the last change."""
    found: list[Any] = []

    def ask(question: Callable[[], Any]) -> None:
        try:
            found.append(_cut(question()))
        except DougongError as error:
            found.append((error.code, {k: v for k, v in error.params.items() if k != "formula"}))

    for text in FILTERS:
        for sort in SORTS:
            ask(
                lambda t=text, s=sort: find_records(inst, actor, "m.job", Query(filter=t, sort=s, count=True)).as_json()
            )
    for fields in (["boss.name"], ["boss.pay"], ["cost"], ["lines.price"], ["lines.what"], ["name,boss"]):
        ask(lambda f=fields: find_records(inst, actor, "m.job", Query(fields=f)).as_json())
    for words in ("shut", "open", "a", "b", "secret"):
        ask(lambda w=words: find_records(inst, actor, "m.job", Query(words=w)).as_json())
    page = find_records(inst, actor, "m.job", Query(sort=["size"], limit=1))
    ask(lambda: find_records(inst, actor, "m.job", Query(sort=["size"], limit=1, after=page.page.next)).as_json())
    for group, measures in GROUPS:
        ask(lambda g=group, m=measures: aggregate_records(inst, actor, "m.job", group=g, measures=m))
    for each in ids:
        ask(lambda e=each: read_record(inst, actor, "m.job", e).shown)
        ask(lambda e=each: explain_access(inst, actor, "m.job", "edit", e))
        ask(lambda e=each: [act["changes"] for act in read_history(inst, actor, "m.job", e) if act["changes"]])
    ask(lambda: (list_forms(inst, actor), describe_form(inst, actor, "m.job")))
    return found


def _cut(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {
            name: _cut(value) for name, value in answer.items() if name not in ("version", "updated_at", "updated_by")
        }
    return [_cut(each) for each in answer] if isinstance(answer, list) else answer


@pytest.mark.parametrize("role", ["nobody", "boss"])
def test_hidden_data_makes_no_difference(
    installation: Installation, member: Callable[..., Actor], publish: Callable[..., None], role: str
) -> None:
    publish(m=FORMS)
    actor = member("bob", role)
    bosses = {
        name: create_record(installation, FIRM, "m.boss", {"name": name, "open": name == "open", "pay": 3})["id"]
        for name in ("open", "shut")
    }
    jobs = [
        create_record(
            installation, FIRM, "m.job",
            {"name": name, "size": size, "cost": 1, "boss": bosses[boss], "lines": [{"what": "a", "price": 5}]},
        )["id"]
        for name, size, boss in (("a", 7, "shut"), ("b", 8, "open"), ("c", 9, "shut"), ("hid", 50, "open"))
    ]  # fmt: skip
    before = _answers(installation, actor, jobs)
    _change_everything_hidden(installation, bosses, jobs)
    after = _answers(installation, actor, jobs)
    assert before == after
    assert len([each for each in before if isinstance(each, dict) and each.get("items")]) > 10


def _change_everything_hidden(inst: Installation, bosses: dict[str, str], jobs: list[str]) -> None:
    update_record(inst, FIRM, "m.boss", bosses["shut"], {"name": "secret", "pay": 99})
    update_record(inst, FIRM, "m.boss", bosses["open"], {"pay": 98})
    for job in jobs[:3]:
        (line,) = read_record(inst, FIRM, "m.job", job).shown["values"]["lines"]
        update_record(inst, FIRM, "m.job", job, {"cost": 77, "lines": [{**line, "price": 1}]})
    update_record(inst, FIRM, "m.job", jobs[3], {"name": "a", "size": 60, "boss": bosses["shut"], "lines": []})
    for size in (10, 20):
        create_record(inst, FIRM, "m.job", {"name": "a", "size": size, "cost": 1, "boss": bosses["open"]})
    gone = create_record(inst, FIRM, "m.job", {"name": "b", "size": 1})["id"]
    transition_record(inst, FIRM, "m.job", gone, "delete")
