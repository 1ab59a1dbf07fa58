"""Search: in Chinese, by pinyin and its initials; never through what one may not read; kept with every write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from dougong.actions.create_record import create_record
from dougong.actions.find_options import find_any, find_options
from dougong.actions.installation import Installation
from dougong.actions.read_record import find_records
from dougong.actions.run_doctor import run_doctor
from dougong.actions.update_record import update_record
from dougong.kernel.actor import Actor, operator
from dougong.records.query import Query
from dougong.records.search_index import search
from dougong.records.spelling import spelled

FIRM = operator("demo")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("城东小学", ["城东", "cdxx", "chengdong", "chengdongxiaoxue", "xx"]),
        ("张伟", ["张", "zw", "zhangwei", "wei"]),
        ("曾强", ["zengqiang", "cengqiang", "zq"]),
        ("重庆项目", ["chongqing", "cqxm"]),
        ("ＰＲＪ－Ａ", ["prj"]),
        ("科创园3#楼", ["kcy3#l", "3#"]),
    ],
)
def test_a_text_is_found_as_people_type_it(text: str, words: list[str]) -> None:
    assert [each for each in words if each not in spelled(text)] == []


def test_a_text_without_characters_is_only_itself() -> None:
    assert spelled("PRJ-A 01") == "prj-a 01"


def test_a_long_text_is_spelled_at_its_beginning_only() -> None:
    assert len(spelled("汉" * 20_000)) < 12_000


FORMS: dict[str, Any] = {
    "project": {
        "record": {"type": "object", "properties": {"name": {"type": "string"}, "phone": {"type": "string"}}},
        "policies": [{"roles": ["clerk"], "actions": ["view", "create", "edit"]}],
    },
    "note": {
        "record": {"type": "object", "x-title": "name", "properties": {
            "name": {"type": "string"}, "place": {"type": "string"}, "secret": {"type": "string"},
            "project": {"type": "string", "x-ref": "m.project"}}},
        "policies": [
            {"roles": ["clerk"], "actions": ["view", "create", "edit"], "fields": {"secret": "hidden"}},
            {"roles": ["guest"], "actions": ["view"], "fields": {"name": "masked", "project": "hidden"}}],
    },
}  # fmt: skip


@pytest.fixture
def found(installation: Installation, publish: Callable[..., None]) -> Callable[[Actor, str], list[str]]:
    """Publishes the forms; who finds what: the places of the notes."""
    publish(m=FORMS)

    def find(actor: Actor, words: str) -> list[str]:
        listed = find_records(installation, actor, "m.note", Query(words=words))
        return sorted(str(each["values"].get("place")) for each in listed.items)

    return find


def test_records_are_found_by_pinyin_and_by_what_they_refer_to(
    installation: Installation, found: Callable[[Actor, str], list[str]]
) -> None:
    school = create_record(installation, FIRM, "m.project", {"name": "城东小学", "phone": "139"})["id"]
    made = create_record(
        installation, FIRM, "m.note", {"name": "张伟", "place": "工棚", "secret": "密语", "project": school}
    )
    create_record(installation, FIRM, "m.note", {"name": "李强", "place": "大门"})
    for words in ("zw", "zhangwei", "张", "gp", "cdxx", "城东 工棚", "zw cdxx", "密语"):
        assert found(FIRM, words) == ["工棚"], words
    assert found(FIRM, "139") == []
    update_record(installation, FIRM, "m.note", made["id"], {"name": "王芳"})
    assert found(FIRM, "zw") == []
    assert found(FIRM, "wf") == ["工棚"]


def test_nothing_is_found_through_what_one_may_not_read(
    installation: Installation, member: Callable[..., Actor], found: Callable[[Actor, str], list[str]]
) -> None:
    school = create_record(installation, FIRM, "m.project", {"name": "城东小学"})["id"]
    create_record(installation, FIRM, "m.note", {"name": "张伟", "place": "工棚", "secret": "密语", "project": school})
    clerk, guest = member("bob", "clerk"), member("eve", "guest")
    assert [found(clerk, each) for each in ("zw", "密语", "my", "cdxx")] == [["工棚"], [], [], ["工棚"]]
    assert [found(guest, each) for each in ("gp", "zw", "张", "cdxx", "城东")] == [["工棚"], [], [], [], []]


def test_a_published_change_of_rights_changes_what_is_kept(
    installation: Installation, publish: Callable[..., None], member: Callable[..., Actor],
    found: Callable[[Actor, str], list[str]],
) -> None:  # fmt: skip
    create_record(installation, FIRM, "m.note", {"name": "张伟", "place": "工棚", "secret": "密语"})
    clerk = member("bob", "clerk")
    hidden = {**FORMS["note"]["policies"][0], "fields": {"secret": "hidden", "place": "hidden"}}
    publish(m={**FORMS, "note": {**FORMS["note"], "policies": [hidden]}})
    assert len(found(clerk, "gp")) == 0
    assert len(found(FIRM, "工棚")) == 1
    opened = {**FORMS["note"]["policies"][0], "fields": {}}
    publish(m={**FORMS, "note": {**FORMS["note"], "policies": [opened]}})
    assert len(found(clerk, "my")) == 1


def test_the_doctor_sees_and_repairs_what_searches_look_at(
    installation: Installation, found: Callable[[Actor, str], list[str]]
) -> None:
    create_record(installation, FIRM, "m.note", {"name": "张伟", "place": "工棚"})
    assert run_doctor(installation, FIRM) == []
    with installation.database.tenant("demo").write() as conn:
        conn.execute(update(search).values(name="x"))
    assert [(each["what"], each["form"]) for each in run_doctor(installation, FIRM)] == [("search", "m.note")]
    run_doctor(installation, FIRM, repair=True)
    assert run_doctor(installation, FIRM) == []
    assert found(FIRM, "zw") == ["工棚"]


def test_pickers_find_by_the_same_words(installation: Installation, found: Callable[[Actor, str], list[str]]) -> None:
    create_record(installation, FIRM, "m.project", {"name": "城东小学"})
    create_record(installation, FIRM, "m.project", {"name": "滨河路"})
    assert [each.title for each in find_options(installation, FIRM, "m.note", "project", "cdxx").items] == ["城东小学"]
    assert [each.title for each in find_any(installation, FIRM, "m.project", "bhl").items] == ["滨河路"]
