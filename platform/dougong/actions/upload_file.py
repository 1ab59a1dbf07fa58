"""Uploads a file and hands one out. A file belongs to its uploader until a record holds it; from then on to whoever may
read that field of that record."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from .. import licence
from ..kernel.actor import Actor
from ..kernel.errors import Unsupported
from ..records import blobs, files, thumbs
from ..records.files import File
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import Once, read, transaction


def upload_file(
    inst: Installation,
    actor: Actor,
    name: str,
    content: BinaryIO,
    *,
    into: tuple[str, str] = ("", ""),
    once: Once | None = None,
) -> dict[str, Any]:
    """Keep the content under a name: {id, name, size, type, sha256}. `into`: the form and field ("lines.photo" in a row) it
    is meant for, so that what the field does not take is refused at once. Raises Malformed (no name, empty), TooLarge,
    Unsupported, KeyReused."""
    licence.require(licence.may_write(actor.tenant))

    def act(tx: Transaction) -> dict[str, Any]:
        content.seek(0)
        made = files.add(tx, files_folder(inst, actor.tenant), name, content, inst.settings.upload_limit)
        _require_fit(inst, tx, made, *into)
        return file_json(made)

    return transaction(inst, actor.tenant, actor, act, once=once)


def _require_fit(inst: Installation, tx: Transaction, file: File, form: str, place: str) -> None:
    """Whether a record takes the file is asked again when it is written; here only a person is spared the way there."""
    known = inst.catalog.live(tx).definitions.forms.get(form)
    field = files.field_at(known, place) if known is not None else None
    for each in files.unfit(field, file, "") if field is not None else ():
        raise Unsupported(f"{each.code}.{each.params['reason']}", **each.params)


def read_file(inst: Installation, actor: Actor, file: str) -> tuple[File, Path]:
    """A file the actor may have, and where its bytes are. Raises NotFound."""
    found = read(inst, actor, lambda tx: files.get(tx, inst.catalog.live(tx), file))
    return found, blobs.path(files_folder(inst, actor.tenant), found.sha256)


def read_thumb(inst: Installation, actor: Actor, file: str) -> tuple[File, Path]:
    """A picture the actor may have, and where a small one of it lies. Raises NotFound, also for what is no picture."""
    found, _ = read_file(inst, actor, file)
    return found, thumbs.thumb(files_folder(inst, actor.tenant), found.sha256)


def file_json(file: File) -> dict[str, Any]:
    """The API's answer to an upload."""
    return {"id": file.id, "name": file.name, "size": file.size, "type": file.type, "sha256": file.sha256}


def files_folder(inst: Installation, tenant: str) -> Path:
    """Where the tenant's files lie."""
    return inst.settings.data / "files" / tenant
