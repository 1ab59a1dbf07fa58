"""Usage: how often each form was opened, by how many people, and what was refused there. One rule: it counts people and
names none."""

from __future__ import annotations

from flask import current_app, request
from flask.typing import ResponseReturnValue

from ...actions.record_usage import Used, read_usage
from ...kernel.errors import DougongError
from ...kernel.problems import Problem
from ...pages.sentences import error_sentence, sentence
from ...pages.wording import ERRORS, VALUES
from ..current import actor, installation, locale, read
from ..policy import policy
from ..usage import write_down
from .area import blueprint, page

STRETCHES = (7, 30)


@blueprint.get("/admin/usage")
@policy("admin")
def usage() -> ResponseReturnValue:
    """The last 7 or 30 days."""
    write_down(current_app._get_current_object())  # type: ignore[attr-defined]
    days = 30 if request.args.get("days") == "30" else 7
    found = read_usage(installation(), actor(), days)
    titles = read(lambda tx: {
        full: (form.title, installation().catalog.live(tx).definitions.modules[form.module].title)
        for full, form in installation().catalog.live(tx).definitions.forms.items()
    })  # fmt: skip
    used = [each for each in found if each.total or each.errors]
    idle = [each for each in found if not each.total and not each.errors]
    most = max((each.total for each in used), default=1) or 1
    return page(
        "usage", "usage", used=used, idle=idle, titles=titles, days=days, stretches=STRETCHES, most=most,
        errors={each.form: _said(each) for each in used},
    )  # fmt: skip


def _said(used: Used) -> list[tuple[str, int]]:
    """The refusals in words, the most frequent three first."""
    return [(_words(code), count) for code, count in list(used.errors.items())[:3]]


def _words(code: str) -> str:
    if code in VALUES:
        return sentence(Problem(code), locale())
    return error_sentence(DougongError(code), locale()) if code in ERRORS else code
