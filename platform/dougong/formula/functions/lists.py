"""Lists: several choices, tags, lists of ids."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, cast, func

from .. import exact
from ..types import BOOLEAN, INTEGER
from .function import Function


def item(values: tuple[Any, ...], index: Decimal) -> Any:
    place = exact.whole(index)
    return values[place - 1] if 1 <= place <= len(values) else None


FUNCTIONS = (
    Function("size", ("个数",), "lists", "list:list", INTEGER, "How many a list holds.", "列表中的个数。",
             'size(("a", "b"))', "2", lambda values: Decimal(len(values)),
             lambda values: cast(func.jsonb_array_length(values), Numeric)),
    Function("item", ("第几个",), "lists", "list:list, index:number", None, "The item at a place, the first is 1.",
             "列表中的第几个，从 1 开始。", 'item(("a", "b"), 2)', '"b"', item),
    Function("contains", ("包含",), "lists", "where:text|list, what:any", BOOLEAN,
             "Whether a text contains another, or a list an item.", "文本是否包含另一文本，或列表是否包含某项。",
             'contains("斗拱平台", "平台")', "true", lambda text, what: what in text,
             lambda text, what: func.strpos(text, what) > 0),
)  # fmt: skip
