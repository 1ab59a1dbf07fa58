"""Definitions in a reader's language: every word of the bundled modules has its English, and nothing but words changes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from dougong.actions.module_source import bundled_names, read_source
from dougong.assets import MODULES
from dougong.definition import graph
from dougong.definition.definitions import Definitions
from dougong.definition.link import link
from dougong.definition.load import load_module
from dougong.definition.model import Field, Form
from dougong.fields.registry import field_types
from dougong.pages.spoken import spoken
from dougong.storage.model import Model

HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def plain() -> Definitions:
    types = field_types()
    loaded = [load_module(read_source(MODULES / name).files, types, name=name)[0] for name in bundled_names()]
    made, problems = link([each for each in loaded if each is not None], types)
    assert made is not None, problems
    return made


@pytest.fixture(scope="module")
def english(plain: Definitions) -> Definitions:
    return spoken(_model(plain), "en").definitions


def test_every_word_of_the_bundled_modules_is_translated(english: Definitions) -> None:
    left = {f"{form.full_name}: {text}" for form in english.forms.values() for text in _words(form) if HAN.search(text)}
    assert left == set()
    titles = [text for module in english.modules.values() for text in (module.title, *(r.title for r in module.roles))]
    assert [each for each in titles if HAN.search(each)] == []


def test_only_words_change(plain: Definitions, english: Definitions) -> None:
    for name, form in plain.forms.items():
        other = english.forms[name]
        assert [each.name for each in other.fields] == [each.name for each in form.fields]
        assert [each.rule for each in other.checks] == [each.rule for each in form.checks]
        assert (other.schema, other.policies, other.effects) == (form.schema, form.policies, form.effects)
    kind = english.forms["base.partner"].find("kinds")
    assert kind is not None
    assert {"const": "业主", "title": "Owner"} in kind.schema["items"]["oneOf"]


def test_a_language_that_nobody_translated_is_the_authors_own(plain: Definitions) -> None:
    model = _model(plain)
    assert spoken(model, "zh_CN") is model
    assert spoken(model, "en") is spoken(model, "en")


def _model(definitions: Definitions) -> Model:
    return Model(definitions, {}, 1, graph.compile(definitions), field_types())


def _words(form: Form) -> Iterator[str]:
    yield form.title
    for part in (form.layout, form.views, form.prints):
        yield from (each.title for each in part)
    yield from (each.message for each in form.checks)
    yield from (each.message for each in form.unique if each.message)
    for page in form.prints:
        for block in page.blocks:
            yield from (str(block[key]) for key in ("heading", "text") if key in block)
            yield from block.get("signatures", ()) if isinstance(block.get("signatures"), list | tuple) else ()
    for field in form.fields:
        yield from _of(field)


def _of(field: Field) -> Iterator[str]:
    yield field.title
    yield field.help or ""
    for option in (*field.schema.get("oneOf", ()), *field.schema.get("items", {}).get("oneOf", ())):
        yield str(option.get("title", option.get("const")))
    yield from map(str, (*field.schema.get("enum", ()), *field.schema.get("items", {}).get("enum", ())))
    if field.is_subtable:
        for column in field.fields:
            yield from _of(column)
