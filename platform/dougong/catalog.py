"""What is live in each tenant: the one cache of definitions and tables. One rule: every transaction reads the mark
(storage/marks.py) that stands before it uses anything cached, so a publish is felt by the next request of every process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from .definition.definitions import Definitions
from .definition.link import link
from .definition.load import load_module
from .definition.model import Module
from .fields.type import FieldType
from .kernel.actor import ADMIN
from .kernel.errors import DefinitionError
from .storage import guard, marks, own
from .storage.database import Database
from .storage.model import Model, load_model
from .storage.transaction import Transaction

T = TypeVar("T")

#: Definitions and models kept; the least recently used go first.
_KEPT = 512


class Catalog:
    """Models by tenant and version. Tenants with the same modules share their definitions, forms of the same shape share
    their tables."""

    def __init__(self, database: Database, types: Mapping[str, FieldType]) -> None:
        self._database = database
        self._types = types
        self._guard = threading.RLock()
        self._definitions: OrderedDict[Hashable, Definitions] = OrderedDict()
        self._modules: OrderedDict[tuple[str, str], Module] = OrderedDict()
        self._models: OrderedDict[Hashable, Model] = OrderedDict()
        self._marked: OrderedDict[tuple[str, int], Model] = OrderedDict()

    @property
    def plain(self) -> Catalog:
        """The catalog in the authors' words, which is this one: definitions are compared and published in no other."""
        return self

    @property
    def admin(self) -> str:
        """What the role that comes with the program is called; no module has a title for it."""
        return ADMIN

    def live(self, tx: Transaction) -> Model:
        """The model that is live in this transaction; a writer thereby keeps it from changing until the commit."""
        found = tx.memo.get(Catalog)
        if not isinstance(found, Model):
            guard.take_share(tx)
            found = tx.memo[Catalog] = self._under(tx.store.name, tx.conn)
        return found

    def forget(self, tx: Transaction) -> None:
        """This transaction has published: read again what is live."""
        tx.memo.pop(Catalog, None)

    def memo(self, model: Model, key: Hashable, build: Callable[[], T]) -> T:
        """Something compiled from a model, kept as long as the model is."""
        if key not in model.memo:
            model.memo[key] = build()
        made: T = model.memo[key]
        return made

    def modules(self, conn: Connection, *, enabled: bool = True) -> list[Module]:
        """The tenant's modules as they are stored (enabled ones, or all), by name."""
        rows = select(own.module.c.name, own.module.c.digest).order_by(own.module.c.name)
        found = conn.execute(rows.where(own.module.c.enabled) if enabled else rows).all()
        return [self._module(conn, row.name, row.digest) for row in found]

    def _under(self, tenant: str, conn: Connection) -> Model:
        """The model kept under the mark that stands, else a fresh one."""
        key = (tenant, marks.read(conn, "definition"))
        with self._guard:
            if key in self._marked:
                self._marked.move_to_end(key)
                return self._marked[key]
        made = self._read(tenant, conn)
        with self._guard:
            return _keep(self._marked, key, made)

    def _read(self, tenant: str, conn: Connection) -> Model:
        b, version = own.building.c, guard.live_version(conn)
        building = tuple(map(tuple, conn.execute(select(b.form, b.sub, b.field).order_by(b.form, b.sub, b.field))))
        key = (tenant, version, building)
        with self._guard:
            found = self._models.get(key)
            if found is not None:
                self._models.move_to_end(key)
                return found
        made = load_model(conn, self.definitions(conn), self._types)
        with self._guard:
            return _keep(self._models, key, made)

    def definitions(self, conn: Connection) -> Definitions:
        """The linked definitions of the tenant's enabled modules. Raises DefinitionError when what is stored cannot be
        loaded by this program."""
        rows = select(own.module.c.name, own.module.c.digest).where(own.module.c.enabled).order_by(own.module.c.name)
        key = tuple(map(tuple, conn.execute(rows)))
        with self._guard:
            if key in self._definitions:
                self._definitions.move_to_end(key)
                return self._definitions[key]
        linked, problems = link([self._module(conn, name, digest) for name, digest in key], self._types)
        if linked is None:
            raise DefinitionError([each for each in problems if each.level == "error"])
        with self._guard:
            return _keep(self._definitions, key, linked)

    def _module(self, conn: Connection, name: str, digest: str) -> Module:
        with self._guard:
            if (name, digest) in self._modules:
                return self._modules[name, digest]
        files: Any = conn.execute(select(own.content.c.files).where(own.content.c.digest == digest)).scalar_one()
        made, problems = load_module(files, self._types, name=name)
        if made is None:
            raise DefinitionError([each for each in problems if each.level == "error"])
        with self._guard:
            return _keep(self._modules, (name, digest), made)


K = TypeVar("K", bound=Hashable)


def _keep(kept: OrderedDict[K, T], key: K, made: T) -> T:
    """Keep one and return the one kept: two threads may have built the same."""
    found = kept.setdefault(key, made)
    while len(kept) > _KEPT:
        kept.popitem(last=False)
    return found
