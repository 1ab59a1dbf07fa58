"""Every refusal as an answer: a page, a fragment for htmx, or problem+json below /api.

One rule: codes become HTTP statuses here and nowhere else, and a person always reads what to do next; a fault of ours is
logged under the number the person sees."""

from __future__ import annotations

import errno
from typing import Any

import structlog
from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from ..kernel import errors as kinds
from ..kernel.errors import DougongError
from ..pages.sentences import error_sentence, sentence
from ..storage import exact_json
from . import usage
from .current import installation, locale, request_id, signed_in
from .htmx import fragment, htmx

STATUS: dict[type[DougongError], int] = {
    kinds.Malformed: 400,
    kinds.FormulaError: 400,
    kinds.Unauthenticated: 401,
    kinds.Forbidden: 403,
    kinds.NotFound: 404,
    kinds.Conflict: 409,
    kinds.Stale: 412,
    kinds.TooLarge: 413,
    kinds.Unsupported: 415,
    kinds.Invalid: 422,
    kinds.Unconfirmed: 422,
    kinds.DefinitionError: 422,
    kinds.KeyReused: 422,
    kinds.LicenceReadOnly: 423,
    kinds.PreconditionRequired: 428,
    kinds.TooMany: 429,
    kinds.Busy: 503,
    kinds.Refused: 503,
    kinds.Unstored: 507,
}
#: Our error for each HTTP error that Flask itself raises.
_HTTP: dict[int, tuple[type[DougongError], str]] = {
    400: (kinds.Malformed, "malformed"),
    404: (kinds.NotFound, "not_found"),
    405: (kinds.Malformed, "method"),
    415: (kinds.Unsupported, "unsupported"),
}
#: Statuses whose fragment is a dialog; others stand as a note at the top of the page.
_DIALOG = frozenset({401, 409, 412})
#: Parameters of a refusal that a program can use: both sides of a conflict, who was first and when, a formula's place.
_FIGURES = ("current", "differs", "state", "by", "by_name", "at", "name", "position", "retry_after")
#: A file that cannot be written because there is no room for it.
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_log = structlog.get_logger("dougong.web")


def install(app: Flask) -> None:
    """Answer every exception a view lets through."""
    app.register_error_handler(DougongError, refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def status_of(error: DougongError) -> int:
    """The HTTP status of a refusal."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem_json(error: DougongError) -> dict[str, Any]:
    """The body of RFC 9457 for a refusal; `problems` has at least one entry, of a refusal without a place the whole."""
    title = error_sentence(error, locale())
    found = error.problems if isinstance(error, kinds.WithProblems) else ()
    problems = [_problem(each.pointer, each.code, sentence(each, locale()), each.level) for each in found]
    whole = _problem(str(error.params.get("pointer", "")), error.code, title)
    told = {name: error.params[name] for name in _FIGURES if name in error.params}
    return {
        "type": "about:blank", "title": title, "status": status_of(error), "code": error.code,
        "request_id": request_id(), "problems": problems or [whole], **told,
    }  # fmt: skip


def _problem(pointer: str, code: str, message: str, level: str = "error") -> dict[str, str]:
    said = {"pointer": pointer, "code": code, "message": message}
    return said if level == "error" else {**said, "level": level}


def refused(error: DougongError) -> ResponseReturnValue:
    """The answer to a refusal."""
    status = status_of(error)
    usage.noted(error)
    if request.path.startswith("/api/"):
        answer = _told(error, status)
    elif isinstance(error, kinds.Unauthenticated) and not htmx:
        return redirect(url_for("auth.page", next=_here()), 303)
    else:
        answer = _shown(error, status)
    wait = error.params.get("retry_after")
    if wait is not None:
        answer.headers["Retry-After"] = str(wait)
    return answer


def _told(error: DougongError, status: int) -> Response:
    body = exact_json.dumps({**problem_json(error), "status": status}).encode("utf-8", "replace")
    return Response(body, status, mimetype="application/problem+json")


def _shown(error: DougongError, status: int) -> Response:
    said = {
        "status": status, "code": error.code, "text": error_sentence(error, locale()), "number": number(),
        "problems": [sentence(each, locale()) for each in getattr(error, "problems", ())], "again": _here(),
        "plain": request.path if status in (400, 422) and request.method == "GET" and request.query_string else "",
    }  # fmt: skip
    if not htmx:
        return make_response(render_template("errors/page.html" if signed_in() else "errors/bare.html", **said), status)
    if status in _DIALOG:
        return fragment(render_template("errors/_dialog.html", **said), status, retarget="#dialog", reswap="innerHTML")
    return fragment(render_template("errors/_note.html", **said), status, retarget="#notice", reswap="innerHTML")


def number() -> str:
    """The number a person reads to whoever helps: the end of the request's id."""
    tail = request_id()[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


def file_unread(_: RequestEntityTooLarge) -> ResponseReturnValue:
    """For areas that take files: a request nobody reads because it is larger than the largest file."""
    return refused(kinds.TooLarge("too_large", limit=installation().settings.upload_limit))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code in (301, 302, 303, 304, 307, 308):
        return error.get_response()
    if error.code is None or error.code >= 500:
        return _fault(error)
    if error.code == 413:
        return refused(kinds.TooLarge(**_limit()))
    kind, code = _HTTP.get(error.code, (kinds.Malformed, "malformed"))
    if not isinstance(error, MethodNotAllowed):
        return refused(kind(code))
    answer = _told(kind(code), 405) if request.path.startswith("/api/") else _shown(kind(code), 405)
    answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def _limit() -> dict[str, int]:
    """How many bytes this address takes, where the request says that it brings more; it may also have too many parts."""
    most = request.max_content_length
    return {"limit": most} if most is not None and (request.content_length or 0) > most else {}


def _fault(error: Exception) -> ResponseReturnValue:
    g.setdefault("request_id", "00000000")
    _log.error("fault", number=number(), request_id=request_id(), path=request.path, exc_info=error)
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return refused(kinds.Unstored("disk_full"))
    return refused(DougongError("internal"))


def _here() -> str:
    """Where the person was, as a local path: what htmx says, else this page when it can be asked for again."""
    current = htmx.current_url if htmx else None
    if current:
        return "/" + str(current).partition("://")[2].partition("/")[2]
    return request.full_path.rstrip("?") if request.method == "GET" else "/"
