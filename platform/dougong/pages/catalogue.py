"""The catalogues of the screen's languages. One rule: msgids are English sentences, so English needs no catalogue and a
missing translation is still readable."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel.support import NullTranslations, Translations

from .. import assets

DEFAULT = "zh_CN"
LANGUAGES = {"zh_CN": "简体中文", "en": "English"}
DOMAIN = "messages"


@cache
def translations(locale: str) -> NullTranslations:
    """The compiled catalogue of a language; an empty one where there is none."""
    return Translations.load(assets.LOCALE, [locale], DOMAIN)


class Counted(str):
    """A msgid that speaks of a number of things: the words for one of them; `many` those for others, `by` the name of the
    parameter that is the number."""

    by: str
    many: str


def counted(by: str, one: str, many: str) -> Counted:
    """Mark a msgid with its plural for extraction; which of the two is said follows the parameter `by`."""
    made = Counted(one)
    made.by, made.many = by, many
    return made


def text(message: str, locale: str, **params: object) -> str:
    """A msgid in the language, its `{name}` placeholders filled from `params`; one nobody gave stays a dash."""
    return said(message, locale, params)


def said(message: str, locale: str, params: Mapping[str, object]) -> str:
    """The same with the parameters as they came, whatever they are called."""
    known = translations(locale)
    if isinstance(message, Counted):
        return fill(known.ungettext(message, message.many, _number(params.get(message.by))), params)
    return fill(known.ugettext(message), params)


def _number(given: object) -> int:
    """A figure as it is shown, `1,204`, as a number; anything else counts as several."""
    shown = str(given).replace(",", "")
    return int(shown) if shown.isascii() and shown.isdecimal() else 2


def fill(template: str, params: Mapping[str, object]) -> str:
    """Fill the `{name}` placeholders of a translated sentence with texts."""
    return template.format_map(_Given(params))


class _Given(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "—"


def mark(message: str) -> str:
    """Mark a msgid for extraction where it is declared; it is translated where it is shown."""
    return message
