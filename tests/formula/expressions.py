"""Random formulas of a wanted kind over the small world, as text. Every function with a SQL form takes part unasked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from dougong.formula.functions import FUNCTIONS, Function
from dougong.formula.types import Kind
from tests.formula.world import FIELDS, A, B

NAMES = {kind: [name for name, (type_, _) in FIELDS.items() if type_.kind is kind] for kind in Kind}
WORDS = ("a", "斗", "-", "A", "é😀", " ", "xyz", "1,234.50", "null", 'say "x"')
NUMBERS = st.one_of(
    st.integers(-20, 20).map(str),
    st.decimals(-1000, 1000, places=2).map(str),
    st.decimals(Decimal("-0.1"), Decimal("0.1"), places=7).map(lambda value: f"{value:f}"),
    st.sampled_from(["0", "0.5", "140.62", "140.625", "99999999999999999", "-0.005", "0.3333333333"]),
)
LITERALS = {
    Kind.NUMBER: NUMBERS,
    Kind.TEXT: st.sampled_from(['"' + word.replace('"', '""') + '"' for word in WORDS]),
    Kind.BOOLEAN: st.sampled_from(["true", "false", "null"]),
    Kind.DATE: st.dates(date(1995, 1, 1), date(2040, 12, 31)).map(lambda day: f'date("{day}")'),
    Kind.DATETIME: st.just('datetime("2025-08-04T17:30:15.25Z")'),
    Kind.TIME: st.sampled_from(['time("08:30")', 'time("23:59:59")']),
    Kind.LIST: st.sampled_from(['("a", "b")', '("斗", null)']),
    Kind.RECORD: st.sampled_from([f'"{A}"', '"no id"']),
    Kind.MEMBER: st.sampled_from([f'"{B}"', "me()"]),
    Kind.DEPARTMENT: st.just("my_department()"),
}
#: Counts and places, so that text functions stay in range.
SMALL = st.sampled_from(["-1", "0", "1", "2", "3", "1.9", "40", "null"])
CHOICES = (Kind.NUMBER, Kind.TEXT, Kind.BOOLEAN, Kind.DATE)
ORDERED = (Kind.NUMBER, Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.TIME)
IDS = (Kind.RECORD, Kind.MEMBER, Kind.DEPARTMENT)
EQUAL = (*ORDERED, Kind.BOOLEAN, Kind.RECORD, Kind.MEMBER)


def sql_functions() -> list[Function]:
    """All ordinary functions with a SQL form."""
    return [each for each in FUNCTIONS.values() if each.postgresql is not None and not each.context]


@st.composite
def expression(draw: st.DrawFn, kind: Kind, depth: int = 3) -> str:
    """A formula of a kind, nested at most so deep."""
    leaves = [LITERALS[kind]]
    if NAMES[kind]:
        leaves += [st.sampled_from(NAMES[kind])] * 3
    if depth <= 0 or kind in IDS or (kind not in CHOICES and draw(st.integers(0, 2))):
        return draw(st.one_of(leaves))
    if draw(st.integers(0, 4)) == 0:
        return draw(st.one_of(leaves))
    return draw(_made(kind, depth - 1))


def _made(kind: Kind, depth: int) -> st.SearchStrategy[str]:
    options = [call(each, depth) for each in sql_functions() if each.gives is not None and each.gives.kind is kind]
    options += [_if(kind, depth), _coalesce(kind, depth)]
    if kind in (Kind.NUMBER, Kind.TEXT, Kind.DATE):
        options.append(_extreme(kind, depth))
    if kind in _EXTRA:
        options += [each(depth) for each in _EXTRA[kind]] * 4
    return st.one_of(options)


@st.composite
def call(draw: st.DrawFn, function: Function, depth: int = 1) -> str:
    """A call of one function with arguments of its kinds; optional ones now and then."""
    count = draw(st.integers(function.least, min(function.most or 4, 4)))
    arguments = []
    for index in range(count):
        param = function.param(index)
        if param.words:
            arguments.append(draw(st.sampled_from([f'"{word}"' for word in param.words])))
        elif Kind.NUMBER in param.kinds and Kind.TEXT not in param.kinds and index > 0:
            arguments.append(draw(st.one_of(SMALL, expression(Kind.NUMBER, 0))) if _free(function) else draw(SMALL))
        else:
            wanted = draw(st.sampled_from(sorted(param.kinds or {Kind.TEXT})))
            arguments.append(draw(expression(wanted, depth)))
    return f"{function.name}({', '.join(arguments)})"


def _free(function: Function) -> bool:
    """Whether later number arguments may be any number and are not counts."""
    return function.name in ("mod", "quotient", "clamp", "min", "max")


@st.composite
def _if(draw: st.DrawFn, kind: Kind, depth: int) -> str:
    condition = draw(expression(Kind.BOOLEAN, depth))
    one, other = draw(expression(kind, depth)), draw(expression(kind, depth))
    if draw(st.booleans()):
        return f"if({condition}, {one}, {other})"
    third = draw(expression(kind, 0))
    return draw(st.sampled_from([
        f"ifs({condition}, {one}, not ({condition}), {other}, {third})",
        f'switch(title, "a", {one}, note, {other}, {third})',
        f"switch(amount, 0, {one}, fee, {other})",
        f"choose(pieces, {one}, {other})",
    ]))  # fmt: skip


@st.composite
def _coalesce(draw: st.DrawFn, kind: Kind, depth: int) -> str:
    name = draw(st.sampled_from(["coalesce", "nz"]))
    return f"{name}({draw(expression(kind, depth))}, {draw(expression(kind, depth))})"


@st.composite
def _extreme(draw: st.DrawFn, kind: Kind, depth: int) -> str:
    values = draw(st.lists(expression(kind, depth), min_size=1, max_size=3))
    return f"{draw(st.sampled_from(['min', 'max']))}({', '.join(values)})"


@st.composite
def _arithmetic(draw: st.DrawFn, depth: int) -> str:
    operands = draw(st.lists(expression(Kind.NUMBER, depth), min_size=2, max_size=4))
    text = f"({operands[0]})"
    for operand in operands[1:]:
        text += f" {draw(st.sampled_from('+-*/+-'))} ({operand})"
    return text


@st.composite
def _numbers(draw: st.DrawFn, depth: int) -> str:
    first, *more = draw(st.lists(expression(Kind.NUMBER, depth), min_size=1, max_size=3))
    name = draw(st.sampled_from(["sum", "avg", "count", "round", "-"]))
    if name in ("round", "-"):
        return f"{name}({first})"
    return f"{name}({', '.join([first, *more])})"


@st.composite
def _folded(draw: st.DrawFn, depth: int) -> str:
    where = draw(st.sampled_from(["", ', kind = "a"', ", ok", ", price > 5 and not ok", ", parent.amount > price"]))
    number = st.sampled_from(
        ["lines.price", "lines.quantity", "lines.price * lines.quantity", "lines.price + parent.fee"]
    )
    function = draw(st.sampled_from(["sum", "avg", "min", "max", "count", "countdistinct"]))
    return f"{function}({draw(number)}{where})"


@st.composite
def _logic(draw: st.DrawFn, depth: int) -> str:
    one, other = draw(expression(Kind.BOOLEAN, depth)), draw(expression(Kind.BOOLEAN, depth))
    return draw(st.sampled_from([f"({one}) and ({other})", f"({one}) or ({other})", f"not ({one})"]))


@st.composite
def _comparison(draw: st.DrawFn, depth: int) -> str:
    kind = draw(st.sampled_from(EQUAL))
    operators = ["=", "<>", "<", "<=", ">", ">="] if kind in ORDERED else ["=", "<>"]
    one, other = draw(expression(kind, depth)), draw(expression(kind, depth))
    return f"({one}) {draw(st.sampled_from(operators))} ({other})"


@st.composite
def _membership(draw: st.DrawFn, depth: int) -> str:
    kind = draw(st.sampled_from(EQUAL))
    items = draw(st.lists(expression(kind, 0), min_size=1, max_size=3))
    word = draw(st.sampled_from(["in", "not in"]))
    listed = [f"({', '.join(items)})"] if kind is not Kind.TEXT else [f"({', '.join(items)})", "tags"]
    return f"({draw(expression(kind, depth))}) {word} {draw(st.sampled_from(listed))}"


@st.composite
def _asked(draw: st.DrawFn, depth: int) -> str:
    kind = draw(st.sampled_from([*EQUAL, Kind.LIST]))
    return draw(st.sampled_from([f"isblank({draw(expression(kind, depth))})", "my(project)", 'in_role("gm")',
                                 "any(lines, ok)", "all(lines, ok, price > 0)", 'any(lines.kind = "a")']))  # fmt: skip


@st.composite
def _joined(draw: st.DrawFn, depth: int) -> str:
    kinds = draw(st.lists(st.sampled_from([Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.TIME]), min_size=2, max_size=3))
    return " & ".join(f"({draw(expression(kind, depth))})" for kind in kinds)


_EXTRA = {
    Kind.NUMBER: (_arithmetic, _numbers, _folded),
    Kind.BOOLEAN: (_logic, _comparison, _membership, _asked),
    Kind.TEXT: (_joined,),
    Kind.DATE: (lambda depth: expression(Kind.DATE, 0).map(lambda day: f"({day}) + pieces"),),
}
