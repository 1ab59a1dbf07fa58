"""A form on the screen: the view of a sheet's state in the reader's words, and which of its problems are said already.

One rule: nobody is blamed for what he has not touched yet; once he has tried to save or submit, everything is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from ..actions.sheet_state import FormState
from ..definition.model import Field
from ..forms.cells import Words
from ..forms.inputs import Given, build_view
from ..forms.kept import KeptRows
from ..forms.view import Cell, FormView, Input, RowView, Upload, Urls
from ..kernel.problems import Problem
from ..pages import formats
from ..pages.sentences import sentence
from ..records.plan import read_by
from ..records.titles import kind_of
from .current import here, installation, locale
from .language import say
from .values import amount_field

#: What is only wrong because somebody has not finished typing yet.
_PATIENT = frozenset({"required"})


def view_of(
    state: FormState,
    *,
    tried: str = "",
    problems: Iterable[Problem] | None = None,
    typing: Mapping[str, str] | None = None,
) -> FormView:
    """The view. `tried`: "save" or "submit" once that was refused; `problems`: those of the act itself, which then are
    shown; `typing`: inputs somebody is in the middle of, with what stands in them: neither judged nor tidied up yet.
    What only handing in would refuse is told, more mildly, where something of it was touched. Warnings are nothing to
    mend: they are asked about once the errors are gone."""
    found = state.evaluation
    shown = [each for each in (state.problems if problems is None else problems) if each.level == "error"]
    if not tried and problems is None:
        shown = [each for each in shown if each.code not in _PATIENT and _typed(each, state)]
    ahead = [each for each in state.ahead if _touched(each, state)] if tried != "submit" else []
    given = Given(
        values=found.values, rows=state.rows, typed=state.reading.typed, problems=shown, invisible=found.invisible,
        required=found.required, readonly={*found.readonly, *_awaited(state)}, levels=found.levels, closed=found.closed,
        ahead=ahead, refused=found.refused, stale=found.stale,
    )  # fmt: skip
    urls, kept = urls_of(state, tried), _kept(state)
    view = build_view(state.form, installation().types, given, here(), words_of(state), urls, kept)
    return _quiet(view, typing) if typing else view


def _kept(state: FormState) -> KeptRows:
    """The rows drawn before in this language, as long as everything has the same name."""
    titles, kept = state.drawn.get(locale(), (None, KeptRows()))
    if titles != (state.titles, state.files):
        kept = KeptRows()
    state.drawn[locale()] = ((state.titles, state.files), kept)
    return kept


def _awaited(state: FormState) -> Iterator[tuple[str, str]]:
    """Lookups that are copied when the record is handed in: until then they follow their source and are no inputs."""
    for each in state.form.fields:
        if each.lookup is not None and each.lookup.freeze == "submit":
            yield "", each.name
    for sub in state.form.subtables:
        for column in sub.fields:
            if column.lookup is not None and column.lookup.freeze == "submit":
                yield from ((row.id, column.name) for row in state.rows.get(sub.name, ()))


def is_wide(state: FormState) -> bool:
    """Whether a subtable needs the whole width of the page."""
    return any(len(sub.fields) > 8 for sub in state.form.subtables)


def words_of(state: FormState) -> Words:
    """How this reader is spoken to."""
    module = state.model.definitions.modules.get(state.form.module)
    translations = module.translations.get(locale(), {}) if module else {}
    return Words(
        say=lambda problem: sentence(problem, locale()),
        title=lambda field, value: _title(state, field, value),
        upload=lambda file: _upload(state, file),
        label=lambda text: translations.get(text, text),
        waits=_waits,
        yes=formats.yes_no(True, locale()),
        no=formats.yes_no(False, locale()),
    )


def _waits(label: str, row: int) -> str:
    if row:
        return say("Shown once “{field}” in row {row} is mended", field=label, row=row)
    return say("Shown once “{field}” is mended", field=label)


def urls_of(state: FormState, tried: str = "") -> Urls:
    """Where the form's parts talk to."""
    where = f"{state.sheet.record}/edit" if state.sheet.record else "new"
    page = f"/f/{state.form.full_name}/{where}?sheet={state.sheet.token}"
    return replace(urls_at(state.form.full_name, state.sheet.token, tried), page=page)


def urls_at(form: str, token: str, tried: str = "") -> Urls:
    """The same for a sheet by its token. `tried`: "save" or "submit" once that was refused."""
    at = f"/f/{form}/sheet/{token}"
    refresh = f"{at}/refresh" + (f"?tried={tried}" if tried in ("save", "submit") else "")
    limit = installation().settings.upload_limit
    upload = f"/files?{urlencode({'form': form})}&field="
    return Urls(refresh, refresh, f"{at}/options/", f"{at}/paste", "/files/", limit, upload=upload)


def amount_of(state: FormState) -> tuple[str, str, str] | None:
    """The form's main figure, for the rail beside it: its title, its text, and why there is none just now."""
    field = amount_field(state.form)
    if field is None or not field.computed or state.evaluation.levels.get(field.name) == "hidden":
        return None
    if ("", field.name) in state.evaluation.stale:
        return field.title, formats.EMPTY, say("Shown once what is wrong is mended")
    return field.title, formats.number(state.evaluation.values.get(field.name), 2), ""


def _upload(state: FormState, file: str) -> Upload:
    """What is known of a file; one that is no more is called by its id."""
    found = state.files.get(file)
    return Upload(file, found.name, found.size, found.type) if found is not None else Upload(file, file)


def _title(state: FormState, field: Field, value: Any) -> str | None:
    kind = kind_of(field)
    if kind is None or not isinstance(value, str):
        return None
    return state.titles.get((kind, value), value if "-" not in value else formats.EMPTY)


def _typed(problem: Problem, state: FormState) -> bool:
    """Whether the problem lies where somebody has typed; lengths and missing rows of untouched fields wait."""
    place = problem.mend or problem.pointer
    top = place.split("/")[1] if place.startswith("/") else ""
    return top in _names_typed(state) and not (problem.code == "length" and problem.params.get("length") == 0)


def _names_typed(state: FormState) -> set[str]:
    return {name.split(".")[0] for name in (*state.sheet.values, *state.sheet.rows, *state.sheet.typed)}


def _touched(problem: Problem, state: FormState) -> bool:
    """Whether somebody has typed where the problem lies, or what a check of it reads."""
    if _typed(problem, state):
        return True
    check = problem.params.get("check")
    read = read_by(state.model, state.form.full_name, str(check)) if check is not None else frozenset[str]()
    return any(name.split(".")[0] in _names_typed(state) for name in read)


def _quiet(view: FormView, typing: Mapping[str, str]) -> FormView:
    """The view with the inputs somebody is typing in left as they are."""

    def hush(cell: Input) -> Input:
        return replace(cell, notes=(), later=(), see=(), text=typing[cell.name]) if cell.name in typing else cell

    def hush_row(row: RowView) -> RowView:
        if not any(each.name in typing for each in row.cells):
            return row
        return replace(row, cells=tuple(hush(each) for each in row.cells))

    def hush_any(cell: Cell) -> Cell:
        return hush(cell) if isinstance(cell, Input) else replace(cell, rows=tuple(map(hush_row, cell.rows)))

    sections = tuple(replace(part, cells=tuple(map(hush_any, part.cells))) for part in view.sections)
    return replace(view, sections=sections)
