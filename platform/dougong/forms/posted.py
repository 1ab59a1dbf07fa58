"""What a browser posted → JSON-level values. One rule: only what was posted is touched, nothing typed is lost: a text that
makes no sense travels on as it is, for the type to refuse and the person to see.

One WTForms form per row, keyed by row id, made from a mapping (a field may be called `validate`, `data` or `errors`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wtforms import Field as WtfField
from wtforms.form import BaseForm

from ..definition.model import Field, Form
from ..fields.json import Unparsed
from ..fields.type import FieldType, Here
from .names import by_row, input_name

#: The button that changes rows posts this name with `add:lines`, `remove:lines:<row id>` …
ROW_BUTTON = "$row"
#: The button that takes away what nobody reads posts this name with the name of its input.
CLEAR_BUTTON = "$clear"


@dataclass(frozen=True, slots=True)
class RowAct:
    """A button pressed on a subtable: add, copy, remove, up, down."""

    act: str
    sub: str
    row: str = ""


@dataclass(slots=True)
class Posted:
    """`values` by field name; `rows[subtable][row id]` likewise; `typed` has the texts that cannot even travel as JSON, by
    input name; `acts` the row buttons."""

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    acts: list[RowAct] = field(default_factory=list)


class _Texts(Mapping[str, Sequence[str]]):
    """A multi-dict as WTForms wants one."""

    def __init__(self, posted: Mapping[str, Sequence[str]]) -> None:
        self._posted = posted

    def __getitem__(self, name: str) -> Sequence[str]:
        return [_visible(text) for text in self._posted[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._posted)

    def __len__(self) -> int:
        return len(self._posted)

    def getlist(self, name: str) -> Sequence[str]:
        """All texts posted under a name."""
        return self[name]


def _visible(text: str) -> str:
    """No database keeps NUL and nobody sees it: it is left out, so that the rest is not lost."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


class _Typed(WtfField):
    """A WTForms field that leaves reading to the field type."""

    def __init__(self, label: Any = None, *, field: Field, kind: FieldType, here: Here, **more: Any) -> None:
        super().__init__(label, **more)
        self._field, self._kind, self._here = field, kind, here

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = self._kind.read_local(valuelist, self._field, self._here)


def read_posted(form: Form, types: Mapping[str, FieldType], posted: Mapping[str, Sequence[str]], here: Here) -> Posted:
    """Read a posted form, whole or only what changed. Names that are no input of this form and computed fields are passed
    over: a browser may hold an older page."""
    found = Posted(acts=[act for text in posted.get(ROW_BUTTON, ()) if (act := _row_act(form, text))])
    cleared = posted.get(CLEAR_BUTTON, ())
    posted = {**posted, **{name: () for name in cleared if name not in posted}}
    texts = _Texts(posted)
    for (sub, row), fields in by_row(form, posted).items():
        inputs = {name: each for name, each in fields.items() if not each.computed}
        values = _read(inputs, types, texts, sub, row, here)
        values |= {name: None for name in inputs if input_name(name, sub, row) in cleared}
        into = found.rows.setdefault(sub, {}).setdefault(row, {}) if sub else found.values
        for name, value in values.items():
            if isinstance(value, Unparsed):
                found.typed[input_name(name, sub, row)] = value.text
            else:
                into[name] = value
    return found


def _read(
    fields: Mapping[str, Field], types: Mapping[str, FieldType], texts: _Texts, sub: str, row: str, here: Here
) -> dict[str, Any]:
    made: dict[str, Any] = {
        input_name(name, sub, row): _Typed(each.title, field=each, kind=types[each.value_type], here=here)
        for name, each in fields.items()
    }
    form = BaseForm(made)
    form.process(texts)  # type: ignore[arg-type]
    found = {name: form[input_name(name, sub, row)].data for name in fields}
    return {name: value for name, value in found.items() if value is not None or not _kept(fields[name], types)}


def _kept(field: Field, types: Mapping[str, FieldType]) -> bool:
    """What nobody reads stands in no input, so a blank one leaves it as it is."""
    return types[field.value_type].write_only


def _row_act(form: Form, text: str) -> RowAct | None:
    """`remove:lines:<row id>`; the subtable's name may hold colons, an act and a row id do not."""
    act, _, rest = text.partition(":")
    if act == "add":
        return RowAct(act, rest) if form.subtable(rest) else None
    sub, _, row = rest.rpartition(":")
    return RowAct(act, sub, row) if act in ("copy", "remove", "up", "down") and form.subtable(sub) else None
