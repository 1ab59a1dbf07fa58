"""Which indexes a form gets. One rule: what derived values and rules need always, of the rest the first twelve
of a table: x-index, saved views, state, references, dates, choices; a plan names those that fell out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..definition.columns import ColumnSpec
from ..definition.graph import source_of
from ..definition.model import Field, Form, Rollup, View
from ..formula.ast import Binary, Chain, Literal, Node, Read
from . import ddl
from .changes import CreateIndex, DropIndex
from .draft import Draft
from .tables import SYSTEM_COLUMNS, main_name, sub_name, uniques_of

MOST = 12
#: The records that a roll-up without conditions counts, as its own query says it (records/aggregates.py).
LIVE = "deleted_at IS NULL"
COUNTED = f"{LIVE} AND state IN ('approved', 'closed')"
#: Characters up to which a text may be indexed: a B-tree entry of PostgreSQL holds 2,704 bytes, a character up to four.
INDEXED_TEXT = 600


@dataclass(frozen=True, slots=True)
class Wish:
    """An index on the records' table (`sub` None) or a subtable's, over physical columns. `label` names it in a plan;
    `where`: only the rows of which this is true."""

    sub: str | None
    columns: tuple[str, ...]
    label: str
    always: bool = False
    where: str = ""


def diff(draft: Draft) -> None:
    """Indexes that come, go and fall out."""
    standing = {name: row for name, row in draft.standing.indexes.items() if row.form in draft.definitions.forms}
    for name, form in sorted(draft.definitions.forms.items()):
        fresh = name not in draft.standing.forms
        taken, left = choose(list(_Wishes(draft, form).all()))
        for wish in taken:
            _take(draft, form, wish, standing, fresh)
        if fresh or any(step.form == name for step in draft.steps):
            for wish in left:
                draft.step("skip_index", name, wish.label)
    for index, row in sorted(standing.items()):
        draft.step("drop_index", row.form, row.definition)
        draft.changes.append(DropIndex(index))


def choose(wishes: Sequence[Wish]) -> tuple[list[Wish], list[Wish]]:
    """Those that are made and those that fell out; wishes come in the order of their rank, equal ones once."""
    taken: list[Wish] = []
    left: list[Wish] = []
    counts: dict[str | None, int] = {}
    seen: set[tuple[str | None, tuple[str, ...], str]] = set()
    for wish in sorted(wishes, key=lambda each: not each.always):
        if (wish.sub, wish.columns, wish.where) in seen:
            continue
        seen.add((wish.sub, wish.columns, wish.where))
        if not wish.always and counts.get(wish.sub, 0) >= MOST:
            left.append(wish)
            continue
        counts[wish.sub] = counts.get(wish.sub, 0) + (not wish.always)
        taken.append(wish)
    return taken, left


def _take(draft: Draft, form: Form, wish: Wish, standing: dict[str, object], fresh: bool) -> None:
    name, sub = form.full_name, wish.sub
    table = main_name(name)
    if sub is not None:
        field = form.subtable(sub)
        assert field is not None
        table = sub_name(table, draft.columns[name, "", field.id])
    definition = ", ".join(wish.columns) + (f" where {wish.where}" if wish.where else "")
    index = ddl.index_name(table, definition)
    if standing.pop(index, None) is None:
        draft.changes.append(CreateIndex(name, index, sub, wish.columns, definition, wish.where))
        if not fresh:
            draft.step("create_index", name, wish.label)


class _Wishes:
    """Everything one form could be indexed by, in the order of rank."""

    def __init__(self, draft: Draft, form: Form) -> None:
        self.draft, self.form, self.name = draft, form, form.full_name

    def all(self) -> Iterator[Wish]:
        yield Wish(None, ("number", "id"), "$number", True)
        for sub in self.form.subtables:
            yield Wish(sub.name, ("parent", "position", "id"), f"{sub.name}.$parent", True)
        yield from self.needed()
        yield from self.each(lambda field: field.index)
        for view in self.form.views:
            yield from self.view(view)
        yield Wish(None, ("state", "id"), "$state")
        yield from self.each(lambda field: field.value_type in ("reference", "member", "department"))
        yield from self.each(lambda field: field.value_type in ("date", "datetime", "month"))
        yield from self.each(lambda field: field.value_type == "choice")

    def needed(self) -> Iterator[Wish]:
        """What unique rules and the roll-ups over this form's rows look rows up by."""
        for rule in uniques_of(self.form):
            if len(rule.fields) == 1 and "." not in rule.fields[0]:
                yield from self.field(None, self.form.find(rule.fields[0]), always=True)
        for form in self.draft.definitions.forms.values():
            for field in form.fields:
                if field.rollup is None:
                    continue
                at, sub = source_of(self.draft.definitions, field.rollup)
                via = self.column(sub, field.rollup.via) if at == self.name else None
                if via:
                    yield from self.gathered(sub, via, field.rollup)

    def gathered(self, sub: str | None, via: str, rollup: Rollup) -> Iterator[Wish]:
        """The rows of one parent; in order where they are asked anew when an extreme leaves or a running sum changes, and
        then only those that count, if that stands in their own row."""
        order = rollup.field if rollup.fn in ("min", "max") else rollup.by
        over = self.column(sub, order) if order else None
        if over is None or sub is None:
            yield Wish(sub, (via, "id"), rollup.via, True)
        if over is not None:
            where = "" if sub is not None else COUNTED if self.form.is_document and rollup.where is None else LIVE
            yield Wish(sub, (via, over), f"{rollup.via}, {order}", True, where)

    def each(self, wanted: Callable[[Field], bool]) -> Iterator[Wish]:
        """One index for each field that is wanted."""
        for field in self.form.fields:
            if wanted(field):
                yield from self.field(None, field)
        for sub in self.form.subtables:
            for field in sub.fields:
                if wanted(field):
                    yield from self.field(sub.name, field)

    def field(self, sub: str | None, field: Field | None, *, always: bool = False) -> Iterator[Wish]:
        if field is None or field.rollup is not None:
            return
        column = self.column(sub, field.name)
        if column is not None:
            yield Wish(sub, (column, "id"), field.name if sub is None else f"{sub}.{field.name}", always)

    def view(self, view: View) -> Iterator[Wish]:
        """Equality columns of the filter, then the sort, then id; roll-ups only where a view sorts by them."""
        names = list(dict.fromkeys((*self.equal(view), *(each.lstrip("-") for each in view.sort))))
        columns = [self.column(None, each) for each in names]
        found = [each for each in columns if each is not None]
        if found and len(found) == len(columns):
            yield Wish(None, (*found, *(() if "id" in found else ("id",))), f"view {view.name}")

    def equal(self, view: View) -> list[str]:
        """Names that the view's filter holds to one constant."""
        if view.filter is None:
            return []
        node = self.draft.definitions.checked(view.filter, self.name).node
        return [name for each in _conjuncts(node) if (name := _constant(each)) is not None]

    def column(self, sub: str | None, name: str) -> str | None:
        """The column of a name when it can be indexed."""
        if sub is None and name in SYSTEM_COLUMNS:
            return SYSTEM_COLUMNS[name]
        table = self.form.subtable(sub) if sub is not None else None
        fields = self.form.fields if sub is None else (table.fields if table is not None else ())
        field = next((each for each in fields if each.name == name), None)
        if field is None or field.is_subtable:
            return None
        spec = self.draft.old.types[field.value_type].column(field)
        if spec is None or not _indexable(spec, field):
            return None
        return self.draft.columns.get((self.name, "" if table is None else table.id, field.id))


def _indexable(spec: ColumnSpec, field: Field) -> bool:
    if spec.kind == "json":
        return False
    if spec.kind != "text" or field.value_type in ("choice", "auto_number", "time", "month"):
        return True
    return isinstance(most := field.schema.get("maxLength"), int) and most <= INDEXED_TEXT


def _conjuncts(node: Node) -> Iterator[Node]:
    if isinstance(node, Chain) and node.family == "and":
        yield from node.operands()
    else:
        yield node


def _constant(node: Node) -> str | None:
    if not isinstance(node, Binary) or node.operator != "=":
        return None
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(one, Read) and isinstance(other, Literal) and one.ref.anchor == "self":
            return ".".join(one.ref.path)
    return None
