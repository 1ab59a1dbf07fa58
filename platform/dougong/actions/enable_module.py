"""Enables and disables modules, lists them and writes one back to files. A disabled module keeps its tables and its data;
enabling brings the modules it requires, disabling is refused while another needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..definition.definitions import Definitions
from ..definition.export import export_module as export_files
from ..definition.load import load_module
from ..definition.model import Module
from ..kernel.actor import Actor
from ..kernel.errors import DefinitionError, Forbidden, NotFound
from ..storage import exact_json, versions
from ..storage.transaction import Transaction
from .installation import Installation
from .module_source import bundled, bundled_names, read_source
from .proposal import propose_files, propose_without
from .publish_module import Published, publish
from .transaction import read


@dataclass(frozen=True, slots=True)
class Available:
    """A module the tenant has or could have. `bundled`: it comes with the program; `forms` are titles by full name,
    `required_by` the enabled modules that need it."""

    name: str
    title: str
    installed: bool
    enabled: bool
    bundled: bool
    version: str = ""
    requires: tuple[str, ...] = ()
    required_by: tuple[str, ...] = ()
    forms: Mapping[str, str] = field(default_factory=dict)


def list_modules(inst: Installation, actor: Actor) -> list[Available]:
    """Every module the tenant has and every one that comes with the program, by name."""
    shipped = {name: _bundled_head(name) for name in bundled_names()}

    def act(tx: Transaction) -> list[Available]:
        definitions = inst.catalog.live(tx).definitions
        live = definitions.modules
        mine = {each.name: each for each in versions.installed(tx.conn)}
        found = []
        for name in sorted({*mine, *shipped}, key=lambda each: (live[each].order if each in live else 1000, each)):
            enabled = name in mine and mine[name].enabled and name in live
            stored = shipped[name] if name not in mine else {} if enabled else _stored_head(tx, name)
            head = _head_of(live[name], definitions) if enabled else stored
            needing = tuple(sorted(each.name for each in live.values() if name in each.requires))
            found.append(
                Available(
                    name, installed=name in mine, enabled=enabled, bundled=name in shipped, required_by=needing, **head
                )
            )
        return found

    return read(inst, actor, act)


def enable_module(inst: Installation, actor: Actor, name: str) -> Published:
    """Enable a module that is installed or bundled, after those it requires. Raises NotFound, DefinitionError."""
    return publish(
        inst, actor, lambda tx: propose_files(inst, tx.conn, _files(tx, name), name), reason=f"enable {name}"
    )


def disable_module(inst: Installation, actor: Actor, name: str) -> Published:
    """Disable a module; its data stays and comes back with it. Raises NotFound, DefinitionError `required_by`."""

    def without(tx: Transaction) -> Any:
        if not any(each.name == name and each.enabled for each in versions.installed(tx.conn)):
            raise NotFound("module", name=name)
        return propose_without(inst, tx.conn, name)

    return publish(inst, actor, without, allow_loss=True, reason=f"disable {name}")


def export_module(inst: Installation, actor: Actor, name: str, to: Path) -> list[str]:
    """Write the module's own files below the folder `to`, every id filled in; the paths written. Raises NotFound,
    Forbidden."""
    if not actor.is_admin:
        raise Forbidden("forbidden", action="export_module")
    files = read(inst, actor, lambda tx: versions.files_of(tx.conn, name))
    module, problems = load_module(files, inst.types, name=name)
    if module is None:
        raise DefinitionError(problems)
    written = []
    for path, content in sorted(export_files(module).items()):
        target = to / path
        if not target.resolve().is_relative_to(to.resolve()):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_bytes(content))
        written.append(path)
    return written


def _files(tx: Transaction, name: str) -> Mapping[str, Any]:
    if any(each.name == name for each in versions.installed(tx.conn)):
        return versions.files_of(tx.conn, name)
    folder = bundled(name)
    if folder is None:
        raise NotFound("module", name=name)
    return read_source(folder).files


def _head_of(module: Module, definitions: Definitions) -> dict[str, Any]:
    """Titles as the definitions say them, which may be in the reader's language."""
    forms = {each.full_name: definitions.forms[each.full_name].title for each in module.forms}
    return {"title": module.title, "version": module.version, "requires": module.requires, "forms": forms}


def _bundled_head(name: str) -> dict[str, Any]:
    folder = bundled(name)
    return _head_in(name, read_source(folder).files if folder is not None else {})


def _stored_head(tx: Transaction, name: str) -> dict[str, Any]:
    return _head_in(name, versions.files_of(tx.conn, name))


def _head_in(name: str, files: Mapping[str, Any]) -> dict[str, Any]:
    """What a module's files say of it, without loading it."""
    parsed = {path: _parsed(content) for path, content in files.items() if path.endswith(".json")}
    head = parsed.get("module.json", {})
    forms = {
        f"{name}.{path[6:-5]}": str(content.get("title", path[6:-5]))
        for path, content in sorted(parsed.items())
        if path.startswith("forms/")
    }
    requires, version = tuple(map(str, head.get("requires", ()))), str(head.get("version", "1"))
    return {
        "title": str(head.get("title", name)), "version": version, "requires": requires, "forms": forms,
    }  # fmt: skip


def _parsed(content: Any) -> Mapping[str, Any]:
    data = exact_json.loads(content) if isinstance(content, bytes | str) else content
    return data if isinstance(data, Mapping) else {}


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else content.encode() if isinstance(content, str) else _pretty(content)


def _pretty(content: Any) -> bytes:
    return (exact_json.dumps(content, indent=1) + "\n").encode()
