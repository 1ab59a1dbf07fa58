"""Looks a tenant over: physical tables against the definitions, everything kept against a full recomputation, the audit
chain, jobs and keys, the bytes of uploaded files. One rule: it reads one snapshot and changes nothing, unless asked to
repair."""

from __future__ import annotations

from typing import Any

from ..kernel.actor import Actor
from ..kernel.errors import Forbidden
from ..records import doctor, files
from ..storage.doctor import doctor_storage
from ..storage.transaction import Transaction
from .installation import Installation
from .transaction import transaction
from .upload_file import files_folder


def run_doctor(inst: Installation, actor: Actor, *, repair: bool = False) -> list[dict[str, Any]]:
    """Findings as {tenant, what, form, …}, the lowest cause first; empty = sound. Raises Forbidden."""
    if not actor.is_admin:
        raise Forbidden("forbidden", action="doctor")

    def act(tx: Transaction) -> list[dict[str, Any]]:
        model = inst.catalog.live(tx)
        kept = doctor.repair(tx, model) if repair else doctor.check(tx, model)
        found = [_storage(each) for each in doctor_storage(tx, model)]
        gone = [_lost(each) for each in files.lost(tx, files_folder(inst, actor.tenant))]
        return [{"tenant": actor.tenant, **each} for each in (*found, *map(_kept, kept), *gone)]

    return transaction(inst, actor.tenant, actor, act, write=repair)


def _storage(finding: Any) -> dict[str, Any]:
    return {"what": finding.code, "form": finding.form, **finding.params}


def _lost(file: files.File) -> dict[str, Any]:
    return {"what": "file_lost", "form": None, "name": file.name, "rows": 1, "file": file.id, "sha256": file.sha256}


def _kept(finding: doctor.Finding) -> dict[str, Any]:
    return {
        "what": finding.what,
        "form": finding.form,
        "sub": finding.sub,
        "name": finding.name,
        "rows": finding.rows,
        "examples": list(finding.examples),
    }
