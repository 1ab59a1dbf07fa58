"""One input: its widget, the text that stands in it, what may be chosen, and the hints a browser can use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..definition.model import Field
from ..fields.masking import Masked
from ..fields.type import FieldType, Here
from ..formula.types import Kind
from ..kernel.problems import Problem
from .names import dom_id, input_name
from .view import Input, Option, Upload

#: Choices up to this many lie open as a row of buttons; more are a list.
OPEN_CHOICES = 3
#: Widgets an author may ask for by x-widget, and the types that can be drawn so.
WIDGETS = {
    "radio": ("choice", "boolean"),
    "select": ("choice", "boolean"),
    "long_text": ("text", "long_text"),
    "text": ("text", "long_text", "date", "datetime", "time"),
}
#: Types whose values are ids of uploaded files.
UPLOADED = frozenset({"attachment", "image", "signature"})
#: Kinds whose values mean nothing to people without their title.
NAMED = frozenset({Kind.RECORD, Kind.MEMBER, Kind.DEPARTMENT})
#: Narrow enough to stand two abreast on a phone.
SHORT = frozenset({"integer", "decimal", "percent", "date", "time", "boolean"})


@dataclass(frozen=True, slots=True)
class Words:
    """Where words come from: `say` a problem's sentence, `title` the label of an id (None = nobody knows), `upload` what is
    known of a file's id, `label` the reader's language of an author's text, `waits` why a value is not shown (the label of
    what is to be mended first, and the number of its row or 0), `yes` and `no`."""

    say: Callable[[Problem], str]
    title: Callable[[Field, Any], str | None] = lambda _, __: None
    upload: Callable[[str], Upload] = Upload
    label: Callable[[str], str] = str
    waits: Callable[[str, int], str] = lambda label, _: label
    yes: str = "是"
    no: str = "否"


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws inputs; the same for the record and for rows."""

    types: Mapping[str, FieldType]
    here: Here
    words: Words

    def cell(self, each: Field, sub: str, row: str, value: Any, typed: Mapping[str, str]) -> dict[str, Any]:
        """Everything about an input that needs no flags; a mask is shown as it is and stands in no input."""
        if isinstance(value, Masked):
            return {**self.cell(each, sub, row, None, {}), "value": value, "shown": str(value)}
        kind = self.types[each.value_type]
        name = input_name(each.name, sub, row)
        options = self._options(each, kind, value)
        number = kind.formula_type(each).kind is Kind.NUMBER
        text = typed.get(name, _text(kind, value, each, self.here))
        return {
            "name": name,
            "id": dom_id(name),
            "label": self.words.label(each.title),
            "type": each.value_type,
            "widget": widget_of(each, kind, options),
            "value": value,
            "text": text,
            "texts": _texts(kind, value, each),
            "parts": kind.parts(text),
            "items": self._items(each, kind, value),
            "uploads": self._uploads(each, value),
            "settings": each.options,
            "shown": self.shown(each, kind, value, options),
            "options": options,
            "help": each.help and self.words.label(each.help),
            "hint": _hint(each),
            "limits": _limits(each),
            "most": _most(each, kind),
            "scale": 2 if each.value_type == "money" else None,
            "numeric": number and not options,
            "target": each.ref,
            "short": each.value_type in SHORT,
            "field": each.name,
            "sub": sub,
            "row": row,
        }

    def finish(self, drawn: dict[str, Any], **flags: Any) -> Input:
        """The input with its flags; what cannot be typed into is an output."""
        if flags["readonly"]:
            drawn = {**drawn, "widget": "output"}
        return Input(**drawn, **flags)

    def _options(self, each: Field, kind: FieldType, value: Any) -> tuple[Option, ...]:
        chosen = set(_texts(kind, value, each)) if kind.multiple else {kind.write_form(value, each)}
        texts = ((_choice_text(kind, option, each), label) for option, label in kind.choices(each))
        return tuple(Option(text, self.words.label(label), text in chosen) for text, label in texts)

    def shown(self, each: Field, kind: FieldType, value: Any, options: tuple[Option, ...]) -> str | None:
        """What people read where it is more than the value itself."""
        if value is None:
            return None
        if options:
            return "、".join(option.label for option in options if option.chosen) or None
        if isinstance(value, bool):
            return self.words.yes if value else self.words.no
        if isinstance(value, Mapping) and set(value) == {"$key"}:
            return str(value["$key"])
        if each.value_type == "datetime":
            return kind.write_local(value, each, self.here)
        if each.value_type in UPLOADED:
            return "、".join(upload.name for upload in self._uploads(each, value))
        if each.value_type == "multi_reference":
            return "、".join(item.label for item in self._items(each, kind, value))
        named = kind.formula_type(each).kind in NAMED
        return self.words.title(each, value) if named else kind.label(value, each)

    def _uploads(self, each: Field, value: Any) -> tuple[Upload, ...]:
        return tuple(self.words.upload(one) for one in value or ()) if each.value_type in UPLOADED else ()

    def _items(self, each: Field, kind: FieldType, value: Any) -> tuple[Option, ...]:
        """The records of a list of references by their titles, and what else has a name of its own."""
        if each.value_type != "multi_reference":
            return tuple(Option(text, label, chosen=True) for text, label in kind.named(value, each))
        return tuple(Option(str(one), self._named(each, one), chosen=True) for one in value or ())

    def _named(self, each: Field, one: Any) -> str:
        return str(one["$key"]) if isinstance(one, Mapping) else self.words.title(each, one) or str(one)


def widget_of(each: Field, kind: FieldType, options: tuple[Option, ...]) -> str:
    """The template that draws this field: the author's x-widget where the type allows it, else the type's own."""
    if each.widget in WIDGETS and each.value_type in WIDGETS[each.widget]:
        return each.widget
    if kind.widget == "choice":
        return "radio" if 0 < len(options) <= OPEN_CHOICES and sum(len(o.label) for o in options) <= 12 else "select"
    return kind.widget


def _text(kind: FieldType, value: Any, each: Field, here: Here) -> str:
    if isinstance(value, Mapping) and set(value) == {"$key"}:
        return str(value["$key"])
    return kind.write_local(value, each, here)


def _texts(kind: FieldType, value: Any, each: Field) -> tuple[str, ...]:
    return tuple(_choice_text(kind, item, each) for item in value or ()) if kind.multiple else ()


def _choice_text(kind: FieldType, value: Any, each: Field) -> str:
    return kind.write_form((value,) if kind.multiple else value, each)


def _hint(each: Field) -> str | None:
    hint = each.options.get("placeholder")
    return hint if isinstance(hint, str) else None


def _most(each: Field, kind: FieldType) -> int:
    """How many files the field holds at most; 0 for a field of another type."""
    if each.value_type not in UPLOADED:
        return 0
    most: int = getattr(kind, "most", 1)
    return min(int(each.schema.get("maxItems", most)), most)


def _limits(each: Field) -> tuple[tuple[str, str], ...]:
    """Attributes a browser understands. maxlength counts UTF-16 units, so only a generous one is given; the server counts
    code points."""
    high = each.schema.get("maxLength")
    return (("maxlength", str(int(high) * 2)),) if high is not None and each.value_type in ("text", "long_text") else ()
