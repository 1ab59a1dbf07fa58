"""Which columns of a subtable make sense added up. One rule: what the author's own formulas and checks sum is; where they
sum nothing, amounts that are computed, or the only amounts there are, and quantities; never prices, shares and codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .model import Field, Form

_QUANTITIES = frozenset({"integer", "decimal", "duration"})


def summed(form: Form, sub: Field) -> frozenset[str]:
    """The names of those columns. `x-options: {"sum": true | false}` decides for its column."""
    texts = " ".join(_formulas(form))
    names = {each.name for each in sub.fields}
    said = set(re.findall(rf"\bsum\(\s*`?{re.escape(sub.name)}`?\.`?(\w+)`?\s*[,)]", texts)) & names
    wanted = {each.name: each.options.get("sum") for each in sub.fields}
    found = (said or _likely(sub)) | {name for name, each in wanted.items() if each is True}
    return frozenset(name for name in found if wanted.get(name) is not False)


def _formulas(form: Form) -> Iterator[str]:
    yield from (each.formula.text for each in form.fields if each.formula is not None)
    yield from (each.rule.text for each in form.checks)


def _likely(sub: Field) -> set[str]:
    own = [each for each in sub.fields if not each.lookup]
    money = {each.name for each in own if each.value_type == "money"}
    computed = {each.name for each in own if each.value_type == "money" and each.computed}
    return (computed or money) | {each.name for each in own if each.value_type in _QUANTITIES}
