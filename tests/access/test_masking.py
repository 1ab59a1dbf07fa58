"""A masked value is told to nobody who may not read it, and cannot be found out by asking: path by path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from dougong.actions.aggregate_records import aggregate_records
from dougong.actions.create_record import create_record
from dougong.actions.describe_forms import describe_form
from dougong.actions.export_records import Wanted, columns_of, export_rows
from dougong.actions.find_options import find_options
from dougong.actions.installation import Installation
from dougong.actions.read_history import read_history
from dougong.actions.read_record import find_records, read_record
from dougong.actions.update_record import update_record
from dougong.kernel.actor import Actor, operator
from dougong.kernel.errors import DougongError, Invalid, Malformed, Stale
from dougong.records.query import Query
from dougong.storage import own

FIRM = operator("demo")
TEXT = {"type": "string"}
CARD, OTHER_CARD = "11010519491231002X", "110105194912310038"
VALUES = {
    "phone": "13812345678", "card": CARD, "mail": "fang.qiang@yard.test", "pay": 54321, "born": "1949-12-31",
    "bank": "6222021234567890", "words": ["hush"], "site": "https://yard.test/hush", "lasts": "PT7H",
}  # fmt: skip
MASKS = {
    "phone": "138****5678", "card": "1101**********002X", "mail": "f***@yard.test", "pay": "****", "born": "****",
    "bank": "****7890", "words": "****", "site": "https://yard.test/****", "lasts": "****", "twice": "****",
}  # fmt: skip
TOLD = (
    "13812345678",
    CARD,
    "fang.qiang",
    "54321",
    "108642",
    "1949-12-31",
    "6222021234567890",
    "hush",
    "PT7H",
    "hunter2",
)
FORMS: dict[str, Any] = {
    "person": {
        "policies": [
            {"roles": ["*"], "actions": ["view", "edit", "export"],
             "fields": {**dict.fromkeys(MASKS, "masked"), "name": "masked", "lines.price": "masked"}},
        ],
        "record": {
            "type": "object",
            "properties": {
                "name": TEXT,
                "note": TEXT,
                "phone": {"type": "string", "x-type": "phone"},
                "card": {"type": "string", "x-type": "id_card"},
                "mail": {"type": "string", "format": "email"},
                "site": {"type": "string", "format": "uri"},
                "pay": {"type": "number", "x-type": "money"},
                "twice": {"x-formula": "pay * 2"},
                "born": {"type": "string", "format": "date"},
                "bank": TEXT,
                "words": {"type": "array", "items": TEXT},
                "lasts": {"type": "string", "x-type": "duration"},
                "key": {"type": "string", "x-type": "secret"},
                "lines": {"type": "array", "items": {"type": "object", "properties": {
                    "what": TEXT, "price": {"type": "integer"}, "pin": {"type": "string", "x-type": "secret"}}}},
            },
        },
    },
    "job": {
        "policies": [{"roles": ["*"], "actions": ["view", "edit"]}],
        "record": {"type": "object", "properties": {"who": {"type": "string", "x-ref": "m.person"}}},
    },
}  # fmt: skip


@pytest.fixture
def person(installation: Installation, publish: Callable[..., None], member: Callable[..., Actor]) -> str:
    publish(m=FORMS)
    given = {**VALUES, "name": "hush", "key": "hunter2", "lines": [{"what": "a", "price": 54321, "pin": "hunter2"}]}
    return create_record(installation, FIRM, "m.person", given)["id"]


@pytest.fixture
def bob(member: Callable[..., Actor]) -> Actor:
    return member("bob")


def leaks(answer: Any) -> list[str]:
    return [each for each in TOLD if each in str(answer)]


def test_reading_tells_masks(installation: Installation, person: str, bob: Actor) -> None:
    shown = read_record(installation, bob, "m.person", person).shown
    assert {name: shown["values"][name] for name in MASKS} == MASKS
    assert shown["values"]["key"] == "••••"
    assert [(row["price"], row["pin"]) for row in shown["values"]["lines"]] == [("****", "••••")]
    assert leaks(shown) == []
    assert leaks(find_records(installation, bob, "m.person", Query()).as_json()) == []


def test_nobody_reads_a_secret_not_even_an_admin(installation: Installation, person: str) -> None:
    shown = read_record(installation, FIRM, "m.person", person).shown
    assert shown["values"]["key"] == "••••"
    assert shown["values"]["card"] == CARD
    update_record(installation, FIRM, "m.person", person, {"key": "hunter22"})
    acts = read_history(installation, FIRM, "m.person", person)
    assert [(each["old"], each["new"]) for each in acts[0]["changes"]] == [("••••", "••••")]
    assert "hunter2" not in str(acts)
    with installation.database.tenant("demo").read() as conn:
        assert "hunter2" not in str(conn.execute(select(own.audit.c.changes)).all())
    for question in (Query(filter="key = 'hunter22'"), Query(filter="isblank(key)"), Query(sort=["key"])):
        with pytest.raises(Malformed, match="unknown_field"):
            find_records(installation, FIRM, "m.person", question)
    assert find_records(installation, FIRM, "m.person", Query(words="hunter22")).items == []
    update_record(installation, FIRM, "m.person", person, {"key": None})
    assert read_record(installation, FIRM, "m.person", person).shown["values"]["key"] is None


def test_the_history_leaves_out_what_is_masked(installation: Installation, person: str, bob: Actor) -> None:
    update_record(installation, FIRM, "m.person", person, {"phone": "13912345678", "note": "n"})
    acts = read_history(installation, bob, "m.person", person)
    assert leaks(acts) == []
    assert "13912345678" not in str(acts)
    assert [each["field"] for each in acts[0]["changes"]] == ["note"]


@pytest.mark.parametrize("name", [*MASKS, "name", "lines.price"])
def test_no_question_names_it(installation: Installation, person: str, bob: Actor, name: str) -> None:
    within = "count(lines, price > 0) = 1" if name == "lines.price" else f"not isblank({name})"
    for question in (Query(filter=within), Query(sort=[name])):
        with pytest.raises(Malformed):
            find_records(installation, bob, "m.person", question)
    for group, measures in (([name], {}), ([], {"n": f"count({name})"}), ([], {"m": f"max({name})"})):
        with pytest.raises(Malformed):
            aggregate_records(installation, bob, "m.person", group=group, measures=measures)


def test_search_titles_and_pickers_do_not_know_it(installation: Installation, person: str, bob: Actor) -> None:
    for words in ("138", "13812345678", "110105", "fang", "6222", "hush"):
        assert find_records(installation, bob, "m.person", Query(words=words)).items == []
        assert find_options(installation, bob, "m.job", "who", words).items == []
    job = create_record(installation, FIRM, "m.job", {"who": person})["id"]
    assert leaks(read_record(installation, bob, "m.job", job).shown) == []
    assert leaks([each.title for each in find_options(installation, bob, "m.job", "who", "").items]) == []
    through = ["who.phone"], ["who.key"], ["who.card"]
    for fields in through:
        try:
            assert leaks(find_records(installation, bob, "m.job", Query(fields=fields)).as_json()) == []
        except Malformed as error:
            assert error.code == "unknown_field"
    with pytest.raises(Malformed):
        find_records(installation, bob, "m.job", Query(filter="who.phone = '13812345678'"))


@pytest.mark.parametrize("name", ["phone", "card", "pay", "twice", "born"])
def test_the_right_guess_is_answered_like_a_wrong_one(
    installation: Installation, person: str, bob: Actor, name: str
) -> None:
    guesses: dict[str, list[Any]] = {
        "phone": ["13812345678", "13912345678"], "card": [CARD, OTHER_CARD], "pay": [54321, 1],
        "twice": [108642, 1], "born": ["1949-12-31", "1950-01-01"],
    }  # fmt: skip
    answers = []
    for guess in guesses[name]:
        with pytest.raises(Invalid) as refused:
            update_record(installation, bob, "m.person", person, {name: guess})
        answers.append([(each.code, each.pointer) for each in refused.value.problems])
    assert answers == [[("read_only", f"/{name}")]] * 2
    assert read_record(installation, FIRM, "m.person", person).shown["values"]["phone"] == "13812345678"


def test_a_conflict_tells_nothing_of_it(installation: Installation, person: str, bob: Actor) -> None:
    update_record(installation, FIRM, "m.person", person, {"note": "theirs", "key": "hunter23"})
    sent = {"note": "mine", "phone": "13912345678", "pay": 1, "key": "hunter24"}
    with pytest.raises(Stale) as stale:
        update_record(installation, bob, "m.person", person, sent, version=1)
    assert [each["field"] for each in stale.value.params["differs"]] == ["note", "key"]
    assert leaks(stale.value.params) == []


def test_what_a_form_is_said_to_be_tells_no_values(installation: Installation, person: str, bob: Actor) -> None:
    said = {each["name"]: each["level"] for each in describe_form(installation, bob, "m.person")["fields"]}
    assert {said[name] for name in MASKS} == {"masked"}
    assert leaks(describe_form(installation, bob, "m.person")) == []


def test_refusals_do_not_repeat_a_secret(installation: Installation, person: str) -> None:
    with pytest.raises(DougongError) as refused:
        update_record(installation, FIRM, "m.person", person, {"key": "hunter2" * 200})
    assert leaks(refused.value.params) == []
    assert leaks([each.params for each in getattr(refused.value, "problems", ())]) == []


def test_a_file_holds_masks_and_no_secret(
    installation: Installation, person: str, member: Callable[..., Actor]
) -> None:
    def cells(actor: Actor, *names: str) -> dict[str, str]:
        columns = columns_of(installation, actor, "m.person", names or None)
        (row,) = export_rows(installation, actor, "m.person", Wanted())
        return {each.name: each.text(row) for each in columns}

    found = cells(FIRM)
    assert "key" not in found
    assert found["card"] == CARD
    assert cells(FIRM, "key", "phone") == {"key": "", "phone": "13812345678"}
    guarded = cells(member("carol", "out"))
    assert leaks(guarded) == []
    assert {name: guarded[name] for name in MASKS} == MASKS
