"""Whatever DocTypes say, they are refused with problems or become a module that the checker passes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dougong.doctype.fieldtypes import FIELDTYPES
from dougong.doctype.known_keys import DOCTYPE_USED, USED
from dougong.doctype.module import make_module, set_problems
from dougong.doctype.reading import read_doctypes
from dougong.fields.registry import field_types
from dougong.kernel.problems import Problem
from tests.doctype.making import doctype

NAMES = ("a", "b", "c", "not", "parent", "record", "客", "title", "naming_series", "lft", "2x", "total", "date", "true")
VALUES: tuple[Any, ...] = (
    0, 1, "0", "1", "", None, True, [], {}, [1], {"a": 1}, 1.5, 10**9, "x", "a", "User", "One", "Two", "Rows", "Today",
    "now", "__user", "100", "-1", "1e5", "NaN", "9" * 30, "\n", "a\nb\na\n", "'", " ", "{a}", "{a} x {zz}", "a.b", "a.name",
    ":Company", '[["One","a","=",1]]', "[1]", "2020-01-01", "12:00:00", "é", "🙂", "x" * 300, "a\x01b", "prompt", "hash",
    "naming_series:", "field:a", "format:{a}-{b}", "format:{####}", "A-.####", "eval:doc.a", "eval:doc.b == 'x'",
    "eval:doc.c > 1 || !doc.a", "eval:parent.a && doc.b.length", "eval:in_list(['x', 'y'], doc.b)", "fn:x",
)  # fmt: skip
KEYS = sorted(USED - {"fieldname", "fieldtype"})
ANY = st.sampled_from(VALUES)
FIELDS = st.lists(
    st.builds(
        lambda name, kind, given: {**given, "fieldname": name, "fieldtype": kind},
        st.sampled_from(NAMES),
        st.sampled_from([*FIELDTYPES, "Hologram"]),
        st.dictionaries(st.sampled_from(KEYS), ANY, max_size=5),
    ),
    max_size=8,
    unique_by=lambda each: each["fieldname"],
)
RIGHTS = st.lists(
    st.dictionaries(
        st.sampled_from(["role", "read", "write", "create", "submit", "permlevel", "if_owner", "share"]), ANY
    ),
    max_size=3,
)
HEADS = st.dictionaries(st.sampled_from([*sorted(DOCTYPE_USED), "module", "field_order"]), ANY, max_size=4)
PAPER = st.tuples(FIELDS, RIGHTS, HEADS)


@given(PAPER, PAPER, PAPER)
def test_whatever_doctypes_say_the_module_passes_the_checker(one: Any, two: Any, rows: Any) -> None:
    problems: list[Problem] = []
    found = []
    for name, (fields, rights, head) in (("One", one), ("Two", two), ("Rows", rows)):
        made = doctype(name, *fields, permissions=rights, **{"module": "Shop", **head, "istable": name == "Rows"})
        found += read_doctypes(json.dumps(made).encode(), f"{name}.json", problems)
    if problems or set_problems(found):
        return
    module = make_module(found, field_types(), name="shop")
    assert [each for each in module.problems if each.level == "error"] == []
    assert all(each.doctype in ("One", "Two", "Rows") for each in module.losses)
