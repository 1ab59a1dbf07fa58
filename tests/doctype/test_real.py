"""DocTypes of a real app, from a folder the user names: imported, checked, applied, filled, and one version after the other
with what was filled in still there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dougong.actions.create_record import create_record
from dougong.actions.import_doctypes import import_doctypes
from dougong.actions.installation import Installation
from dougong.actions.publish_module import plan_module
from dougong.actions.read_record import read_record
from dougong.actions.transaction import read
from dougong.definition.model import Field, Form
from dougong.kernel.actor import operator
from dougong.kernel.errors import Invalid
from dougong.kernel.problems import parts
from dougong.storage import exact_json
from tests.doctype.test_import import published, taken_in

ROOT = Path(os.environ.get("DOUGONG_DOCTYPES", "."))
VERSIONS = sorted((each for each in ROOT.iterdir() if each.name.isdecimal()), key=lambda each: int(each.name))
_FILES = ("attachment", "image", "signature", "reference", "multi_reference", "member", "department", "address")

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.skipif("DOUGONG_DOCTYPES" not in os.environ, reason="DOUGONG_DOCTYPES names no folder of DocTypes"),
]


def test_an_app_is_taken_in_version_by_version(installation: Installation, tenant: str, tmp_path: Path) -> None:
    filled: dict[str, dict[str, Any]] = {}
    lost: set[tuple[str, str]] = set()
    for folder in VERSIONS or [ROOT]:
        taken_in(folder, tmp_path / "real")
        steps = plan_module(installation, operator(tenant), tmp_path / "real").steps
        lost |= {(each["form"], each["field"]) for each in steps if each.get("loss")}
        published(installation, tenant, tmp_path / "real", allow_loss=True)
        kept(installation, tenant, filled, lost)
        filled |= dict(records(installation, tenant, filled))
    assert filled


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    for folder in VERSIONS or [ROOT]:
        first, second = (import_doctypes([folder], tmp_path / folder.name / each / "real") for each in ("a", "b"))
        assert first.losses == second.losses
        for each in first.files:
            assert (tmp_path / folder.name / "a/real" / each).read_bytes() == (
                tmp_path / folder.name / "b/real" / each
            ).read_bytes()


def records(inst: Installation, tenant: str, filled: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """A record in every form that takes one without references, with a value in every field that takes one."""
    for form in live(inst, tenant).forms.values():
        if form.kind == "settings" or form.full_name in filled:
            continue
        made = attempt(inst, tenant, form)
        if made is not None:
            yield form.full_name, made


def live(inst: Installation, tenant: str) -> Any:
    return read(inst, operator(tenant), lambda tx: inst.catalog.live(tx).definitions)


def attempt(inst: Installation, tenant: str, form: Form) -> dict[str, Any] | None:
    """What does not apply, or does not fit, is left out in turn."""
    values = {each.name: sample(inst, each) for each in form.fields if not each.computed and each.type not in _FILES}
    values = {name: each for name, each in values.items() if each is not None}
    for _ in range(20):
        try:
            made = create_record(inst, operator(tenant), form.full_name, values)
        except Invalid as refusal:
            wrong = {parts(each.pointer)[0] for each in refusal.problems if each.pointer}
            if not wrong & values.keys():
                return None
            values = {name: each for name, each in values.items() if name not in wrong}
        else:
            return made["record"]
    return None


def sample(inst: Installation, given: Field) -> Any:
    kind = inst.types[given.value_type]
    if given.is_subtable or given.type in ("json", "secret"):
        return None
    found = next(iter(kind.samples(given)), None)
    return None if found is None else exact_json.loads(exact_json.dumps(kind.write(found, given)))


def kept(inst: Installation, tenant: str, filled: dict[str, dict[str, Any]], lost: set[tuple[str, str]]) -> None:
    """Values of fields that still are, and were never told to be lost, read as they did."""
    forms = live(inst, tenant).forms
    for name, before in filled.items():
        if name not in forms:
            continue
        now = read_record(inst, operator(tenant), name, before["id"]).shown["values"]
        for each, value in before["values"].items():
            field = forms[name].find(each)
            if field is not None and not field.computed and (name, each) not in lost and value is not None:
                assert same(now.get(each), value), (name, each, value, now.get(each))


def same(now: Any, before: Any) -> bool:
    if isinstance(now, Decimal | int) and isinstance(before, Decimal | int):
        return now == before
    return str(now) == str(before)
