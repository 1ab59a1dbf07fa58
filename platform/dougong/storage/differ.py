"""Compares forms and fields with what stands, and notes steps and changes in the draft. One rule: a
value may be lost only in a step that says how many."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, table
from sqlalchemy import column as sql_column

from ..definition.model import Form
from ..definition.slug import column_name
from ..kernel.problems import Problem, pointer
from . import rows
from .changes import (
    AddColumn,
    ConvertColumn,
    CreateForm,
    Relabel,
    Retire,
    SetForm,
    TakeBack,
    converter,
)
from .draft import Draft
from .standing import SUBTABLE, Kept, settings_of
from .tables import main_name
from .types import column_type
from .wants import Want, wants_of


def diff_forms(draft: Draft) -> None:
    """Forms that come, change, go and come back."""
    for name, form in sorted(draft.definitions.forms.items()):
        state = draft.standing.forms.get(name)
        if state is None:
            draft.step("create_form", name)
            draft.changes.append(CreateForm(name))
            _Fields(draft, form, fresh=True).diff()
            continue
        if state == "retired":
            draft.step("restore_form", name, rows=_rows(draft, main_name(name)))
            draft.changes.append(SetForm(name, True))
        _Fields(draft, form, fresh=False, restored=state == "retired").diff()
    for name, state in sorted(draft.standing.forms.items()):
        if state == "live" and name not in draft.definitions.forms:
            alive = _alive(draft, main_name(name))
            draft.step("retire_form", name, rows=_rows(draft, main_name(name)), loss=alive)
            draft.changes.append(SetForm(name, False))


def _rows(draft: Draft, name: str) -> int:
    return rows.count_rows(draft.tx.conn, name)


def _alive(draft: Draft, name: str) -> int:
    query = select(func.count()).select_from(table(name)).where(sql_column("deleted_at").is_(None))
    return int(draft.tx.conn.execute(query).scalar_one())


class _Fields:
    """The fields of one form. `fresh`: the form is new, so its columns come with its tables. `restored`: it was out of
    sight, so what it derives from other forms may be out of date."""

    def __init__(self, draft: Draft, form: Form, *, fresh: bool, restored: bool = False) -> None:
        self.draft, self.form, self.fresh, self.restored = draft, form, fresh, restored
        self.name = form.full_name
        self.new_subs: set[str] = set()
        self.gone_subs: set[str] = set()

    def diff(self) -> None:
        wants = {each.key: each for each in wants_of(self.form, self.draft.graph, self.draft.old.types)}
        for want in wants.values():
            self.one(want)
        for key, kept in sorted(self.draft.standing.live.items()):
            if key[0] == self.name and key not in wants:
                self.leave(kept, {each.id for each in self.form.subtables})

    def one(self, want: Want) -> None:
        kept = self.draft.standing.live.get(want.key)
        if kept is None:
            self.come(want)
        elif kept.kind == SUBTABLE or want.spec is None:
            self.subtable(want, kept)
        elif want.rule is not None or kept.rule is not None:
            self.derived(want, kept)
        elif kept.spec == want.spec and kept.type == want.field.value_type:
            self.same(want, kept)
        else:
            self.retype(want, kept)

    # ---------------------------------------------------------------------------------------------- coming

    def come(self, want: Want) -> None:
        """A field that has no live column: new, or back again."""
        earlier = self.lives(want)
        if earlier and want.rule is None:
            if self.fits(earlier[0], want):
                self.take_back(want, earlier[0])
            else:
                self.convert(want, earlier[0], "restore_field")
            return
        self.add(want)

    def lives(self, want: Want) -> list[Kept]:
        """Earlier lives of the field that hold what somebody entered, the latest first: of rows for a subtable, of values
        for anything else."""
        retired = self.draft.standing.retired.get(want.key, ())
        return [each for each in retired if each.rule is None and (each.kind == SUBTABLE) == (want.spec is None)]

    def fits(self, kept: Kept, want: Want) -> bool:
        if want.spec is None or kept.kind == SUBTABLE:
            return want.spec is None and kept.kind == SUBTABLE
        return kept.rule is None and kept.spec == want.spec and kept.type == want.field.value_type

    def take_back(self, want: Want, kept: Kept) -> None:
        table = self.table_of(kept)
        count = _rows(self.draft, table) if want.spec is None else rows.count_values(self.conn, table, kept.column)
        self.draft.step("restore_field", self.name, want.label, rows=count)
        self.draft.changes.append(TakeBack(kept, want))
        self.draft.columns[want.key] = kept.column

    def add(self, want: Want) -> None:
        column = self.choose(want)
        within = want.sub_id in self.new_subs
        if want.spec is None:
            self.new_subs.add(want.field.id)
        count = 0 if self.fresh or within else self.row_count(want)
        if not self.fresh and not within:
            self.draft.step("add_field", self.name, want.label, rows=count)
        building = want.rule is not None and count > self.draft.build_rows
        self.draft.changes.append(AddColumn(want, column, not self.fresh and not within, building))
        if want.rule is not None and count:
            self.fill(want, building)

    def fill(self, want: Want, building: bool) -> None:
        if building:
            self.draft.building.add(want.place)
        else:
            self.draft.refill.append(want.place)

    # ---------------------------------------------------------------------------------------------- staying

    def same(self, want: Want, kept: Kept) -> None:
        """Same values; perhaps another name or another text of the definition."""
        self.draft.columns[want.key] = kept.column
        if kept.name != want.field.name:
            self.draft.step("rename_field", self.name, want.label)
        if kept.name != want.field.name or dict(kept.settings) != settings_of(want.field):
            self.draft.changes.append(Relabel(kept, want))
        if self.restored and want.rule is not None and self.row_count(want):
            self.draft.refill.append(want.place)
        if want.field.required and not kept.settings.get("required") and want.spec is not None:
            self.required(want, kept)

    def required(self, want: Want, kept: Kept) -> None:
        table = self.table_of(kept)
        empty = _rows(self.draft, table) - rows.count_values(self.conn, table, kept.column)
        if empty:
            where = pointer(*want.label.split("."))
            params = {"form": self.name, "field": want.label, "rows": empty}
            self.draft.problems.append(Problem("rows_without_value", where, params, level="warning"))

    def retype(self, want: Want, kept: Kept) -> None:
        """Another type: in place where every value stays the very same, else by a column of the new type."""
        assert want.spec is not None
        if kept.spec == want.spec:
            of = rows.loose(self.table_of(kept), **{kept.column: kept.column_type})
            if not rows.count_changed(self.conn, of, kept.column, converter(self.draft.old.types, kept, want)):
                count = rows.count_values(self.conn, of.name, kept.column)
                self.draft.step("change_type", self.name, want.label, rows=count)
                self.draft.changes.append(Relabel(kept, want))
                self.draft.columns[want.key] = kept.column
                return
        self.convert(want, kept, "change_type")

    def convert(self, want: Want, kept: Kept, op: str) -> None:
        assert want.spec is not None
        self.complete(kept, want.label)
        count = rows.count_values(self.conn, self.table_of(kept), kept.column)
        building = count > self.draft.build_rows
        reuse = None if building else self.earlier(want, kept)
        column = reuse.column if reuse is not None else self.choose(want)
        self.draft.columns[want.key] = column
        types = {kept.column: kept.column_type, column: column_type(want.spec)}
        of = rows.loose(self.table_of(kept), **types)
        between = self.draft.standing.between(kept, reuse)
        by = converter(self.draft.old.types, kept, want, between)
        loss = rows.count_loss(self.conn, of, kept.column, column if reuse is not None else None, by)
        self.draft.step(op, self.name, want.label, rows=count, loss=loss)
        self.draft.changes.append(ConvertColumn(kept, want, column, reuse, building, between))
        if building:
            self.draft.building.add(want.place)

    def earlier(self, want: Want, kept: Kept) -> Kept | None:
        """A retired column of the wanted type, which takes part in the conversion. A column filled in the background
        begins empty instead, so that null there means not yet."""
        return next((each for each in self.lives(want) if each is not kept and self.fits(each, want)), None)

    def derived(self, want: Want, kept: Kept) -> None:
        """A derived value changed its rule, or a field became derived or an input."""
        if want.rule == kept.rule and kept.spec == want.spec:
            self.same(want, kept)
        elif want.rule is None:
            self.from_derived(want, kept)
        elif kept.rule is None:
            table = self.table_of(kept)
            loss = rows.count_values(self.conn, table, kept.column)
            self.replace(want, kept, "change_type", loss)
        elif kept.spec != want.spec or self.row_count(want) > self.draft.build_rows or _hides(want):
            self.replace(want, kept, "recompute_field", 0)
        else:
            self.draft.step("recompute_field", self.name, want.label, rows=self.row_count(want))
            self.draft.changes.append(Relabel(kept, want))
            self.draft.columns[want.key] = kept.column
            self.draft.refill.append(want.place)

    def from_derived(self, want: Want, kept: Kept) -> None:
        """A computed value becomes an input and keeps what was computed last."""
        self.complete(kept, want.label)
        if kept.spec == want.spec and kept.type == want.field.value_type:
            self.draft.step("change_type", self.name, want.label, rows=self.row_count(want))
            self.draft.changes.append(Relabel(kept, want))
            self.draft.columns[want.key] = kept.column
        else:
            self.convert(want, kept, "change_type")

    def replace(self, want: Want, kept: Kept, op: str, loss: int) -> None:
        """The old column is retired, a new one computed."""
        column = self.choose(want)
        count = self.row_count(want)
        building = count > self.draft.build_rows
        self.draft.step(op, self.name, want.label, rows=count, loss=loss)
        self.draft.changes.extend((Retire(kept), AddColumn(want, column, True, building)))
        if count:
            self.fill(want, building)

    def subtable(self, want: Want, kept: Kept) -> None:
        """A subtable that stays one, or a field that becomes one or ceases to be."""
        if want.spec is None and kept.kind == SUBTABLE:
            self.same(want, kept)
            return
        self.leave(kept, set(), "change_type")
        self.come(want)

    # ---------------------------------------------------------------------------------------------- leaving

    def leave(self, kept: Kept, subtables: set[str], op: str = "retire_field") -> None:
        """A column no field asks for; rows of a subtable that goes are not counted field by field."""
        if kept.sub and kept.sub not in subtables:
            return
        table = self.table_of(kept)
        if kept.kind == SUBTABLE:
            count = loss = _rows(self.draft, table)
        else:
            count = rows.count_values(self.conn, table, kept.column)
            loss = 0 if kept.rule is not None else count
        known = self.draft.standing.live.get((kept.form, "", kept.sub))
        label = f"{known.name}.{kept.name}" if known is not None else kept.name
        if kept.rule is None:
            self.complete(kept, label)
        self.draft.step(op, self.name, label, rows=count, loss=loss)
        self.draft.changes.append(Retire(kept))

    # ---------------------------------------------------------------------------------------------- asking

    def complete(self, kept: Kept, label: str) -> None:
        """What is still being filled can be neither converted nor kept: a part of its values would be missing."""
        if kept.key in self.draft.standing.building:
            params = {"form": self.name, "field": label}
            self.draft.problems.append(Problem("still_building", pointer(*label.split(".")), params))

    @property
    def conn(self) -> Connection:
        return self.draft.tx.conn

    def table_of(self, kept: Kept) -> str:
        sub = kept.field if kept.kind == SUBTABLE else kept.sub
        return self.draft.standing.table(self.name, sub)

    def row_count(self, want: Want) -> int:
        if want.spec is None:
            return _rows(self.draft, main_name(self.name))
        return _rows(self.draft, self.draft.standing.table(self.name, want.sub_id))

    def choose(self, want: Want) -> str:
        """A name no column of that table ever had; the draft remembers it."""
        at = (self.name, want.sub_id)
        given = {column for key, column in self.draft.columns.items() if key[:2] == at}
        column = column_name(want.field.id, {*self.draft.standing.taken.get(at, ()), *given})
        self.draft.columns[want.key] = column
        return column


def _hides(want: Want) -> bool:
    """Whether hidden columns stand beside the field's own."""
    return want.field.rollup is not None and want.field.rollup.fn == "avg"
