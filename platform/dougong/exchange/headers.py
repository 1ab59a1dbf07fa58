"""Which column of a file is which field of a form: by name, title, synonym, pinyin and likeness, in this order. One rule: a
field is given to one column only, and a better reason always comes before a weaker one."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ..definition.model import Field, Form
from ..records.spelling import spelled
from .reading import Row, text_of
from .synonyms import GROUPS

NUMBER, VERSION = "$number", "$version"
#: Rows at the top of a file among which the header is looked for.
LOOK = 30
_UNIT = re.compile(r"[(\[【<].{0,12}[)\]】>]$")
_DROPPED = re.compile(r"[\s*·'\"“”‘’`~!?,;]+")
_PARTS = re.compile(r"[./\\:>|_\-—]+")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column may go: `name` is "amount", "lines.count", "$number" or "$version"; `label` what people call it;
    `field` None for the number and the version; `sub` the subtable it is a column of."""

    name: str
    label: str
    field: Field | None
    sub: Field | None = None
    required: bool = False


def targets(form: Form, may_fill: Callable[[str], bool], *, computed: bool = False) -> list[Target]:
    """Everything of the form that a column may fill, in the form's order; `computed`: what is computed too, which the
    writer then compares with what it computes itself."""
    number = next((each for each in form.fields if each.type == "auto_number"), None)
    found = [] if number is None else [Target(NUMBER, number.title, None)]
    for each in form.fields:
        if each.is_subtable:
            found += [
                Target(f"{each.name}.{column.name}", f"{each.title}.{column.title}", column, each, column.required)
                for column in each.fields
                if _fits(column, computed) and may_fill(f"{each.name}.{column.name}")
            ]
        elif each is not number and _fits(each, computed) and may_fill(each.name):
            found.append(Target(each.name, each.title, each, None, each.required))
    return [*found, Target(VERSION, VERSION, None)]


def _fits(field: Field, computed: bool) -> bool:
    return (computed or not field.computed) and field.type != "auto_number"


def guess(every: Sequence[Target], heads: Sequence[str], *others: Sequence[Target]) -> list[str | None]:
    """For each head the name of its target, None where nothing fits. `others` are the same targets in other words: a file
    may be in another language than its reader."""
    chosen: dict[int, str] = {}
    for reason in (_exact, _normal, _bare, _synonym, _sounds, _alike):
        for index, head in enumerate(heads):
            taken = set(chosen.values())
            if index in chosen or not head.strip():
                continue
            called = {each.name: each for words in (every, *others) for each in words if reason(head, each)}
            fitting = [each for each in called.values() if each.name not in taken]
            fitting = [each for each in fitting if each.sub is None] or fitting
            if len(fitting) == 1 or (fitting and reason in (_exact, _normal)):
                chosen[index] = fitting[0].name
    return [chosen.get(index) for index in range(len(heads))]


def strict(every: Sequence[Target], head: str) -> str | None:
    """The target a head names exactly, or by its normal form."""
    for reason in (_exact, _normal):
        found = [each.name for each in every if reason(head, each)]
        if found:
            return found[0]
    return None


def header_row(every: Sequence[Target], top: Iterable[Row], *others: Sequence[Target]) -> int | None:
    """The number of the row that reads most like the form's heads; the first row where none does."""
    best, found = 0, None
    for row in top:
        heads = [text_of(each) if isinstance(each, str) else "" for each in row.cells]
        fitting = sum(each is not None for each in guess(every, heads, *others))
        if found is None or fitting > best:
            best, found = fitting, row.number
    return found


def digest(heads: Sequence[str]) -> str:
    """What a set of heads is remembered by."""
    return hashlib.sha256(json.dumps(list(heads), ensure_ascii=False).encode("utf-8", "replace")).hexdigest()


def normal(text: str) -> str:
    """Without width, case, blanks, stars and a unit in brackets at the end: `金额（元）*` is `金额`."""
    short = _DROPPED.sub("", unicodedata.normalize("NFKC", text[:300]).casefold()).rstrip(":")
    return _UNIT.sub("", short) or short


def _exact(head: str, target: Target) -> bool:
    return head.strip() in (target.name, target.label)


def _normal(head: str, target: Target) -> bool:
    said = _PARTS.sub(".", normal(head))
    return said in (_PARTS.sub(".", normal(target.name)), _PARTS.sub(".", normal(target.label)))


def _bare(head: str, target: Target) -> bool:
    """A subtable's column without the subtable's name."""
    return target.sub is not None and target.field is not None and normal(head) == normal(target.field.title)


def _synonym(head: str, target: Target) -> bool:
    said, known = normal(head), normal(_own(target))
    return any(said in group and known in group for group in GROUPS)


def _sounds(head: str, target: Target) -> bool:
    """By pinyin, whole or initials, where the head is written in letters."""
    said = _PARTS.sub("", normal(head))
    title = _own(target)
    if len(said) < 2 or not said.isascii() or not said.isalpha() or title.isascii():
        return False
    return said in spelled(title).split("\n")


def _alike(head: str, target: Target) -> bool:
    """One lies in the other, and is at least half of it."""
    said, known = normal(head), normal(_own(target))
    short, long = sorted((said, known), key=len)
    return len(short) >= 2 and short in long and len(short) * 2 >= len(long)


def _own(target: Target) -> str:
    return target.field.title if target.field is not None else target.label
