"""Matching the columns of a file: a head that found its field taken says by which column, records are told apart by what the
file brings, and who may not delete is not offered to undo."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from dougong.actions.carry_out_import import undo_import
from dougong.actions.run_jobs import run_jobs
from dougong.kernel.errors import Forbidden
from dougong.people import accounts
from tests import makers
from tests.exchange.books import csv
from tests.web.test_imports import bring
from tests.web.visiting import PASSWORD, Visitor, words

FIRM = {
    "title": "单位", "kind": "master",
    "record": {"type": "object", "required": ["name"], "properties": {
        "code": {"type": "string", "x-number": "F-{seq:4}", "title": "编码"},
        "name": {"type": "string", "title": "单位名称", "x-unique": True},
        "phone": {"type": "string", "title": "电话"}}},
    "policies": [{"roles": ["keeper"], "actions": ["view", "create", "edit", "import"]}],
}  # fmt: skip
#: Nothing in a file of phones can find a firm again.
HEADS = "单位名称,电话"


@pytest.fixture(scope="module")
def firms(shop: Flask) -> Iterator[Flask]:
    """The shop with firms; a keeper brings in, but does not delete."""
    inst = shop.extensions["dougong"]
    makers.publish(inst, "demo", {"book": {"firm": FIRM}})
    makers.member(inst, "demo", "ann", ["keeper"], ())
    with inst.database.control_write() as control:
        account = accounts.find(control, "ann@demo.test")
        assert account is not None
        accounts.set_password(control, account.id, PASSWORD)
    yield shop


@pytest.fixture
def keeper(firms: Flask) -> Visitor:
    return Visitor(firms).sign_in("ann@demo.test")


def opened(visitor: Visitor, content: bytes) -> str:
    """The address of the import."""
    answer = bring(visitor, content, "单位.csv", "book.firm")
    assert answer.status_code == 303, answer.text
    visitor.get(answer.location)
    return str(answer.location)


def key_of(answer: TestResponse) -> str:
    """What records are told apart by, as the page stands."""
    select = answer.text.partition('name="key"')[2].partition("</select>")[0]
    return re.findall(r'value="([^"]*)" selected', select)[0]


def test_a_head_whose_field_is_taken_says_by_which_column(keeper: Visitor) -> None:
    address = opened(keeper, csv("单位名称,电话,单位名称", "甲公司,1,乙公司"))
    page = keeper.get(address)
    assert "“单位名称”已由第 1 列（单位名称）来填" in words(page)
    assert page.text.count("imp-taken") == 3
    other = words(keeper.get(f"{address}/missing?c0=&c1=phone&c2=name", htmx=True))
    assert "“单位名称”已由第 3 列（单位名称）来填" in other
    assert "第 1 列" not in other
    both = words(keeper.get(f"{address}/missing?c0=name&c1=phone&c2=name", htmx=True))
    assert "来填" not in both


def test_records_are_told_apart_by_what_the_file_brings(keeper: Visitor) -> None:
    address = opened(keeper, csv(HEADS, "丙公司,1"))
    assert key_of(keeper.get(address)) == "name"
    assert key_of(keeper.get(f"{address}/missing?c0=&c1=phone", htmx=True)) == ""
    assert key_of(keeper.get(f"{address}/missing?c0=$number&c1=name&key=name", htmx=True)) == "name"
    assert key_of(keeper.get(f"{address}/missing?c0=$number&c1=phone&key=name", htmx=True)) == "$number"


def test_without_anything_to_tell_them_apart_new_records_are_made(keeper: Visitor) -> None:
    address = opened(keeper, csv("电话,备注", "1,x"))
    page = keeper.get(address)
    assert key_of(page) == ""
    assert 'value="create" checked' in page.text
    refused = keeper.post(f"{address}/check", more={"c0": "phone", "mode": "both", "key": ""})
    assert refused.status_code == 422
    assert "没有一列能认出已有记录" in words(refused)
    assert 'value="both" checked' in refused.text


def test_a_choice_of_before_whose_key_is_gone_is_not_proposed_again(firms: Flask, keeper: Visitor) -> None:
    address = opened(keeper, csv(HEADS, "丁公司,1"))
    keeper.post(f"{address}/check", more={"c0": "name", "c1": "phone", "mode": "both", "key": "name"})
    run_jobs(firms.extensions["dougong"], "demo")
    again = keeper.get(opened(keeper, csv(HEADS, "戊公司,1")))
    assert (key_of(again), 'value="both" checked' in again.text) == ("name", True)


def written(firms: Flask, visitor: Visitor, name: str) -> str:
    address = opened(visitor, csv(HEADS, f"{name},1"))
    visitor.post(f"{address}/check", more={"c0": "name", "c1": "phone", "mode": "create"})
    run_jobs(firms.extensions["dougong"], "demo")
    assert visitor.post(f"{address}/do/write").status_code == 303
    run_jobs(firms.extensions["dougong"], "demo")
    return address


def test_who_may_not_delete_is_told_why_there_is_no_undoing(firms: Flask, keeper: Visitor) -> None:
    address = written(firms, keeper, "己公司")
    page = keeper.get(address)
    assert "只有能删除、修改这里记录的人才能撤销这次导入" in words(page)
    assert "/do/undo" not in page.text
    assert keeper.post(f"{address}/do/undo").status_code == 403
    assert "己公司" in keeper.get("/f/book.firm").text
    boss = Visitor(firms).sign_in()
    assert "/do/undo" in boss.get(address).text


def test_undoing_by_a_program_needs_the_right_too(firms: Flask, keeper: Visitor) -> None:
    address = written(firms, keeper, "庚公司")
    ann = makers.member(firms.extensions["dougong"], "demo", "ann", ["keeper"], ())
    with pytest.raises(Forbidden):
        undo_import(firms.extensions["dougong"], ann, address.rpartition("/")[2])
