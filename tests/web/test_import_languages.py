"""A file in one language is taken by a reader of another: heads and labels of choices are known in every language the module
speaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from dougong.actions.run_jobs import run_jobs
from tests import makers
from tests.exchange.books import csv
from tests.web.test_imports import bring
from tests.web.visiting import Visitor, words

THING = {
    "title": "物资", "kind": "master",
    "record": {"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string", "title": "称呼"},
        "kind": {"oneOf": [{"const": "m", "title": "主材"}, {"const": "t", "title": "周转"}], "title": "种类"},
        "uses": {"type": "array", "title": "用途", "items": {
            "oneOf": [{"const": 1, "title": "结构"}, {"const": 2, "title": "装修"}]}}}},
    "policies": [{"roles": ["clerk"], "actions": ["view", "create", "import"]}],
}  # fmt: skip
ENGLISH = {
    "物资": "Supply", "称呼": "Designation", "种类": "Sort", "主材": "Main material", "周转": "Reused", "用途": "Uses",
    "结构": "Structure", "装修": "Finishing",
}  # fmt: skip


@pytest.fixture(scope="module")
def yard(shop: Flask) -> Iterator[Flask]:
    makers.publish(shop.extensions["dougong"], "demo", {"yard": {"thing": THING, "i18n/en.json": ENGLISH}})
    yield shop


@pytest.mark.parametrize(
    ("reader", "heads", "row", "told"),
    [("en", "称呼,种类,用途", '{0},周转,"结构,装修"', "row, and it can be imported"),
     ("en", "Designation,Sort,Uses", '{0},Reused,"Structure,Finishing"', "row, and it can be imported"),
     ("zh-CN", "Designation,Sort,Uses", '{0},Reused,"Structure,Finishing"', "1 行都可以导入"),
     ("zh-CN", "称呼,种类,用途", "{0},t,1", "1 行都可以导入")],
)  # fmt: skip
def test_heads_and_choices_are_known_in_every_language(
    yard: Flask, reader: str, heads: str, row: str, told: str
) -> None:
    visitor = Visitor(yard)
    visitor.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = reader
    visitor.sign_in("bob@demo.test")
    address = bring(visitor, csv(heads, row.format("沙")), "物资.csv", "yard.thing").location
    page = visitor.get(address).text
    for name in ("name", "kind", "uses"):
        assert f'<option value="{name}" selected>' in page
    visitor.post(f"{address}/check", more={"c0": "name", "c1": "kind", "c2": "uses", "mode": "create"})
    run_jobs(yard.extensions["dougong"], "demo")
    assert told in words(visitor.get(address))


def test_a_word_of_no_language_is_refused(yard: Flask) -> None:
    visitor = Visitor(yard).sign_in("bob@demo.test")
    address = bring(visitor, csv("称呼,种类", "石,Wiederverwendet"), "物资.csv", "yard.thing").location
    visitor.get(address)
    visitor.post(f"{address}/check", more={"c0": "name", "c1": "kind", "mode": "create"})
    run_jobs(yard.extensions["dougong"], "demo")
    assert "请从这些里选" in words(visitor.get(address))
