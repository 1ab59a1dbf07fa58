"""Text → tree, by recursive descent. Precedence from loose to tight: or; and; not; comparisons and in; &; + -; * /; unary
minus. Limits on length, nesting and size are checked while reading, so that hostile text costs no time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from ..kernel.errors import FormulaError
from .ast import Binary, Call, Chain, Family, In, Items, Literal, Name, Node, Total, Unary
from .names import canonical
from .tokens import Token, tokens

#: Levels of parentheses, calls and signs; a level may hold several operators, so the tree may be twice as deep.
DEPTH_LIMIT = 32
TREE_LIMIT = 2 * DEPTH_LIMIT
NODE_LIMIT = 10_000
#: `a * b * c …`: each step rounds, so a long product nests; sums and conditions do not.
PRODUCT_LIMIT = 32
PATH_LIMIT = 8
#: Arguments of a call, items of a list.
ARGUMENT_LIMIT, ITEM_LIMIT = 250, 1_000
DIGITS, PLACES = 18, 10
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_LITERALS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_WORD_CALLS = {"and": "and", "or": "or", "not": "not", "且": "and", "或": "or", "非": "not"}
RESERVED = frozenset({"in", "not", "and", "or", *_LITERALS})


def parse(text: str) -> Node:
    """The tree of a formula. Raises FormulaError with the position of the first character that does not fit."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(tokens(text))
        self._at = 0
        self._depth = 0
        self._nodes = 0

    def whole(self) -> Node:
        node = self._or()
        if self._now.kind != "end":
            raise self._unexpected()
        _refuse_too_deep(node)
        return node

    # -- reading

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._now
        self._at += token.kind != "end"
        return token

    def _is(self, *texts: str) -> bool:
        return self._now.kind == "op" and self._now.text in texts

    def _word(self, word: str, ahead: int = 0) -> bool:
        token = self._tokens[min(self._at + ahead, len(self._tokens) - 1)]
        return token.kind == "name" and token.text.lower() == word

    def _expect(self, text: str) -> None:
        if not self._is(text):
            raise self._unexpected(expected=text)
        self._take()

    def _unexpected(self, **params: str) -> FormulaError:
        token = self._now
        code = "unexpected_end" if token.kind == "end" else "unexpected"
        return FormulaError(code, position=token.position, found=token.text, **params)

    def _made(self, node: Node) -> Node:
        self._nodes += 1
        if self._nodes > NODE_LIMIT:
            raise FormulaError("too_large", position=node.position, limit=NODE_LIMIT)
        return node

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise FormulaError("too_deep", position=self._now.position, limit=DEPTH_LIMIT)
        node = read()
        self._depth -= 1
        return node

    # -- operators, from loose to tight

    def _or(self) -> Node:
        return self._words("or", self._and)

    def _and(self) -> Node:
        return self._words("and", self._not)

    def _words(self, word: Family, operand: Callable[[], Node]) -> Node:
        first = operand()
        rest: list[tuple[str, Node]] = []
        while self._word(word):
            self._take()
            rest.append((word, operand()))
        return self._chain(word, first, rest)

    def _not(self) -> Node:
        if not self._word("not"):
            return self._comparison()
        start = self._take().position
        return self._made(Unary("not", self._deeper(self._not), position=start))

    def _comparison(self) -> Node:
        left = self._concat()
        if self._is(*COMPARISONS):
            operator = self._take().text
            node = self._made(Binary(operator, left, self._concat(), position=left.position))
        elif self._word("in") or (self._word("not") and self._word("in", 1)):
            negated = self._word("not")
            self._at += 1 + negated
            node = self._made(In(left, self._haystack(), negated, position=left.position))
        elif self._word("is"):
            return self._blank(left)
        else:
            return left
        if self._is(*COMPARISONS) or self._word("in"):
            raise self._unexpected()
        return node

    def _blank(self, left: Node) -> Node:
        """`x is null`, `x is not null`: another way to write isblank(x)."""
        self._take()
        negated = self._word("not")
        self._at += negated
        if not (self._word("null") or self._word("blank")):
            raise self._unexpected(expected="null")
        self._take()
        node = self._made(Call("isblank", (left,), position=left.position))
        return self._made(Unary("not", node, position=left.position)) if negated else node

    def _haystack(self) -> Node:
        if not self._is("("):
            return self._concat()
        start = self._take().position
        if self._is(")"):
            raise self._unexpected()
        items = self._arguments(ITEM_LIMIT)
        return self._made(Items(items, position=start))

    def _concat(self) -> Node:
        return self._symbols("&", ("&",), self._sum)

    def _sum(self) -> Node:
        return self._symbols("+", ("+", "-"), self._product)

    def _product(self) -> Node:
        node = self._symbols("*", ("*", "/"), self._unary)
        if isinstance(node, Chain) and node.family == "*" and len(node.rest) >= PRODUCT_LIMIT:
            raise FormulaError("too_deep", position=node.position, limit=PRODUCT_LIMIT)
        return node

    def _symbols(self, family: Family, symbols: tuple[str, ...], operand: Callable[[], Node]) -> Node:
        first = operand()
        rest = []
        while self._is(*symbols):
            symbol = self._take().text
            rest.append((symbol, operand()))
        return self._chain(family, first, rest)

    def _chain(self, family: Family, first: Node, rest: list[tuple[str, Node]]) -> Node:
        if not rest:
            return first
        self._nodes += len(rest) - 1
        return self._made(Chain(family, first, tuple(rest), position=first.position))

    def _unary(self) -> Node:
        if self._is("+"):
            self._take()
            return self._deeper(self._unary)
        if not self._is("-"):
            return self._primary()
        start = self._take().position
        operand = self._deeper(self._unary)
        if isinstance(operand, Literal) and isinstance(operand.value, Decimal) and operand.value > 0:
            return replace(operand, value=-operand.value, position=start)
        return self._made(Unary("-", operand, position=start))

    # -- operands

    def _primary(self) -> Node:
        token = self._now
        if token.kind == "number":
            return self._number()
        if token.kind == "text":
            self._take()
            return self._made(Literal(token.text or None, position=token.position))
        if token.kind in ("name", "quoted"):
            return self._named()
        if not self._is("("):
            raise self._unexpected()
        self._take()
        node = self._deeper(self._or)
        if self._is(","):
            rest = (self._take(), self._arguments(ITEM_LIMIT))[1]
            return self._made(Items((node, *rest), position=token.position))
        self._expect(")")
        return node

    def _number(self) -> Node:
        token = self._take()
        digits = token.text.replace(".", "").lstrip("0")
        value = Decimal(token.text)
        places = -int(value.as_tuple().exponent)
        if len(digits) > DIGITS or places > PLACES:
            raise FormulaError("out_of_range", position=token.position, digits=DIGITS, places=PLACES)
        return self._made(Literal(value, position=token.position))

    def _named(self) -> Node:
        token = self._now
        ahead = self._tokens[self._at + 1]
        lower = token.text.lower()
        if token.kind == "name" and ahead.kind == "op" and ahead.text == "(":
            return self._call(lower)
        if token.kind == "name" and lower in _LITERALS:
            self._take()
            return self._made(Literal(_LITERALS[lower], position=token.position))
        if token.kind == "name" and lower in RESERVED:
            raise self._unexpected()
        return self._made(Name(self._path(), position=token.position))

    def _path(self) -> tuple[str, ...]:
        parts = [self._take().text]
        while self._is("."):
            self._take()
            if self._now.kind not in ("name", "quoted"):
                raise self._unexpected(expected="name")
            parts.append(self._take().text)
        if len(parts) > PATH_LIMIT:
            raise FormulaError("too_deep", position=self._now.position, limit=PATH_LIMIT)
        return tuple(parts)

    def _call(self, name: str) -> Node:
        start = self._take().position
        self._take()
        arguments = self._arguments()
        word = _WORD_CALLS.get(name)
        if word:
            return self._word_call(word, arguments, start)
        function = canonical(name)
        if function == "total":
            return self._total(arguments, start)
        return self._made(Call(function, arguments, position=start))

    def _word_call(self, word: str, arguments: tuple[Node, ...], start: int) -> Node:
        """and(a, b), or(a, b), not(a), as spreadsheets write them."""
        if word == "not":
            if len(arguments) != 1:
                raise FormulaError("arguments", position=start, function="not", least=1, most=1)
            return self._made(Unary("not", arguments[0], position=start))
        if not arguments:
            raise FormulaError("arguments", position=start, function=word, least=1, most=None)
        family: Family = "and" if word == "and" else "or"
        first, *rest = arguments
        return replace(self._chain(family, first, [(word, each) for each in rest]), position=start)

    def _arguments(self, limit: int = ARGUMENT_LIMIT) -> tuple[Node, ...]:
        """What stands before the closing parenthesis; the opening one has been taken."""
        found: list[Node] = []
        while not self._is(")"):
            if found:
                self._expect(",")
            if len(found) == limit:
                raise FormulaError("too_large", position=self._now.position, limit=limit)
            found.append(self._deeper(self._or))
        self._take()
        return tuple(found)

    def _total(self, arguments: tuple[Node, ...], start: int) -> Node:
        if not arguments or not isinstance(arguments[0], Literal) or not isinstance(arguments[0].value, str):
            raise FormulaError("total_name", position=arguments[0].position if arguments else start)
        self._expect(".")
        if self._now.kind not in ("name", "quoted"):
            raise self._unexpected(expected="name")
        value = self._take().text
        return self._made(Total(arguments[0].value, arguments[1:], value, position=start))


def _refuse_too_deep(node: Node) -> None:
    """What reads the tree later recurses, and a product nests once per step."""
    waiting = [(node, 1)]
    while waiting:
        each, depth = waiting.pop()
        if depth > TREE_LIMIT:
            raise FormulaError("too_deep", position=each.position, limit=TREE_LIMIT)
        steps = len(each.rest) if isinstance(each, Chain) and each.family == "*" else 1
        waiting.extend((child, depth + steps) for child in each.children())
