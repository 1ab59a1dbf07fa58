"""Every sentence on the screen has a Chinese translation with the same placeholders, and every code has a sentence."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from dougong import assets
from dougong.definition.codes import CODES
from dougong.formula.parser import parse
from dougong.kernel import errors
from dougong.kernel.errors import FormulaError
from dougong.kernel.problems import VALUE_CODES, Problem
from dougong.pages.sentences import error_sentence, sentence
from dougong.pages.wording import DEFINITION, ERRORS, FORMULA, VALUES

CHECKOUT = Path(__file__).resolve().parents[2]
METHODS = [("platform/dougong/**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "mark": None, "say": None, "say_many": (1, 2), "counted": (2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


@cache
def on_screen() -> dict[str, str]:
    """Every msgid of templates and code, and where one finds it."""
    found = {}
    for name, _, message, _, _ in extract_from_dir(
        CHECKOUT, METHODS, {"**": {"newstyle_gettext": "true"}}, KEYWORDS, directory_filter=_source
    ):
        found[message[0] if isinstance(message, tuple) else message] = name
    return found


def _source(folder: str) -> bool:
    path = Path(folder).relative_to(CHECKOUT)
    return path == Path() or path.parts[0] in ("platform", "templates")


@cache
def chinese() -> dict[str, str]:
    with (assets.LOCALE / "zh_CN/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    return {
        (each.id[0] if isinstance(each.id, tuple) else each.id): (
            each.string[0] if isinstance(each.string, tuple) else each.string
        )
        for each in catalogue
        if each.id
    }


def test_no_sentence_lacks_its_translation() -> None:
    assert {message: place for message, place in on_screen().items() if not chinese().get(message)} == {}


def test_no_translation_is_left_over() -> None:
    assert set(chinese()) - set(on_screen()) == set()


def test_translations_keep_the_placeholders() -> None:
    differ = {
        message: text
        for message, text in chinese().items()
        if set(PLACEHOLDER.findall(text)) - set(PLACEHOLDER.findall(message))
    }
    assert differ == {}


def test_the_style_of_the_screen() -> None:
    """No 您, no exclamation marks, no 失败 or 非法 (UI.md 5)."""
    assert [text for text in chinese().values() if re.search(r"您|[!！]|失败|非法|异常", text)] == []


@pytest.mark.parametrize("code", VALUE_CODES)
def test_every_problem_of_a_value_has_a_sentence(code: str) -> None:
    assert code in VALUES
    assert sentence(Problem(code), "zh_CN") != sentence(Problem(code), "en")


def raised() -> Iterator[tuple[str, str]]:
    """Codes of errors as the source raises them: (code, file)."""
    kinds = {name for name in vars(errors) if name[0].isupper()}
    for path in sorted((CHECKOUT / "platform" / "dougong").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in kinds:
                continue
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value, path.name


def test_every_error_that_is_raised_has_a_sentence() -> None:
    known = {*ERRORS, *FORMULA, *VALUES, *DEFINITION}
    assert {code: file for code, file in raised() if code not in known} == {}


def found_in_definitions() -> Iterator[tuple[str, str]]:
    for path in sorted((CHECKOUT / "platform" / "dougong").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0] if node.args else None
            if name in ("error", "warn", "wrong", "Problem") and isinstance(first, ast.Constant):
                yield str(first.value), path.name


def test_every_problem_of_a_definition_has_a_sentence() -> None:
    known = {*ERRORS, *FORMULA, *VALUES, *DEFINITION}
    codes = {code: file for code, file in found_in_definitions() if re.fullmatch(r"[a-z_]+", code)}
    codes.pop("fault", None)  # a log line's name
    assert {code: file for code, file in codes.items() if code not in known} == {}
    assert set(CODES) <= {*DEFINITION, *FORMULA}


def test_sentences_name_the_figures() -> None:
    assert sentence(Problem("length", "/a", {"max": 5, "length": 7}), "zh_CN") == "最多 5 个字，现在 7 个"
    assert sentence(Problem("range", "/a", {"minimum": 1, "value": 0}), "zh_CN") == "不能小于 1"
    share = {"maximum": 1, "value": Decimal("1.2"), "shown_as": "percent"}
    assert sentence(Problem("range", "/a", share), "zh_CN") == "不能大于 100%"
    assert sentence(Problem("range", "/a", {**share, "maximum": Decimal("0.035")}), "en") == "At most 3.5%"
    amount = {"minimum": Decimal("1000.5"), "shown_as": "money"}
    assert sentence(Problem("range", "/a", amount), "en") == "At least 1,000.50"
    assert sentence(Problem("range", "/a", {"exclusiveMaximum": 9}), "en") == "Must be less than 9"
    assert sentence(Problem("format", "/a", {"format": "date", "value": "x"}), "zh_CN") == "这里要填日期，如 2026-02-28"
    assert sentence(Problem("enum", "/a", {"allowed": ("大", "小")}), "zh_CN") == "请从这些里选：大、小"
    assert (
        error_sentence(errors.TooMany("too_many_sign_ins", retry_after=840), "zh_CN")
        == "试错太多次了，14 分钟后可以再试"
    )


def test_one_and_several_are_told_apart() -> None:
    assert sentence(Problem("scale", "/a", {"scale": 1}), "en") == "At most 1 decimal place"
    assert sentence(Problem("scale", "/a", {"scale": 2}), "en") == "At most 2 decimal places"
    assert sentence(Problem("length", "/a", {"max": 1, "length": 2}), "en") == "At most 1 character, now 2"
    assert sentence(Problem("length", "/a", {"max": 1_000, "length": 2}), "en") == "At most 1,000 characters, now 2"
    assert sentence(Problem("length", "/a", {"max": 1, "length": 2}), "zh_CN") == "最多 1 个字，现在 2 个"
    for left, said in ((1, "1 try left"), (2, "2 tries left")):
        assert said in error_sentence(errors.Unauthenticated("wrong_password_left", left=left), "en")


def test_no_sentence_has_a_number_before_a_plural_alone() -> None:
    """`1 rows` is no English: a count before a word for several things needs its singular (`counted`, ngettext)."""
    things = "rows|records|entries|seconds|minutes|tries|forms|members|fields|characters|places|values"
    loose = re.compile(rf"(?:%\(\w+\)s|\{{\w+\}}) (?:\w+ )?(?:{things})\b")
    limits = r"[Aa]t most \{limit\}|\{name\} has more than|1 to \{most\}|at most \{most\}"
    fixed = re.compile(rf"More than|Too many|{limits}|\{{doctype\}}|\{{count\}} records are called")
    one = {each for each in on_screen() if loose.search(each) and not fixed.search(each)}
    assert one == set()


def test_an_authors_own_sentence_goes_first_and_gets_its_figures() -> None:
    problem = Problem("unique", "/a", {"who": "id", "who_title": "张伟", "on": "08-04"}, "{who} {on} 已有 {nothing}")
    assert sentence(problem, "en") == "张伟 08-04 已有 {nothing}"


def test_a_placeholder_cannot_reach_into_values() -> None:
    class Secret:
        key = "hidden"

        def __str__(self) -> str:
            return "shown"

    assert sentence(Problem("check", "", {"a": Secret()}, "{a.key} {a}")) == "{a.key} shown"
    assert "hidden" not in sentence(Problem("length", "", {"max": Secret(), "length": 1}))


def test_a_formula_that_breaks_off_says_so() -> None:
    for text, said in {"1 +": "公式没有写完（第 3 个字符）", "1 ) 2": "这里不该有 )（第 2 个字符）"}.items():
        with pytest.raises(FormulaError) as refused:
            parse(text)
        assert error_sentence(refused.value, "zh_CN") == said
