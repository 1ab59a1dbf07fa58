"""The templates draw every type, without anything a strict CSP would refuse, and with names a reader can follow."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dougong import assets
from dougong.forms.difference import compare
from dougong.forms.reading import RowValues
from dougong.kernel.problems import Problem
from dougong.pages.environment import prepare
from tests.fields.making import TYPES, a_field, a_form
from tests.forms.making import HERE, OTHER, ROW, URLS, ticket, view_of


@pytest.fixture(scope="module")
def env() -> Environment:
    env = Environment(
        loader=FileSystemLoader(assets.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    prepare(env, lambda: "zh_CN", ZoneInfo("Asia/Shanghai"), lambda: HERE.today, lambda path: "/static/" + path)
    return env


def draw(env: Environment, view: Any, what: str = "sections(view)") -> str:
    return env.from_string('{% import "fields/_form.html" as f %}{{ f.notes(view) }}{{ f.' + what + " }}").render(
        view=view, urls=URLS
    )


class Page(HTMLParser):
    """What a browser would see: every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.elements if attributes.get("name") == name]


@pytest.mark.parametrize("name", [each for each in TYPES if each != "subtable"])
def test_every_type_has_a_template_that_draws_all_its_samples(name: str, env: Environment) -> None:
    field = a_field(name, name="the.field")
    for value in (None, *TYPES[name].samples(field)):
        page = Page(draw(env, view_of(a_form(field), values={"the.field": value})))
        assert page.named("the.field") or TYPES[name].widget == "output"


def test_the_whole_ticket_is_fit_for_a_strict_csp(env: Environment) -> None:
    rows = {"lines": [RowValues(ROW, {"worker": OTHER}), RowValues(OTHER, {})]}
    page = Page(
        draw(env, view_of(rows=rows, problems=[Problem("range", "/lines/0/hours"), Problem("required", "/content")]))
    )
    for tag, attributes in page.elements:
        assert tag not in ("script", "style")
        assert not [each for each in attributes if each == "style" or each.startswith("on")]
    ids = [attributes["id"] for _, attributes in page.elements if attributes.get("id")]
    assert len(ids) == len(set(ids))


def test_every_input_has_a_name_for_screen_readers_and_its_error_is_tied_to_it(env: Environment) -> None:
    view = view_of(rows={"lines": [RowValues(ROW, {})]}, problems=[Problem("range", "/lines/0/hours")])
    page = Page(draw(env, view))
    ids = {attributes.get("id") for _, attributes in page.elements}
    labels = {attributes.get("for") for tag, attributes in page.elements if tag == "label"}
    for tag, attributes in page.elements:
        if tag not in ("input", "select", "textarea") or attributes.get("type") in ("hidden", "radio", "checkbox"):
            continue
        assert attributes.get("id") in labels or attributes.get("aria-label"), attributes
        assert set((attributes.get("aria-describedby") or "").split()) <= ids
    (hours,) = page.named(f"lines.{ROW}.hours")
    assert hours["aria-invalid"] == "true"
    assert hours["aria-describedby"]


def test_hostile_values_stay_text(env: Environment) -> None:
    evil = "\"><script>alert(1)</script>'{{ 7*7 }}"
    form = a_form(a_field("text", {"type": "string"}, evil), a_field("reference", None, "r" + evil))
    html = draw(env, view_of(form, values={evil: evil, "r" + evil: ROW}, problems=[Problem("check", message=evil)]))
    assert "<script" not in html
    assert "49" not in re.sub(r"[0-9a-f]{16}", "", html)


def test_five_hundred_rows_are_drawn_whole(env: Environment) -> None:
    rows = {"lines": [RowValues(f"{index:08x}-0000-7000-8000-000000000000", {}) for index in range(500)]}
    html = draw(env, view_of(rows=rows))
    assert html.count("data-rowmenu ") == 500
    assert html.count('name="$row"') == 5  # one menu for all of them, and the button that adds a row


def test_a_refresh_draws_only_the_differences(env: Environment) -> None:
    before, after = (view_of(rows={"lines": [RowValues(ROW, {"ot_type": each})]}) for each in (None, "平日"))
    html = env.from_string('{% import "fields/_form.html" as f %}{{ f.changes(view, difference) }}').render(
        view=after, difference=compare(before, after)
    )
    assert html.count("hx-swap-oob") == 1
    assert f"lines.{ROW}.ot_type" in html
    assert "work_date" not in html


def test_a_picker_offers_what_was_found(env: Environment) -> None:
    html = env.get_template("fields/_options.html").render(
        name="project",
        items=[{"id": ROW, "title": "城东'小学", "note": "PRJ-A", "level": 1}],
        chosen=ROW,
        more=True,
        urls=URLS,
    )
    assert 'aria-selected="true"' in html
    assert "lv-1" in html


def test_a_form_nobody_may_change_has_no_inputs(env: Environment) -> None:
    page = Page(draw(env, view_of(ticket(), rows={"lines": [RowValues(ROW, {})]}, locked=True)))
    assert not [tag for tag, _ in page.elements if tag in ("input", "select", "textarea")]
    assert not [attributes for tag, attributes in page.elements if tag == "button" and "name" in attributes]
