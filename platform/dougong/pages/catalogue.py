"""The catalogues of the screen's languages. One rule: msgids are English sentences, so English needs no catalogue and a
missing translation is still readable."""

from __future__ import annotations

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


def text(message: str, locale: str, **params: object) -> str:
    """A msgid in the language, its `{name}` placeholders filled from `params`; one nobody gave stays a dash."""
    return fill(translations(locale).ugettext(message), params)


def fill(template: str, params: object) -> str:
    """Fill the `{name}` placeholders of a translated sentence with texts."""
    return template.format_map(_Given(params if isinstance(params, dict) else {}))


class _Given(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "—"


def mark(message: str) -> str:
    """Mark a msgid for extraction where it is declared; it is translated where it is shown."""
    return message
