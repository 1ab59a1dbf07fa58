"""A new field type is one file (and a template, if no widget fits): shown by adding one, as anybody outside would."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dougong.definition.load import load_form
from dougong.fields.registry import GROUP, field_types
from dougong.fields.type import FieldType, Unreadable
from dougong.fields.validate import compile_form
from dougong.kernel.registry import discover

STARS = '''
"""A mark of one to five stars."""

from dougong.fields.integer import Integer
from dougong.fields.type import Unreadable


class Stars(Integer):
    name = "stars"

    def read(self, value, field):
        number = super().read(value, field)
        if number is not None and not 1 <= number <= 5:
            raise Unreadable("range", minimum=1, maximum=5, value=number)
        return number

    def samples(self, field):
        return [1, 3, 5]
'''


@pytest.fixture
def stars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FieldType]:
    """The type from a package of somebody else's, found the way our own are."""
    package = tmp_path / "their_types"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "stars.py").write_text(STARS)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield discover(importlib.import_module("their_types"), FieldType, GROUP + ".none")["stars"]
    for name in ("their_types", "their_types.stars"):
        sys.modules.pop(name, None)


def test_one_file_is_all_it_takes(stars: FieldType) -> None:
    types = {**field_types(), "stars": stars}
    record = {"type": "object", "properties": {"mark": {"type": "integer", "x-type": "stars", "maximum": 4}}}
    form, problems = load_form({"name": "f", "title": "F", "record": record, "kind": "master"}, types, module="m")
    assert form is not None, problems
    mark = form.find("mark")
    assert mark is not None
    assert mark.type == "stars"
    assert [stars.read(stars.write(each, mark), mark) for each in stars.samples(mark)] == [1, 3, 5]
    with pytest.raises(Unreadable, match="range"):
        stars.read(6, mark)
    assert [each.code for each in compile_form(form, types).problems({"mark": 5})] == ["range"]


def test_two_types_of_one_name_are_refused(stars: FieldType, tmp_path: Path) -> None:
    (tmp_path / "their_types" / "more.py").write_text(STARS)
    importlib.invalidate_caches()
    with pytest.raises(ValueError, match="stars"):
        discover(importlib.import_module("their_types"), FieldType, GROUP + ".none")
    sys.modules.pop("their_types.more", None)
