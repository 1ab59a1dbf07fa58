"""Aggregates over the rows of a subtable: `sum(lines.amount, kind = "a")`, `sum(lines.price * lines.quantity)`,
`count(lines, done)`. Nulls are skipped. sum, count, avg, min and max also take plain values. Special: the checker turns
them into Aggregate nodes."""

from __future__ import annotations

from ..types import BOOLEAN, INTEGER, NUMBER, TEXT
from .function import Function

FUNCTIONS = (
    Function("sum", ("求和", "sumif"), "rows", "value:any, more:any?*", NUMBER,
             "The sum over rows, or of plain values; of nothing it is 0.",
             "明细求和（可带条件），或几个值之和；没有则为 0。",
             "sum(1, 2, null)", "3", special=True),
    Function("count", ("计数", "countif"), "rows", "value:any, more:any?*", INTEGER,
             "How many rows, or values that are not null.", "明细行数（可带条件），或非空值的个数。",
             "count(1, null)", "1", special=True),
    Function("avg", ("平均", "average"), "rows", "value:any, more:any?*", NUMBER,
             "The average, half-up to 10 places; of nothing null.",
             "平均值，没有则为空。", "avg(1, 2)", "1.5", special=True),
    Function("min", ("最小",), "rows", "value:any, more:any?*", None, "The least; of nothing null.",
             "最小值，没有则为空。", "min(3, 2)", "2", special=True),
    Function("max", ("最大",), "rows", "value:any, more:any?*", None, "The greatest; of nothing null.",
             "最大值，没有则为空。", "max(3, 2)", "3", special=True),
    Function("first", ("首行",), "rows", "value:any, more:any?*", None, "The first row's value.", "第一行的值。",
             "", "", special=True),
    Function("last", ("末行",), "rows", "value:any, more:any?*", None, "The last row's value.", "最后一行的值。",
             "", "", special=True),
    Function("join", ("合并",), "rows", "value:any, more:any?*", TEXT,
             "Rows' or a list's values as one text, separated.", "把各行或列表的值合并为文本。",
             'join(("a", "b"), "、")', '"a、b"', special=True),
    Function("distinct", ("去重",), "rows", "value:any, more:any?*", None, "The different values as a list.",
             "不重复的值列表。", "", "", special=True),
    Function("countdistinct", ("去重计数",), "rows", "value:any, more:any?*", INTEGER, "How many different values.",
             "不重复值的个数。", "", "", special=True),
    Function("any", ("任一",), "rows", "rows:any, more:any?*", BOOLEAN, "Whether the condition is true in some row.",
             "是否有任一行满足条件。", "", "", special=True),
    Function("all", ("全部",), "rows", "rows:any, more:any?*", BOOLEAN,
             "Whether the condition is true in every row; of nothing true.", "是否每一行都满足条件；没有行时成立。",
             "", "", special=True),
    Function("total", ("汇总",), "rows", "name:text, key:any?*", None,
             'A total\'s value by its keys: total("labor.ticket.per_day", worker, day).hours.',
             "按键读取汇总值。", "", "", special=True),
)  # fmt: skip
