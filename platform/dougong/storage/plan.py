"""What a publish would do: the steps from what stands in the tenant to what new definitions need. One rule: fields are
matched by x-id against the columns that are recorded as existing, so a rename never touches data, a removed field is
retired and can come back, and a plan made after applying is empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..definition.export import export_module
from ..definition.graph import compile as compile_graph
from ..definition.load import load_module
from ..kernel.problems import Problem, pointer
from . import derived_tables, differ, indexes, versions, views
from .draft import Draft, Plan
from .model import Model, make_model
from .standing import Standing
from .tables import MOST_COLUMNS
from .transaction import Transaction

if TYPE_CHECKING:
    from ..definition.definitions import Definitions


def plan(tx: Transaction, old: Model, new: Definitions, *, build_rows: int = 50_000) -> Plan:
    """The steps from what stands to `new` (all enabled modules of the tenant), with row counts and every problem that can be
    known without doing it; changes nothing. `old` is the live model."""
    draft = Draft(tx, old, new, compile_graph(new), Standing.read(tx.conn), build_rows)
    differ.diff_forms(draft)
    derived_tables.diff(draft)
    indexes.diff(draft)
    _content(draft)
    _limits(draft)
    return Plan(
        old.version,
        new,
        draft.graph,
        old.types,
        tuple(draft.steps),
        tuple(draft.problems),
        tuple(draft.changes),
        draft.columns,
        tuple(draft.refill),
        frozenset(draft.building),
        tuple(draft.uniques),
        tuple(draft.totals),
    )


def _content(draft: Draft) -> None:
    """Changes of the files that move no table: layouts, policies, checks, titles, menus."""
    stored = {each.name: each for each in versions.installed(draft.tx.conn)}
    for name, module in sorted(draft.definitions.modules.items()):
        was = stored.pop(name, None)
        if was is None or not was.enabled:
            draft.step("enable_module", name)
        if was is None or was.digest == versions.digest_of(module.files):
            continue
        _changed_files(draft, name, _as_stored(draft, name), export_module(module))
    for name, was in sorted(stored.items()):
        if was.enabled:
            draft.step("disable_module", name)


def _as_stored(draft: Draft, name: str) -> Mapping[str, Any]:
    """The files of a module as they stand, every id written out, so that a file is compared by what it says."""
    files = versions.files_of(draft.tx.conn, name)
    module, _ = load_module(files, draft.old.types, name=name)
    return files if module is None else export_module(module)


def _changed_files(draft: Draft, module: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    touched = {each.form for each in draft.steps}
    other = False
    for path in sorted({*old, *new}):
        if path in old and path in new and versions.same_text(old[path], new[path]):
            continue
        form = f"{module}.{path.removeprefix('forms/').removesuffix('.json')}"
        if path.startswith("forms/") and path in old and path in new:
            if form not in touched:
                draft.step("change_form", form)
        elif not path.startswith("forms/"):
            other = True
    if other:
        draft.step("change_module", module)


def _limits(draft: Draft) -> None:
    """Tables too wide for a row, and names that two tables would share."""
    widths: dict[tuple[str, str], int] = {}
    for form, sub, _ in draft.columns:
        widths[form, sub] = widths.get((form, sub), 0) + 1
    for (form, sub), count in sorted(widths.items()):
        if count > MOST_COLUMNS:
            params = {"form": form, "columns": count, "most": MOST_COLUMNS}
            draft.problems.append(Problem("too_many_columns", pointer(form, *([sub] if sub else [])), params))
    _names(draft)


def _names(draft: Draft) -> None:
    """A view and a table of another module may want one name (module `v_a` beside `a`)."""
    model = make_model(draft.definitions, draft.old.types, draft.columns, draft.old.version, graph=draft.graph)
    owners: dict[str, str] = {}
    for form, tables in sorted(model.tables.items()):
        names = [each.name for each in tables.all_tables()] + [view for view, _, _ in views.views_of(tables)]
        for name in names:
            if owners.setdefault(name, form) != form:
                params = {"form": form, "other": owners[name], "name": name}
                draft.problems.append(Problem("name_taken", pointer(form), params))
