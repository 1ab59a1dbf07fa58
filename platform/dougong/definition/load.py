"""From files to definitions: one form, one module. One rule: a file that is wrong is read to its end, so that its author
sees every problem at once; a definition is only given back when there is no error among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from ..kernel.problems import Problem
from .findings import Found, Place, kind_of
from .flow import read_flow
from .kinds import Types
from .model import Extension, Form, Kind, MenuGroup, Module
from .module_head import read_head
from .names import is_full_name, is_name
from .parts import read_checks, read_effects, read_policies, read_totals, read_unique
from .read import DEPTH_LIMIT, SIZE_LIMIT, parse
from .record import Record, read_record
from .screens import read_layout, read_prints, read_views
from .stories import dashboard_problems, scenario_problems, seed_problems, translations
from .translate import KNOWN

SEED_LIMIT = 32 * 1024 * 1024
FORM_KEYS = (
    "name", "title", "kind", "help", "record", "checks", "unique", "totals", "effects", "policies", "layout", "views",
    "prints", "flow", "rules", "$schema",
)  # fmt: skip
EXTENSION_KEYS = ("record", "checks", "totals", "policies", "views", "layout", "$schema")


def load_form(
    data: Any,
    types: Types,
    *,
    module: str,
    name: str | None = None,
    kept: Mapping[str, str] | None = None,
    file: str | None = None,
) -> tuple[Form | None, list[Problem]]:
    """Load an authored form or a plain JSON Schema (`data` as JSON text or already read), and all its problems.

    `name` is what the form has to be called (its file's name); `kept` the x-ids that names had in earlier versions."""
    form, problems = survey_form(data, types, module=module, name=name, kept=kept, file=file)
    return (None if _fails(problems) else form), problems


def survey_form(
    data: Any,
    types: Types,
    *,
    module: str,
    name: str | None = None,
    kept: Mapping[str, str] | None = None,
    file: str | None = None,
) -> tuple[Form | None, list[Problem]]:
    """As `load_form`, but with what could be read in spite of errors, so that the rest can be looked at as well."""
    found = Found(file)
    data = _read(data, found)
    form = _form(data, types, module, name, kept or {}, found) if isinstance(data, dict) else None
    if data is not None and not isinstance(data, dict):
        found.error("wrong_kind", "", expected="object", got=kind_of(data))
    return form, found.problems


def load_module(
    files: Mapping[str, Any], types: Types, *, name: str | None = None
) -> tuple[Module | None, list[Problem]]:
    """Load a module from its files by relative path: JSON as text or already read, CSV as text.

    Each problem names its file. Without `module.json` the `name` given stands for it."""
    module, problems = survey_module(files, types, name=name)
    return (None if _fails(problems) else module), problems


def survey_module(files: Mapping[str, Any], types: Types, *, name: str | None = None) -> tuple[Module, list[Problem]]:
    """As `load_module`, but with what could be read in spite of errors, so that the rest can be looked at as well."""
    loader = _Loader(files, types)
    return loader.module(name), loader.problems


def _fails(problems: Sequence[Problem]) -> bool:
    return any(each.level == "error" for each in problems)


def _read(data: Any, found: Found, limit: int = SIZE_LIMIT) -> Any:
    """JSON text is parsed; what is parsed already only has its depth looked at."""
    if isinstance(data, bytes | str):
        problems: list[Problem] = []
        value = parse(data, problems, limit=limit)
        found.problems.extend(replace(each, file=found.file) for each in problems)
        data = value
    elif _too_deep(data):
        found.error("too_deep", "", limit=DEPTH_LIMIT)
        return None
    if data is None and not found.problems:
        found.error("wrong_kind", "", expected="object", got="null")
    return data


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEPTH_LIMIT + 1):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


# ---------------------------------------------------------------------------------------------------------- one form


def _form(
    data: dict[str, Any], types: Types, module: str, name: str | None, kept: Mapping[str, str], found: Found
) -> Form | None:
    if "record" in data or not data.keys() & (KNOWN - {"title", "id", "type", "default"} | {"type"}):
        return _authored(Place(data, "", found), types, module, name, kept)
    record = read_record(data, "", types, found, kept)
    called = name or "form"
    _check_name(called, "", found)
    unique = read_unique(Place({}, "", found), "master", record.fields)
    return Form(
        module, called, record.title or called, "master", record.schema, record.fields, record.groups, record.additional,
        unique=tuple(unique), help=record.description, file=found.file,
    )  # fmt: skip


def _check_name(name: str, at: str, found: Found) -> None:
    if not is_name(name):
        found.error("bad_name", at, name=name, expected="[a-z][a-z0-9_]{0,29}")


def _authored(place: Place, types: Types, module: str, name: str | None, kept: Mapping[str, str]) -> Form:
    found = place.found
    called = place.text("name", required=name is None) or name or "form"
    _check_name(called, place.pointer("name"), found)
    if name is not None and called != name:
        found.error("name_differs", place.pointer("name"), name=called, expected=name)
    kind: Kind = place.word("kind", get_args(Kind), "master")
    record = _record(place, types, kept, required=True)
    place.raw("$schema")
    if place.has("rules"):
        found.warn("no_effect", place.pointer("rules"), key="rules")
        place.raw("rules")
    form = Form(
        module=module,
        name=called,
        title=place.text("title", limit=200) or record.title or called,
        kind=kind,
        schema=record.schema,
        fields=record.fields,
        groups=record.groups,
        additional=record.additional,
        checks=read_checks(place, kind),
        unique=read_unique(place, kind, record.fields),
        totals=read_totals(place),
        effects=read_effects(place),
        policies=read_policies(place),
        layout=read_layout(place),
        views=read_views(place),
        prints=read_prints(place),
        flow=read_flow(place),
        help=place.text("help") or record.description,
        file=found.file,
    )
    place.close()
    return form


def _record(place: Place, types: Types, kept: Mapping[str, str], *, required: bool) -> Record:
    inner = place.place("record", required=required)
    return read_record(inner.value, inner.at, types, place.found, kept) if inner else Record()


def _extension(place: Place, types: Types, form: str) -> Extension:
    record = _record(place, types, {}, required=False)
    if record.additional is not None:
        place.found.error("no_effect", place.pointer("record", "additionalProperties"), key="additionalProperties")
    place.raw("$schema")
    made = Extension(
        form=form,
        fields=record.fields,
        groups=record.groups,
        schema=record.schema,
        checks=read_checks(place, None),
        totals=read_totals(place),
        policies=read_policies(place),
        views=read_views(place),
        layout=read_layout(place),
        file=place.found.file,
    )
    place.close()
    return made


# ---------------------------------------------------------------------------------------------------------- one module


class _Loader:
    """Reads the files of one module, each with its own findings."""

    def __init__(self, files: Mapping[str, Any], types: Types) -> None:
        self.types = types
        self.problems: list[Problem] = []
        self.parsed: dict[str, Any] = {}
        for path in sorted(files):
            self.parsed[path] = self._content(path, files[path])

    def _content(self, path: str, content: Any) -> Any:
        found = Found(path)
        if path.endswith(".json"):
            content = _read(content, found, SEED_LIMIT if path.startswith("seed/") else SIZE_LIMIT)
        elif isinstance(content, bytes):
            try:
                content = content.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                found.error("not_text", "", position=error.start)
        self.problems.extend(found.problems)
        return content

    def module(self, name: str | None) -> Module:
        """Everything together."""
        head = self._head(name)
        forms: list[Form] = []
        extends: list[Extension] = []
        words: dict[str, Mapping[str, str]] = {}
        for path, content in self.parsed.items():
            found = Found(path)
            self._file(path.split("/"), content, found, head.name, forms, extends, words)
            self.problems.extend(found.problems)
        self._menu(head, forms)
        return replace(head, forms=tuple(forms), extends=tuple(extends), translations=words, files=self.parsed)

    def _file(
        self, path: list[str], content: Any, found: Found, module: str, forms: list[Form], extends: list[Extension],
        words: dict[str, Mapping[str, str]],
    ) -> None:  # fmt: skip
        match path:
            case ["module.json"]:
                pass
            case ["forms", file] if file.endswith(".json"):
                self._one_form(content, found, module, file.removesuffix(".json"), forms)
            case ["extends", file] if file.endswith(".json"):
                self._one_extension(content, found, file.removesuffix(".json"), extends)
            case ["i18n", file] if file.endswith(".json"):
                words[file.removesuffix(".json")] = translations(content, found)
            case ["dashboards", file] if file.endswith(".json"):
                dashboard_problems(content, found)
            case ["scenarios", file] if file.endswith(".json"):
                scenario_problems(content, found)
            case ["seed", _, file] if file.endswith((".json", ".csv")):
                seed_problems(file, content, found)
            case _:
                found.warn("unknown_file", "")

    def _one_form(self, content: Any, found: Found, module: str, name: str, forms: list[Form]) -> None:
        if isinstance(content, dict):
            form = _form(content, self.types, module, name, {}, found)
            if form is not None:
                forms.append(form)
        elif content is not None:
            found.error("wrong_kind", "", expected="object", got=kind_of(content))

    def _one_extension(self, content: Any, found: Found, form: str, extends: list[Extension]) -> None:
        if not is_full_name(form):
            found.error("bad_name", "", name=form, expected="module.form")
        if isinstance(content, dict):
            extends.append(_extension(Place(content, "", found), self.types, form))
        elif content is not None:
            found.error("wrong_kind", "", expected="object", got=kind_of(content))

    def _head(self, name: str | None) -> Module:
        found = Found("module.json")
        data = self.parsed.get("module.json")
        if "module.json" not in self.parsed and name is None:
            found.error("missing_file", "", file="module.json")
        elif data is not None and not isinstance(data, dict):
            found.error("wrong_kind", "", expected="object", got=kind_of(data))
        self.problems.extend(found.problems)
        if isinstance(data, dict):
            found = Found("module.json")
            made = read_head(Place(data, "", found), name)
            self.problems.extend(found.problems)
            return made
        called = name or "module"
        return read_head(Place({"name": called, "title": called}, "", Found()), name)

    def _menu(self, head: Module, forms: Sequence[Form]) -> None:
        """Names in the menu have to be forms of the module."""
        found = Found("module.json")
        known = {form.name for form in forms} | {form.full_name for form in forms}
        for index, item in enumerate(head.menu):
            names = item.items if isinstance(item, MenuGroup) else (item,)
            for number, each in enumerate(names):
                if each not in known and "." not in each:
                    at = f"/menu/{index}" + (f"/items/{number}" if isinstance(item, MenuGroup) else "")
                    found.error("unknown_form", at, form=each)
        self.problems.extend(found.problems)
