"""Which columns of a subtable make sense added up. One rule: what the author's own formulas sum is; else amounts that are
computed, or the only amounts there are, and quantities; never prices, shares and codes."""

from __future__ import annotations

import re

from .model import Field, Form

_QUANTITIES = frozenset({"integer", "decimal", "duration"})


def summed(form: Form, sub: Field) -> frozenset[str]:
    """The names of those columns. `x-options: {"sum": true | false}` decides for its column."""
    texts = " ".join(each.formula.text for each in form.fields if each.formula is not None)
    said = set(re.findall(rf"\bsum\(\s*`?{re.escape(sub.name)}`?\.`?(\w+)`?\s*[,)]", texts))
    money = [each for each in sub.fields if each.value_type == "money" and not each.lookup]
    computed = {each.name for each in money if each.computed}
    amounts = (said & {each.name for each in money}) or computed or {each.name for each in money}
    counted = {each.name for each in sub.fields if each.value_type in _QUANTITIES and not each.lookup}
    wanted = {each.name: each.options.get("sum") for each in sub.fields}
    found = (amounts | counted | said | computed) | {name for name, each in wanted.items() if each is True}
    return frozenset(name for name in found if wanted.get(name) is not False)
