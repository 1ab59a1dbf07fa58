"""The files of a module that define no form: scenarios, seeds, dashboards, translations. Their structure is checked here;
what they name is looked up when they are run."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .findings import Found, Place, kind_of
from .names import is_full_name

ACTS = ("submit", "approve", "reject", "withdraw", "void", "close", "disable", "enable", "patch", "delete", "restore")
SCENARIO_KEYS = ("title", "now", "given", "steps")
STEP_KEYS = (
    "as", "create", "id", "submit", "values", "act", "on", "refused", "expect", "together", "times", "wins", "now",
    "confirm", "title", "form", "key",
)  # fmt: skip
DEEDS = ("create", "act", "expect", "together")
#: Keys of a seed's lists, the required one first: texts, and lists of texts.
SEED_LISTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "departments.json": (("name", "code", "parent", "head"), ()),
        "members.json": (("account", "name", "superior"), ("departments", "roles")),
    }
)


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
        if not (inner.has("create") or inner.has("act")):
            inner.found.error("one_of", inner.at, known=list(DEEDS[:2]))
    _one_deed(step)
    step.close()


def _one_deed(step: Place) -> None:
    """A step does one thing, or only moves the clock; who acts on a record says which."""
    deeds = [key for key in DEEDS if step.has(key)]
    if not deeds and not step.has("now"):
        step.found.error("one_of", step.at, known=[*DEEDS, "now"])
    for key in deeds[1:]:
        step.found.error("not_together", step.pointer(key), key=key, other=deeds[0])
    if deeds[:1] == ["act"] and not step.has("on") and not (step.has("form") and step.has("key")):
        step.found.error("missing", step.at, key="on")


def _refused(place: Place | None) -> None:
    if place is not None:
        place.text("code", required=True)
        for key in ("at", "contains"):
            place.text(key)
        place.close()


def _expect(place: Place | None) -> None:
    if place is None:
        return
    for key in ("form", "on", "key"):
        place.text(key)
    place.place("values")
    asked = place.place("aggregate")
    if asked is not None:
        for key in ("group", "measures", "filter"):
            asked.raw(key)
        asked.close()
        list(place.places("items"))
    needed = ("form", "items") if asked is not None else ("values",) if place.has("on") else ("form", "key", "values")
    for key in needed:
        if not place.has(key):
            place.found.error("missing", place.at, key=key)
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
        elif file in SEED_LISTS:
            _person_or_department(Place(each, f"/{index}", found), file)


def _person_or_department(place: Place, file: str) -> None:
    texts, lists = SEED_LISTS[file]
    for key in texts:
        place.text(key, required=key == texts[0])
    for key in lists:
        place.texts(key, empty=True)
    place.close()


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
