"""Text of a JavaScript expression → a small tree. Only what conditions of DocTypes are made of is read: values, names with
dots, calls, and the operators of logic, comparison and arithmetic. One rule: nothing is ever carried out, and what is not of
this subset is refused with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

LENGTH_LIMIT = 4_000
DEPTH_LIMIT = 40
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?(?![\w.]))|(?P<name>[^\W\d][\w$]*|\$[\w$]*)
    |(?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.)*`)
    |(?P<op>===|!==|==|!=|<=|>=|&&|\|\||\?\?|\?\.|[-+*/%!<>?:.,()\[\];]))""",
    re.VERBOSE,
)
_LEVELS = (("||", "??"), ("&&",), ("==", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "/", "%"))
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "undefined": None}
#: Names that begin statements, or do more than compute a value.
_FORBIDDEN = frozenset(
    {"new", "delete", "typeof", "void", "in", "instanceof", "function", "return", "if", "else", "for", "while", "let",
     "const", "var", "await", "yield", "class"}
)  # fmt: skip


class Unreadable(ValueError):
    """Not of the subset: `reason` is a code of losses.WHY, `piece` what it is about."""

    def __init__(self, reason: str, piece: str) -> None:
        self.reason = reason
        self.piece = piece[:80]
        super().__init__(reason, self.piece)


@dataclass(frozen=True, slots=True)
class Value:
    """A literal: text, number, truth value, or None for null and undefined."""

    value: str | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Path:
    """`doc.x`, `parent.y`, `frappe.session.user`."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """`["a", "b"]`."""

    items: tuple[Js, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A name of something that is no path: `(doc.x || []).length`."""

    owner: Js
    name: str


@dataclass(frozen=True, slots=True)
class Invoke:
    """A call of a path or member."""

    target: Path | Member
    arguments: tuple[Js, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """`!x` or `-x`."""

    operator: str
    operand: Js


@dataclass(frozen=True, slots=True)
class Pair:
    """Two operands; `===` and `!==` are said as `==` and `!=`, `??` as `||`."""

    operator: str
    left: Js
    right: Js


@dataclass(frozen=True, slots=True)
class Either:
    """`condition ? yes : no`."""

    condition: Js
    yes: Js
    no: Js


Js = Value | Path | Array | Member | Invoke | Sign | Pair | Either


def read_expression(text: str) -> Js:
    """The tree of an expression. Raises Unreadable `syntax`, `nothing`."""
    if len(text) > LENGTH_LIMIT:
        raise Unreadable("syntax", text)
    return _Reader(text).whole()


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.depth = 0

    def whole(self) -> Js:
        if not self.tokens:
            raise Unreadable("nothing", "")
        tree = self.either()
        while self.take_op(";"):
            pass
        if self.at < len(self.tokens):
            raise self.wrong()
        return tree

    # -- tokens

    def wrong(self) -> Unreadable:
        rest = " ".join(text for _, text in self.tokens[self.at : self.at + 6])
        return Unreadable("syntax", rest)

    def take_op(self, *wanted: str) -> str | None:
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "op" and self.tokens[self.at][1] in wanted:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def need(self, wanted: str) -> None:
        if self.take_op(wanted) is None:
            raise self.wrong()

    # -- operators, from loose to tight

    def either(self) -> Js:
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            raise Unreadable("syntax", "(" * 3)
        condition = self.level(0)
        if self.take_op("?"):
            yes = self.either()
            self.need(":")
            condition = Either(condition, yes, self.either())
        self.depth -= 1
        return condition

    def level(self, number: int) -> Js:
        if number == len(_LEVELS):
            return self.sign()
        left = self.level(number + 1)
        while (operator := self.take_op(*_LEVELS[number])) is not None:
            left = Pair("||" if operator == "??" else operator, left, self.level(number + 1))
        return left

    def sign(self) -> Js:
        signs = []
        while (operator := self.take_op("!", "-", "+")) is not None:
            signs.append(operator)
            if len(signs) > DEPTH_LIMIT:
                raise self.wrong()
        found = self.behind(self.operand())
        for each in reversed(signs):
            found = found if each == "+" else Sign(each, found)
        return found

    # -- operands

    def operand(self) -> Js:
        if self.take_op("("):
            inside = self.either()
            self.need(")")
            return inside
        if self.take_op("["):
            return Array(self.listed("]"))
        if self.at == len(self.tokens) or self.tokens[self.at][0] == "op":
            raise self.wrong()
        kind, text = self.tokens[self.at]
        if kind == "name" and text in _FORBIDDEN:
            raise self.wrong()
        self.at += 1
        if kind == "number":
            return Value(Decimal(text))
        if kind == "text":
            return Value(_unquoted(text))
        return Value(_WORDS[text]) if text in _WORDS else Path((text,))

    def behind(self, found: Js) -> Js:
        """Names, calls and `["names"]` behind an operand."""
        while (operator := self.take_op(".", "?.", "(", "[")) is not None:
            if operator == "(":
                if not isinstance(found, Path | Member):
                    raise self.wrong()
                found = Invoke(found, self.listed(")"))
            elif operator == "[":
                found = self.indexed(found)
            elif self.take_op("("):  # a?.(b)
                raise self.wrong()
            else:
                found = _member(found, self.name())
        return found

    def name(self) -> str:
        if self.at == len(self.tokens) or self.tokens[self.at][0] != "name":
            raise self.wrong()
        self.at += 1
        return self.tokens[self.at - 1][1]

    def indexed(self, owner: Js) -> Js:
        inside = self.either()
        self.need("]")
        if not isinstance(inside, Value) or not isinstance(inside.value, str):
            raise Unreadable("syntax", "[…]")
        return _member(owner, inside.value)

    def listed(self, close: str) -> tuple[Js, ...]:
        items: list[Js] = []
        while not self.take_op(close):
            if items:
                self.need(",")
                if self.take_op(close):
                    break
            items.append(self.either())
        return tuple(items)


def _member(owner: Js, name: str) -> Path | Member:
    return Path((*owner.parts, name)) if isinstance(owner, Path) else Member(owner, name)


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise Unreadable("syntax", text[at:].strip())
        word = match[match.lastgroup]
        found.append((match.lastgroup, {"===": "==", "!==": "!="}.get(word, word)))
        at = match.end()
    return found


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), text[1:-1])
