"""What every template may call: icons, state badges, figures and dates in the reader's language. One rule: nothing here
knows a request; language, zone and day are handed in as functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import segno
from jinja2 import Environment
from markupsafe import Markup

from ..fields.rich_text import cleaned
from . import formats
from .catalogue import LANGUAGES, text
from .catalogue import mark as _

Zone = ZoneInfo
#: Title and hue of every state.
STATES = {
    "draft": (_("Draft"), ""),
    "in_approval": (_("In approval"), "blue"),
    "approved": (_("Approved"), "green"),
    "rejected": (_("Rejected"), "red"),
    "withdrawn": (_("Withdrawn"), ""),
    "closed": (_("Closed"), ""),
    "voided": (_("Voided"), "void"),
    "active": (_("In use"), "green"),
    "disabled": (_("Out of use"), ""),
    "deleted": (_("In the recycle bin"), "red"),
}
_BADGE = Markup('<span class="bdg {hue}">{word}</span>')
_ICON = Markup('<svg class="icon {kind}" aria-hidden="true"><use href="{sprite}#{name}"></use></svg>')


def prepare(
    env: Environment,
    locale: Callable[[], str],
    zone: Zone,
    today: Callable[[], date],
    asset: Callable[[str], str],
) -> None:
    """Put the globals and filters into a Jinja environment."""

    def icon(name: str, kind: str = "") -> Markup:
        return _ICON.format(kind=kind, sprite=asset("vendor/icons.svg"), name=name)

    def badge(state: str) -> Markup:
        word, hue = STATES.get(state, (state, ""))
        return _BADGE.format(hue=hue, word=text(word, locale()))

    env.globals.update(
        icon=icon, badge=badge, asset=asset, languages=LANGUAGES, state_title=lambda state: state_title(state, locale()),
        between=lambda: formats.between(locale()), said_of=lambda name, text: formats.said_of(name, text, locale()),
    )  # fmt: skip
    env.filters["number"] = formats.number
    env.filters["percent"] = formats.percent
    env.filters["qr"] = qr
    env.filters["size"] = formats.size
    env.filters["moment"] = lambda value: formats.moment(value, zone, today())
    env.filters["rich"] = lambda html: Markup(cleaned(str(html or "")))
    env.filters["endings"] = endings
    env.filters["initial"] = lambda name: str(name)[-1:]


def qr(code: str) -> Markup:
    """A QR code as an SVG without style attributes, which the CSP would refuse; "" where the text is too long for one."""
    try:
        made = segno.make(code, error="m", micro=False)
    except segno.DataOverflowError:
        return Markup("")
    return Markup(made.svg_inline(omitsize=True, svgclass="qr", lineclass=None, border=4, light="#fff"))


def endings(accepted: Any) -> str:
    """What a field accepts (`x-options.accept`: endings) as a browser wants it: ".pdf,.docx"."""
    listed = accepted if isinstance(accepted, list | tuple) else ()
    return ",".join("." + str(each).lstrip(".") for each in listed)


def state_title(state: str, locale: str) -> str:
    """The word of a state on the screen."""
    return text(STATES[state][0], locale) if state in STATES else state


def translated(module: Any, source: str, locale: str) -> str:
    """A text of a module in the reader's language, where the module brings a translation (i18n/en.json)."""
    found: str = module.translations.get(locale, {}).get(source, source)
    return found
