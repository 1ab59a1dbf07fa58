"""A module back to its own files, with every id written out: what is read from them again is the same module, whatever is
renamed, reordered or added later. One rule: nothing else of a file is touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from .model import Extension, Field, Form, Module
from .translate import look


def export_module(module: Module) -> dict[str, Any]:
    """The module's files by relative path; JSON as parsed, other files as text."""
    files: dict[str, Any] = _copy(module.files)
    for form in module.forms:
        content = files.get(form.file or "")
        if isinstance(content, dict):
            _form(content, form)
    for extension in module.extends:
        content = files.get(extension.file or "")
        if isinstance(content, dict):
            _fields(content, extension.fields)
            _lists(content, extension)
    return files


def export_form(form: Form, content: Mapping[str, Any]) -> dict[str, Any]:
    """One form's file with every id written out."""
    made: dict[str, Any] = _copy(content)
    _form(made, form)
    return made


def _copy(value: Any) -> Any:
    """Objects and lists anew, each place its own even where one value stands in several."""
    if isinstance(value, Mapping):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value


def _form(content: dict[str, Any], form: Form) -> None:
    _fields(content, form.fields)
    _lists(content, form)
    if form.flow is not None and isinstance(content.get("flow"), dict):
        _nodes(content["flow"].get("nodes"), form.flow.get("nodes"))


def _fields(content: dict[str, Any], fields: Iterable[Field]) -> None:
    """x-ids; where one definition makes several fields it cannot carry an id, and their names keep making them."""
    flat = [each for field in fields for each in (field, *field.fields)]
    uses = Counter(each.pointer for each in flat)
    for each in flat:
        node = look(content, each.pointer)
        if uses[each.pointer] == 1 and isinstance(node, dict) and each.pointer and each.id != "$rest":
            node.setdefault("x-id", each.id)


def _lists(content: dict[str, Any], holder: Form | Extension) -> None:
    lists: list[Iterable[Any]] = [holder.checks, holder.totals, holder.policies, holder.views, holder.layout]
    if isinstance(holder, Form):
        lists += [holder.unique, holder.effects, holder.prints]
    for item in (each for items in lists for each in items):
        node = look(content, item.pointer)
        if isinstance(node, dict) and not item.id.startswith("x-unique:"):
            node.setdefault("id", item.id)


def _nodes(given: Any, named: Any) -> None:
    """Ids of flow nodes and branches, which the loaded flow carries in the same order."""
    for node, loaded in zip(given or (), named or (), strict=False):
        node.setdefault("id", loaded["id"])
        for branch, known in zip(node.get("branches") or (), loaded.get("branches") or (), strict=False):
            branch.setdefault("id", known["id"])
            _nodes(branch.get("nodes"), known.get("nodes"))
