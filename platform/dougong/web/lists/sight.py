"""What one member sees of one form while a list is made: the form, its fields' access, what may be named. One rule: whether
something may be asked is asked of `Eyes`, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ...access import FieldAccess, allowed, require_form
from ...access import fields as field_access
from ...definition.model import Field, Form
from ...definition.names import is_system
from ...definition.reads import follow
from ...formula.ast import Chain, Name, walk
from ...formula.parser import parse
from ...formula.printer import name_text, to_text
from ...formula.types import Kind
from ...kernel.errors import DougongError
from ...pages.values import NUMBERS, SYSTEM, column_title
from ...records import sorting
from ...records.saved_views import Look
from ...records.seen import Eyes
from ...records.titles import kind_of
from ...storage.model import Model
from ...storage.transaction import Transaction
from ..current import installation, locale

_NO_COLUMN = frozenset({"subtable", "json", "attachment", "long_text", "image", "signature", "rich_text", "secret"})
#: Columns of a list that names none.
_FIRST = 7


@dataclass(frozen=True, slots=True)
class Sight:
    """One member, one form, one transaction."""

    tx: Transaction
    model: Model
    form: Form
    access: FieldAccess
    eyes: Eyes

    def column(self, name: str) -> tuple[Field | None, str] | None:
        """(field, head) of a column the member may have: a field of the form, a system value (no field), a value behind a
        reference; None where there is no such column for him."""
        if is_system(name):
            return (None, column_title(self.form, name, locale())) if name in SYSTEM else None
        own = self.form.find(name)
        if own is not None:
            shown = self.access.level(name) != "hidden" and not own.is_subtable
            return (own, own.title) if shown else None
        return self._behind(name)

    def _behind(self, name: str) -> tuple[Field | None, str] | None:
        path = tuple(name.split("."))
        steps = list(follow(self.model.definitions, (self.form.full_name, None), path))
        if len(steps) < 2 or sum(len(each.name.split(".")) for _, each in steps) != len(path):
            return None
        for slot, each in steps:
            if self.eyes.access(slot.form).level(each.name) not in ("read", "edit"):
                return None
        end = steps[-1][1]
        if end.is_subtable or kind_of(end) is not None:
            return None
        return end, " · ".join(each.title for _, each in steps)

    def offered(self) -> list[tuple[str, str]]:
        """(name, head) of every column there can be: own fields, system values, fields behind references."""
        names = [each.name for each in self.form.fields if each.drawn and each.value_type not in ("subtable", "json")]
        names += [each for each in SYSTEM if self.form.is_document or each not in ("$state",)]
        for ref in (each for each in self.form.fields if each.value_type == "reference"):
            target = self.model.definitions.forms.get(ref.ref or "")
            if target is not None and allowed(self.tx, self.model, target.full_name, "view"):
                kept = (each for each in target.fields if each.drawn and each.value_type not in _NO_COLUMN)
                names += [f"{ref.name}.{each.name}" for each in kept]
        return [(name, found[1]) for name in names if (found := self.column(name)) is not None]

    def columns(self, look: Look) -> tuple[str, ...]:
        """Names of the columns of a look, those the member may not have left out."""
        for names in (look.columns, self._first()):
            kept = tuple(dict.fromkeys(each for each in names if self.column(each) is not None))
            if kept:
                return kept
        return ("$number",)

    def _first(self) -> tuple[str, ...]:
        drawn = [each for each in self.form.fields if each.drawn and each.value_type not in _NO_COLUMN]
        names = tuple(each.name for each in drawn[:_FIRST])
        return (*names, "$state") if self.form.is_document else names

    # ------------------------------------------------------------------------------------------------ what may be asked

    def may_filter(self, text: str) -> bool:
        return _holds(lambda: self.eyes.condition(text))

    def sort_key(self, name: str) -> str:
        """What the list is sorted by when the column's head is pressed, "" = it cannot be; a reference by what it is
        called."""
        field = self.form.find(name)
        if field is not None and field.value_type == "reference":
            title = self.model.definitions.title_field(field.ref or "")
            name = f"{name}.{title}" if title else name
        return name if self.may_sort(name) else ""

    def may_sort(self, key: str) -> bool:
        return _holds(lambda: sorting.keys(self.eyes, self.model.types, sorting.parse([key])))

    def may_group(self, text: str) -> bool:
        if not _holds(lambda: self.eyes.checked(parse(text))):
            return False
        names = any(isinstance(each, Name) for each in walk(parse(text)))
        return names and self.eyes.checked(parse(text)).type.kind not in (Kind.LIST, Kind.JSON, Kind.ROWS)

    def group_text(self, name: str) -> str:
        """A group as a formula."""
        return name_text(tuple(name.split("."))) if self.form.find(name) is not None else name

    def may_total(self, name: str, fn: str) -> bool:
        found = self.column(name)
        if found is None or found[0] is None:
            return False
        if fn in ("sum", "avg") and found[0].value_type not in NUMBERS:
            return False
        return _holds(lambda: self.eyes.checked(name_text(tuple(name.split(".")))))


@dataclass(frozen=True, slots=True)
class Left:
    """How much of a view had to be left out: what it names is gone, or is not for this member."""

    columns: int = 0
    conditions: int = 0
    others: int = 0

    def __bool__(self) -> bool:
        return bool(self.columns or self.conditions or self.others)


def sight(tx: Transaction, name: str) -> Sight:
    """Raises NotFound, Forbidden."""
    model = installation().catalog.live(tx)
    form = model.definitions.form(name)
    require_form(tx, model, name)
    return Sight(tx, model, form, field_access(tx, model, name), Eyes(tx, model, name))


def fitted(seen: Sight, look: Look) -> tuple[Look, Left]:
    """The look without what cannot be asked, and how much that was."""
    columns = tuple(each for each in look.columns if seen.column(each) is not None)
    text, dropped = _conditions(seen, look.filter)
    sort = tuple(each for each in look.sort if seen.may_sort(each))
    group = tuple(each for each in map(seen.group_text, look.group) if seen.may_group(each))
    totals = {name: fn for name, fn in look.totals.items() if seen.may_total(name, fn)}
    others = len(look.sort) - len(sort) + len(look.group) - len(group) + len(look.totals) - len(totals)
    left = Left(len(look.columns) - len(columns), dropped, others)
    return replace(look, columns=columns, filter=text, sort=sort, group=group, totals=totals), left


def _conditions(seen: Sight, text: str) -> tuple[str, int]:
    """A filter without those of its conditions joined by `and` that cannot be asked, and how many these are."""
    if not text.strip() or seen.may_filter(text):
        return text, 0
    try:
        tree = parse(text)
    except DougongError:
        return "", 1
    if not isinstance(tree, Chain) or tree.family != "and":
        return "", 1
    every = [to_text(each) for each in tree.operands()]
    kept = [each for each in every if seen.may_filter(each)]
    loose = [f"({each})" if isinstance(parse(each), Chain) else each for each in kept]
    return " and ".join(loose), len(every) - len(kept)


def _holds(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except DougongError:
        return False
    return True
