"""Cuts a formula's text into tokens, each with its position. Punctuation as Chinese input methods type it means the same
as its ASCII form, outside of texts and quoted names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..kernel.errors import FormulaError

TEXT_LIMIT = 65_536
_TWINS = str.maketrans("（），；＝＞＜＋－＊／＆．！×÷｀　", "(),;=><+-*/&.!*/` ")
_WORDS = {"≥": ">=", "≤": "<=", "≠": "<>", "−": "-"}
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "＂": "＂"}
_DOUBLE = {"<=", ">=", "<>", "!=", "=="}
_SAME = {"==": "=", "!=": "<>", ";": ","}
_SINGLE = frozenset("=<>+-*/&(),.;")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: number, text, name (as written), quoted (a name in backticks), op or end."""

    kind: str
    text: str
    position: int


def tokens(text: str) -> Iterator[Token]:
    """All tokens, an "end" last. Raises FormulaError: too_long, unterminated, character."""
    if len(text) > TEXT_LIMIT:
        raise FormulaError("too_long", position=TEXT_LIMIT, limit=TEXT_LIMIT)
    if "\0" in text:  # no database keeps it
        raise FormulaError("character", position=text.index("\0"), character="U+0000")
    plain = text.translate(_TWINS)
    at = 0
    while at < len(text):
        if plain[at].isspace():
            at += 1
            continue
        token, at = _token(text, plain, at)
        yield token
    yield Token("end", "", len(text))


def is_plain_name(name: str) -> bool:
    """Whether a name can be written without backticks (words of the language apart)."""
    body = name[1:] if name.startswith("$") else name
    return bool(body) and _starts(body[0]) and all(map(_continues, body))


def _token(text: str, plain: str, at: int) -> tuple[Token, int]:
    char = plain[at]
    if text[at] in _QUOTES:
        return _quoted(text, at, "text", _QUOTES[text[at]])
    if char == "`":
        return _quoted(plain, at, "quoted", "`", text)
    if char.isdecimal() and char.isascii():
        return _number(text, at)
    if char == "$" or _starts(char):
        end = at + 1
        while end < len(text) and _continues(plain[end]):
            end += 1
        if end == at + 1 and char == "$":
            raise FormulaError("character", position=at, character="$")
        return Token("name", text[at:end], at), end
    return _operator(text, plain, at)


def _operator(text: str, plain: str, at: int) -> tuple[Token, int]:
    if text[at] in _WORDS:
        return Token("op", _WORDS[text[at]], at), at + 1
    for size in (2, 1):
        piece = plain[at : at + size]
        if piece in (_DOUBLE if size == 2 else _SINGLE):
            return Token("op", _SAME.get(piece, piece), at), at + size
    raise FormulaError("character", position=at, character=text[at])


def _quoted(plain: str, at: int, kind: str, close: str, text: str | None = None) -> tuple[Token, int]:
    """A text or quoted name; the closing mark doubled stands for itself."""
    source = plain if text is None else text
    pieces: list[str] = []
    begin = at + 1
    while True:
        end = plain.find(close, begin)
        if end < 0:
            raise FormulaError("unterminated", position=at, quote=plain[at])
        pieces.append(source[begin:end])
        if not plain.startswith(close, end + 1):
            break
        pieces.append(close)
        begin = end + 2
    return Token(kind, "".join(pieces), at), end + 1


def _number(text: str, at: int) -> tuple[Token, int]:
    end = _digits(text, at)
    if text[end : end + 1] in (".", "．") and _digits(text, end + 1) > end + 1:
        end = _digits(text, end + 1)
    if end < len(text) and (_starts(text[end]) or text[end] in "$`"):
        raise FormulaError("number", position=at, text=text[at : end + 1])
    return Token("number", text[at:end].replace("．", "."), at), end


def _digits(text: str, at: int) -> int:
    while at < len(text) and text[at] in "0123456789":
        at += 1
    return at


def _starts(char: str) -> bool:
    return char == "_" or char.isalpha()


def _continues(char: str) -> bool:
    return char == "_" or char.isalnum() or ("_" + char).isidentifier()
