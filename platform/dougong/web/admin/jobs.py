"""Jobs: what runs and how far it is, what waits, what was given up and why; taking one up again."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue

from ...actions.manage_jobs import list_jobs, retry_job
from ...kernel.errors import DougongError
from ...pages.catalogue import mark as _
from ...pages.sentences import error_sentence
from ...pages.wording import ERRORS
from ..current import actor, installation, locale
from ..language import say
from ..policy import policy
from .area import blueprint, page, refusal

KINDS = {
    "build_column": _("Fill a new field"),
    "upkeep": _("Nightly upkeep"),
    "export": _("Export"),
    "import.check": _("Dry run of an import"),
    "import.commit": _("Import"),
    "import.undo": _("Undo the import"),
    "seed": _("Documents of the demo firm"),
}
STATES = {
    "running": (_("Running"), "teal"),
    "ready": (_("Waiting"), ""),
    "dead": (_("Given up"), "red"),
    "done": (_("Done"), "green"),
}


@blueprint.get("/admin/jobs")
@policy("admin")
def jobs() -> ResponseReturnValue:
    """All of them, by state."""
    return _page()


@blueprint.post("/admin/jobs/<job>/retry")
@policy("admin")
def retry(job: str) -> ResponseReturnValue:
    """Try again."""
    try:
        retry_job(installation(), actor(), job)
    except DougongError as error:
        return _page(error)
    return redirect("/admin/jobs?done=retried", 303)


def _page(error: DougongError | None = None) -> ResponseReturnValue:
    found, counts = list_jobs(installation(), actor())
    shown = [(each, say(KINDS.get(each.kind, each.kind)), _why(each.reason)) for each in found]
    refused = refusal(error) if error else None
    return page("jobs", "jobs", refused, jobs=shown, counts=counts, states=STATES)


def _why(code: str) -> str:
    if not code:
        return ""
    return error_sentence(DougongError(code), locale()) if code in ERRORS else say("It did not get through")
