"""Who is known from earlier requests. One rule: everybody is kept under the mark of the people's tables that stood when
he was read; any change of members, roles, departments or preferences gives a new mark, so nobody is known under what he
was."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

from ..kernel.actor import Actor

#: A member as actor, and what he has chosen for his screens.
Who = tuple[Actor, Mapping[str, str]]
#: Tenant, account, mark.
Key = tuple[str, str, int]
_KEPT = 10_000


class Known:
    """The members last seen, the least recently used go first."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._kept: OrderedDict[Key, Who] = OrderedDict()

    def get(self, key: Key) -> Who | None:
        """Who was kept under this key."""
        with self._guard:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: Key, who: Who) -> Who:
        """Keep, and give back."""
        with self._guard:
            self._kept[key] = who
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return who
