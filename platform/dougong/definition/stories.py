"""The files of a module that define no form: scenarios, seeds, dashboards, translations. Their structure is checked here;
what they name is looked up when they are run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .findings import Found, Place, kind_of
from .names import is_full_name

ACTS = ("submit", "approve", "reject", "withdraw", "void", "close", "disable", "enable", "patch", "delete", "restore")
SCENARIO_KEYS = ("title", "now", "given", "steps")
STEP_KEYS = (
    "as", "create", "id", "submit", "values", "act", "on", "refused", "expect", "together", "times", "wins", "now",
    "confirm", "title", "form", "key",
)  # fmt: skip
SEED_LISTS = ("departments.json", "members.json")


def scenario_problems(content: Any, found: Found) -> None:
    """A story: `given` seeds, `now`, and `steps`."""
    place = _object(content, found)
    if place is None:
        return
    for key in ("title", "now"):
        place.text(key)
    place.texts("given", empty=True)
    for _, step in place.places("steps"):
        _step(step)
    if not place.has("steps"):
        found.error("missing", "", key="steps")
    place.close()


def _step(step: Place) -> None:
    for key in ("as", "id", "on", "now", "title", "form", "key"):
        step.text(key)
    form = step.text("create")
    if form is not None and not is_full_name(form):
        step.found.error("bad_name", step.pointer("create"), name=form, expected="module.form")
    step.word("act", ACTS)
    for key in ("submit", "confirm"):
        step.flag(key)
    step.place("values")
    _refused(step.place("refused"))
    _expect(step.place("expect"))
    step.whole("times", 1, 1_000)
    step.whole("wins", 0, 1_000)
    for _, inner in step.places("together"):
        _step(inner)
    if not any(step.has(key) for key in ("create", "act", "expect", "together", "now")):
        step.found.error("one_of", step.at, known=["create", "act", "expect", "together", "now"])
    step.close()


def _refused(place: Place | None) -> None:
    if place is not None:
        place.text("code", required=True)
        for key in ("at", "contains"):
            place.text(key)
        place.close()


def _expect(place: Place | None) -> None:
    if place is None:
        return
    for key in ("form", "on", "as", "id", "state"):
        place.text(key)
    for key in ("key", "count", "aggregate", "items", "values", "filter", "number", "history", "titles"):
        place.raw(key)
    place.close()


def seed_problems(file: str, content: Any, found: Found) -> None:
    """A list of records, members or departments; CSV is judged when it is read in."""
    if file.endswith(".csv") or content is None:
        return
    if file not in SEED_LISTS and not is_full_name(file.removesuffix(".json")):
        found.error("bad_name", "", name=file.removesuffix(".json"), expected="module.form")
    if not isinstance(content, list):
        found.error("wrong_kind", "", expected="array", got=kind_of(content))
        return
    for index, each in enumerate(content):
        if not isinstance(each, dict):
            found.error("wrong_kind", f"/{index}", expected="object", got=kind_of(each))
        elif file == "members.json" and not isinstance(each.get("account"), str):
            found.error("missing", f"/{index}", key="account")
        elif file == "departments.json" and not isinstance(each.get("name"), str):
            found.error("missing", f"/{index}", key="name")


def dashboard_problems(content: Any, found: Found) -> None:
    """An object with a title; its parts are another issue's business and are kept as they are."""
    place = _object(content, found)
    if place is not None:
        place.text("title", required=True, limit=200)


def translations(content: Any, found: Found) -> Mapping[str, str]:
    """Source text → translation."""
    place = _object(content, found)
    return {key: text for key in (place.value if place else ()) if place and (text := place.text(key)) is not None}


def _object(content: Any, found: Found) -> Place | None:
    if isinstance(content, dict):
        return Place(content, "", found)
    if content is not None:
        found.error("wrong_kind", "", expected="object", got=kind_of(content))
    return None
