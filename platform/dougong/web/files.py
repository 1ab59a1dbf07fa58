"""Files of forms and records: taken in, handed out, looked at. One rule: the right is asked at every single answer, and
only pictures and PDFs are ever shown in place; everything else is a download in a sandbox."""

from __future__ import annotations

from contextlib import closing
from typing import BinaryIO, cast

from flask import Blueprint, Response, jsonify, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from ..actions.upload_file import read_file, read_thumb, upload_file
from ..kernel.errors import Malformed, NotFound
from ..records.blobs import SHOWN
from .current import actor, installation
from .errors import file_unread
from .policy import policy
from .shell import shell

blueprint = Blueprint("files", __name__)
#: Nothing a file holds may run, load or submit anything, nor reach the page around it.
SANDBOX = "sandbox; default-src 'none'"
#: The browser's own viewer of PDFs does not work in a sandbox; the document may load nothing and be framed by us alone.
VIEWER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

blueprint.register_error_handler(RequestEntityTooLarge, file_unread)


@blueprint.post("/files")
@policy("member")
def upload() -> ResponseReturnValue:
    """Keep one file; it is its uploader's alone until a record holds it."""
    sent = request.files.getlist("$file")
    if len(sent) != 1:
        raise Malformed("malformed", files=len(sent), part="$file")
    into = (request.args.get("form", ""), request.args.get("field", ""))
    with closing(sent[0]) as one:
        made = upload_file(installation(), actor(), one.filename or "", cast(BinaryIO, one.stream), into=into)
    return jsonify(made), 201


@blueprint.get("/files/stamp")
@policy("member")
def stamp() -> ResponseReturnValue:
    """What is drawn on a picture taken on site: the time by this clock, who takes it and for whom."""
    inst = installation()
    now = inst.clock.now().astimezone(inst.settings.zone)
    frame = shell()
    return jsonify(time=now.strftime("%Y-%m-%d %H:%M"), person=f"{frame.name} · {frame.company}")


@blueprint.get("/files/<file>")
@policy("member")
def download(file: str) -> ResponseReturnValue:
    """A file one may have, always as a download."""
    found, path = read_file(installation(), actor(), file)
    answer = send_file(path, mimetype=found.type, as_attachment=True, download_name=found.name, etag=found.sha256)
    return _sealed(answer, SANDBOX)


@blueprint.get("/files/<file>/view")
@policy("member")
def view(file: str) -> ResponseReturnValue:
    """A picture or a PDF to look at in place. Raises NotFound for what is never shown so."""
    found, path = read_file(installation(), actor(), file)
    if found.type not in SHOWN:
        raise NotFound("no_preview", file=file)
    answer = send_file(path, mimetype=found.type, download_name=found.name, etag=found.sha256)
    answer.headers["Content-Disposition"] = _inline(answer.headers["Content-Disposition"])
    return _sealed(answer, VIEWER if found.type == "application/pdf" else SANDBOX)


@blueprint.get("/files/<file>/thumb")
@policy("member")
def thumb(file: str) -> ResponseReturnValue:
    """A small picture of a picture, without what the camera wrote into it."""
    found, path = read_thumb(installation(), actor(), file)
    return _sealed(send_file(path, mimetype="image/jpeg", etag=f"{found.sha256}-t"), SANDBOX)


def _inline(disposition: str) -> str:
    return "inline" + disposition.removeprefix("attachment").removeprefix("inline")


def _sealed(answer: Response, csp: str) -> Response:
    """Kept by the reader's own browser only, which asks again each time whether it still may."""
    answer.headers["Content-Security-Policy"] = csp
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
