"""Text with headings, lists, bold words and links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape, unescape
from typing import Any

import nh3

from ..definition.columns import TEXT, ColumnSpec
from ..definition.model import Field
from ..formula import types as formula
from ..formula.types import Type
from ..kernel.problems import Problem
from ._characters import keepable
from ._keywords import text_rules
from .type import FieldType, Rule, Unreadable

#: All that may stand in a rich text; everything else loses its tags, scripts and styles their content too.
TAGS = frozenset(
    {"p", "div", "br", "h3", "h4", "b", "strong", "i", "em", "u", "s", "ul", "ol", "li", "blockquote", "a"}
)
_ATTRIBUTES = {"a": {"href"}}
_SCHEMES = {"http", "https", "mailto"}
LONGEST, MARKUP = 20_000, 200_000
_BREAKS = re.compile(r"<br ?/?>|</(?:p|div|h3|h4|li|blockquote)>(?=.)", re.DOTALL)
_ITEM = re.compile(r"<li>")
_TAG = re.compile(r"<[^>]*>")


class RichText(FieldType):
    """JSON: HTML of a few harmless tags; whatever else is sent is taken out of it. Lengths count the characters people
    read. A cell of a file holds the plain text where there is no markup in it, else the HTML."""

    name = "rich_text"
    widget = "rich_text"
    sortable = False
    operators = ("is null", "is not null")
    keywords = frozenset({"type", "minLength", "maxLength"})
    converts_from = ("text", "long_text")

    def column(self, field: Field) -> ColumnSpec | None:
        return TEXT

    def formula_type(self, field: Field) -> Type:
        return formula.TEXT

    def read(self, value: Any, field: Field) -> Any:
        if value is None:
            return None
        if not isinstance(value, str):
            raise Unreadable("type", expected="string")
        if len(value) > MARKUP:
            raise Unreadable("length", max=LONGEST, length=len(value))
        clean = cleaned(keepable(value))
        said = plain_text(clean)
        if len(said) > LONGEST:
            raise Unreadable("length", max=LONGEST, length=len(said))
        return clean if said.strip() else None

    def rules(self, field: Field) -> Sequence[Rule]:
        lengths = {key: each for key, each in field.schema.items() if key in ("minLength", "maxLength")}
        return [_of_text(each) for each in text_rules(lengths)]

    def settle(self, value: Any, field: Field) -> Any:
        return self.read(value, field) if isinstance(value, str) else value

    def read_text(self, text: str, field: Field) -> Any:
        """HTML where a tag begins the cell, else plain text, line by line."""
        if not text.strip():
            return None
        if text.startswith("<") and _TAG.match(text):
            return text
        return from_plain(text)

    def write_text(self, value: Any, field: Field) -> str:
        if value is None:
            return ""
        text = plain_text(value)
        return text if not text.startswith("<") and cleaned(from_plain(text)) == value else value

    def label(self, value: Any, field: Field) -> str | None:
        return None if value is None else plain_text(value)

    def samples(self, field: Field) -> Sequence[Any]:
        return [
            "<div>三层模板<strong>加固</strong></div><ul><li>一</li><li>二</li></ul>",
            '<h3>标题</h3><p><a href="https://example.test/a" rel="noopener noreferrer nofollow">说明</a></p>',
            "<div>1 &lt; 2 &amp; 3</div><div>第二行</div>",
        ]

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        return [(1, "type"), (["a"], "type"), ("a\x00b", "format"), ("字" * (LONGEST + 1), "length")]


def _of_text(rule: Rule) -> Rule:
    """A rule asked of what people read."""

    def asked(value: Any) -> Iterable[Problem]:
        return rule(plain_text(value))

    return asked


def cleaned(html: str) -> str:
    """The same text with nothing in it but harmless tags; links only to the web and to mail."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def plain_text(html: str) -> str:
    """What people read of it, one line a paragraph."""
    text = _BREAKS.sub("\n", _ITEM.sub("· ", html))
    return unescape(_TAG.sub("", text)).strip("\n")


def from_plain(text: str) -> str:
    """Plain text as markup, a line a paragraph."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "".join(f"<div>{escape(each, quote=False)}</div>" if each else "<div><br></div>" for each in lines)
