"""Choosing between values. These are special: their arguments are computed only when needed, and a null condition is
false."""

from __future__ import annotations

from ..types import BOOLEAN
from .function import Function

FUNCTIONS = (
    Function("if", ("如果",), "logic", "condition:boolean, then:any, else:any?", None,
             "The second value if the condition is true, else the third (null when left out).",
             "条件成立取第二个值，否则取第三个值（省略时为空）。", 'if(3 > 2, "yes", "no")', '"yes"', special=True),
    Function("ifs", ("多条件",), "logic", "condition:boolean, value:any, more:any?*", None,
             "The value after the first condition that is true; an odd last value is the rest.",
             "依次判断，取第一个成立的条件后面的值；最后单独一个值为其他情况。", 'ifs(1 > 2, "a", 2 > 1, "b", "c")', '"b"',
             special=True),
    Function("switch", ("匹配",), "logic", "value:any, case:any, result:any, more:any?*", None,
             "The result after the first case equal to the value; an odd last value is the rest.",
             "取第一个与给定值相等的情况后面的结果；最后单独一个值为其他情况。", 'switch("b", "a", 1, "b", 2, 0)',
             "2", special=True),
    Function("choose", ("选取",), "logic", "index:number, value:any, more:any?*", None,
             "The value at the place given by the index, the first is 1.",
             "按序号取值，从 1 开始。", 'choose(2, "a", "b", "c")', '"b"', special=True),
    Function("coalesce", ("首个非空",), "logic", "value:any, more:any?*", None,
             "The first value that is not null.", "取第一个不为空的值。", "coalesce(null, 5, 6)", "5", special=True),
    Function("nz", ("空值取", "ifnull"), "logic", "value:any, instead:any?", None,
             "The value, or the second (0 when left out) if it is null.",
             "为空时取第二个值（省略时为 0）。", "nz(null, 0) + 1", "1", special=True),
    Function("isblank", ("为空", "isnull"), "logic", "value:any", BOOLEAN,
             "Whether the value is null; blank text is null.", "是否为空；空白文本也是空。", 'isblank("")', "true",
             special=True),
    Function("between", ("介于",), "logic", "value:any, least:any, most:any", BOOLEAN,
             "Whether the value lies between the two others, both included.",
             "是否在两个值之间（含两端）。", "between(5, 1, 5)", "true", special=True),
)  # fmt: skip
