"""What the address of a list asks for. One rule: the address is the list; what it does not say is as the view has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from ...records.saved_views import KINDS, Look
from ...records.sorting import split

#: Parameters of the address that change what the view asks; one that is there but empty takes away.
CHANGES = ("kind", "columns", "filter", "sort", "group", "totals", "date")
FUNCTIONS = ("sum", "avg", "min", "max", "count")
LONGEST = 100
#: Letters of one parameter; more is not asked by an address.
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Asked:
    """`view` is an authored view's name or a saved one's id. `changes` are the parameters beyond the view's own, as they
    stand in the address. `panel`: what is open beside the list (filter, columns, sort, group); `month` the calendar's
    page "2026-02"; `after` a cursor; `auto`: nobody opened the panel, it
    shows what the address says."""

    view: str = ""
    changes: tuple[tuple[str, str], ...] = ()
    search: str = ""
    panel: str = ""
    month: str = ""
    after: str | None = None
    auto: bool = False

    @property
    def filter(self) -> str:
        return dict(self.changes).get("filter", "")

    def given(self) -> dict[str, str]:
        """The parameters of this list's address, cursor and open panel left out."""
        found = {"view": self.view, **dict(self.changes), "q": self.search, "month": self.month}
        kept = dict(self.changes)
        return {name: value for name, value in found.items() if value or name in kept}

    def address(self, form: str, **changed: str | None) -> str:
        """The address with some parameters changed (None = taken away)."""
        found = {name: value for name, value in {**self.given(), **changed}.items() if value is not None}
        return f"/f/{form}" + (f"?{urlencode(found)}" if found else "")

    def with_changes(self, **changed: str) -> Asked:
        """Another question."""
        return replace(self, changes=tuple({**dict(self.changes), **changed}.items()), after=None)


def read(sent: Mapping[str, str]) -> Asked:
    """What a request asks for."""
    changes = tuple((name, sent[name][:_MOST]) for name in CHANGES if name in sent)
    month = sent.get("month", "")
    return Asked(
        sent.get("view", "")[:LONGEST], changes, sent.get("q", "")[:200], sent.get("panel", "")[:10],
        month if len(month) == 7 else "", sent.get("after") or None,
    )  # fmt: skip


def applied(look: Look, asked: Asked) -> Look:
    """The view with the address' changes."""
    changes: dict[str, Any] = {name: _parsed(name, value, look) for name, value in asked.changes}
    return replace(look, **changes)


def written(look: Look) -> dict[str, str]:
    """A look as parameters of an address."""
    return {
        "kind": look.kind, "columns": ",".join(map(quoted, look.columns)), "filter": look.filter,
        "sort": ",".join(look.sort), "group": ",".join(look.group),
        "totals": ",".join(f"{quoted(name)}:{fn}" for name, fn in look.totals.items()), "date": look.date.get("start", ""),
    }  # fmt: skip


def quoted(name: str) -> str:
    """A name that may hold commas, as an item of a list."""
    return "`" + name.replace("`", "``") + "`" if "," in name or "`" in name or ":" in name else name


def bare(item: str) -> str:
    """The name of an item."""
    return item[1:-1].replace("``", "`") if len(item) > 1 and item[0] == item[-1] == "`" else item


def _parsed(name: str, value: str, look: Look) -> Any:
    if name == "kind":
        return value if value in KINDS else look.kind
    if name == "filter":
        return value
    if name == "date":
        return {"start": value} if value else {}
    items = split(value)
    if name == "totals":
        pairs = [each.rpartition(":") for each in items]
        return {bare(column): fn for column, _, fn in pairs if fn in FUNCTIONS}
    return tuple(map(bare, items)) if name == "columns" else tuple(items)
