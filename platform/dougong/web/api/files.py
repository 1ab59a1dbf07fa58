"""Files over HTTP. One rule: a file is always handed out as a download, under the type its ending says."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import BinaryIO, cast

from flask import Blueprint, Response, request, send_file
from werkzeug.exceptions import RequestEntityTooLarge

from ...actions.upload_file import read_file, upload_file
from ...kernel.errors import Malformed, Unsupported
from ..current import actor, installation
from ..errors import file_unread
from ..policy import policy
from . import asked
from .answers import answer

blueprint = Blueprint("files", __name__, url_prefix="/files")
_AROUND = 1024 * 1024

blueprint.register_error_handler(RequestEntityTooLarge, file_unread)


@blueprint.post("")
@policy("token")
def upload() -> Response:
    """Keep one file of a multipart form: 201."""
    asked.only()
    inst = installation()
    if request.mimetype != "multipart/form-data":
        raise Unsupported("unsupported", type=request.mimetype)
    request.max_content_length = inst.settings.upload_limit + _AROUND
    sent = [each for _, some in request.files.lists() for each in some]
    if len(sent) != 1:
        raise Malformed("malformed", files=len(sent), part="file")
    name, content = sent[0].filename or "", cast(BinaryIO, sent[0].stream)
    once = asked.once(lambda: _digest(name, content))
    made = upload_file(inst, actor(), name, content, once=once)
    response = answer(made, 201, once=once)
    response.headers["Location"] = f"/api/v1/files/{made['id']}"
    return response


def _digest(name: str, content: BinaryIO) -> bytes:
    """What was sent without its envelope, whose boundary is never twice the same."""
    return hashlib.file_digest(cast(BytesIO, content), "sha256").digest() + name.encode("utf-8", "surrogatepass")


@blueprint.get("/<file>")
@policy("token")
def download(file: str) -> Response:
    """The bytes of a file the caller may have."""
    found, path = read_file(installation(), actor(), file)
    asked.only()
    return send_file(
        path, mimetype=found.type, as_attachment=True, download_name=found.name, etag=found.sha256, max_age=0
    )
