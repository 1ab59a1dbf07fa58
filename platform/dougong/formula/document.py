"""The tables of functions in docs/formulas.md, made from the functions themselves; a test keeps the file equal to them.
`python -m dougong.formula.document`, run in the checkout, writes them anew."""

from __future__ import annotations

import sys
from pathlib import Path

from .facts import SQL_AGGREGATES, SQL_SPECIAL
from .functions import FUNCTIONS, Function, Param

TITLES = {
    "logic": "Choosing 逻辑",
    "numbers": "Numbers 数字",
    "text": "Text 文本",
    "dates": "Dates and times 日期与时间",
    "lists": "Lists 列表",
    "rows": "Rows and totals 明细与汇总",
    "people": "People 人员",
}
#: Special functions that become others, or have a form of their own.
_QUERYABLE = SQL_SPECIAL | SQL_AGGREGATES | {"between", "date", "datetime", "my", "total", "contains"}


def function_tables() -> str:
    """One Markdown table a family: call, Chinese name, where it can be used, what it does, example."""
    return "\n".join(_table(category, title) for category, title in TITLES.items())


def _table(category: str, title: str) -> str:
    head = f"### {title}\n\n| function | 中文 | SQL | what it gives | example |\n|---|---|---|---|---|\n"
    return head + "".join(_row(each) for each in FUNCTIONS.values() if each.category == category)


def _row(function: Function) -> str:
    call = f"`{function.name}({', '.join(map(_param, function.params))})`"
    example = f"`{_cell(function.example)}`" if function.example else ""
    if function.example and function.result:
        example += f" = `{_cell(function.result)}`"
    where = "yes" if queryable(function) else "constant" if function.context else ""
    names = "、".join(f"`{each}`" for each in function.aliases)
    return f"| {call} | {names} | {where} | {function.en}<br>{function.zh} | {example} |\n"


def queryable(function: Function) -> bool:
    """Whether the function may stand in filters, policies and totals with values of records as arguments."""
    return function.name in _QUERYABLE or (function.postgresql is not None and not function.context)


def _param(param: Param) -> str:
    name = "\\|".join(f'"{word}"' for word in param.words) or param.name
    return f"[{name}{', …' if param.repeated else ''}]" if param.optional else name


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def rewritten(page: str) -> str:
    """The page with the tables of today; what stands before the first table is prose and stays."""
    first = f"### {next(iter(TITLES.values()))}\n"
    return page[: page.index(first)] + function_tables()


if __name__ == "__main__":
    _file = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/formulas.md")
    _file.write_text(rewritten(_file.read_text(encoding="utf-8")), encoding="utf-8")
