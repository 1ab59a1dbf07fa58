"""The published versions of a tenant's modules. One rule: versions only go forward and content is stored once under its
digest, so every earlier version can be published again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from ..definition.model import Module
from ..kernel.errors import NotFound
from . import exact_json, own
from .transaction import Transaction

Files = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Installed:
    """A module of the tenant; a disabled one keeps its tables and its data."""

    name: str
    title: str
    enabled: bool
    digest: str
    version: int


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    based_on: int
    modules: Mapping[str, str]
    author_kind: str
    author: str | None
    author_name: str
    reason: str
    plan: tuple[Any, ...]
    created_at: datetime


def digest_of(files: Files) -> str:
    """The digest of a module's files; the order of keys counts, for it is the order of the fields."""
    return hashlib.sha256(exact_json.dumps(dict(sorted(files.items()))).encode()).hexdigest()


def same_text(one: Any, other: Any) -> bool:
    """Whether two parsed files are the same, order of keys included."""
    return exact_json.dumps(one) == exact_json.dumps(other)


def live_files(conn: Connection) -> dict[str, Files]:
    """The files of every enabled module, by module."""
    query = select(own.module.c.name, own.content.c.files).where(
        own.module.c.digest == own.content.c.digest, own.module.c.enabled
    )
    return {row.name: row.files for row in conn.execute(query.order_by(own.module.c.name))}


def installed(conn: Connection) -> list[Installed]:
    """All modules the tenant has, enabled or not."""
    return [
        Installed(r.name, r.title, r.enabled, r.digest, r.version)
        for r in conn.execute(select(own.module).order_by(own.module.c.name))
    ]


def files_of(conn: Connection, name: str) -> Files:
    """The files of one installed module, enabled or not. Raises NotFound."""
    query = select(own.content.c.files).where(own.content.c.digest == own.module.c.digest, own.module.c.name == name)
    found = conn.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("module", name=name)
    return found  # type: ignore[no-any-return]


def files_at(conn: Connection, number: int) -> dict[str, Files]:
    """The files of every module that was enabled in a version: what a rollback publishes. Raises NotFound."""
    digests = version(conn, number).modules
    query = select(own.content).where(own.content.c.digest.in_(sorted(set(digests.values()))))
    by_digest = {row.digest: row.files for row in conn.execute(query)}
    return {name: by_digest[digest] for name, digest in sorted(digests.items())}


def version(conn: Connection, number: int) -> Version:
    """One version. Raises NotFound."""
    found = conn.execute(select(own.version).where(own.version.c.number == number)).one_or_none()
    if found is None:
        raise NotFound("version", number=number)
    return Version(**{**found._asdict(), "plan": tuple(found.plan)})


def history(conn: Connection, limit: int = 50) -> list[Version]:
    """The latest versions, newest first."""
    query = select(own.version).order_by(own.version.c.number.desc()).limit(limit)
    return [Version(**{**row._asdict(), "plan": tuple(row.plan)}) for row in conn.execute(query)]


def install(conn: Connection, module: Module) -> None:
    """Keep a module's files without enabling it; an installed one is left alone."""
    if conn.execute(select(own.module.c.name).where(own.module.c.name == module.name)).first() is None:
        conn.execute(insert(own.module).values(_row(module, _keep(conn, module.files), enabled=False, version=0)))


def record(tx: Transaction, modules: Iterable[Module], number: int, reason: str, plan: list[dict[str, Any]]) -> None:
    """Make these modules, and no others, the enabled ones of version `number`, and that version the live one."""
    found = {each.name: each for each in modules}
    digests = {name: _keep(tx.conn, each.files) for name, each in sorted(found.items())}
    before = {each.name: each for each in installed(tx.conn)}
    for name, each in before.items():
        if name not in found and each.enabled:
            tx.conn.execute(update(own.module).where(own.module.c.name == name).values(enabled=False, version=number))
    for name, module in found.items():
        old = before.get(name)
        if old is not None and old.enabled and old.digest == digests[name]:
            continue
        tx.conn.execute(delete(own.module).where(own.module.c.name == name))
        tx.conn.execute(insert(own.module).values(_row(module, digests[name], enabled=True, version=number)))
    _advance(tx, digests, number, reason, plan)


def _advance(tx: Transaction, digests: Mapping[str, str], number: int, reason: str, plan: list[dict[str, Any]]) -> None:
    row = {
        "number": number,
        "based_on": number - 1,
        "modules": dict(digests),
        "author_kind": tx.actor.kind,
        "author": tx.actor.member,
        "author_name": tx.actor.name,
        "reason": reason,
        "plan": plan,
        "created_at": tx.now,
    }
    tx.conn.execute(insert(own.version).values(row))
    tx.conn.execute(update(own.live).values(version=number))


def _row(module: Module, digest: str, *, enabled: bool, version: int) -> dict[str, Any]:
    return {"name": module.name, "title": module.title, "digest": digest, "enabled": enabled, "version": version}


def _keep(conn: Connection, files: Files) -> str:
    digest = digest_of(files)
    if conn.execute(select(own.content.c.digest).where(own.content.c.digest == digest)).first() is None:
        conn.execute(insert(own.content).values(digest=digest, files=dict(files)))
    return digest
