"""The plan of derived values: the graph with its formulas compiled, made once for each version of the definitions.

One rule: everything that can be known from the definitions alone is here, so that a write only looks things up: which
steps there are in which order, who feeds whom, what each check reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ..definition import graph as dependency
from ..definition import told
from ..definition.definitions import Definitions
from ..definition.graph import TOTAL_MARK, Graph, Link
from ..definition.model import Check, Expr, Field, Form, Lookup, Rollup, Total
from ..definition.reads import Input, Reads, Relation, Slot, columns, follow, reads_of
from ..formula.check import Checked
from ..formula.facts import comparison, conjuncts
from ..formula.to_python import Env, to_python
from ..formula.types import TEXT, Kind, Type, Value
from ..storage.model import Model
from ..storage.tables import value_spec
from .query_lookup import query_lookup

Run: TypeAlias = Callable[[Env], Value]
RowKind: TypeAlias = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Formula:
    """One compiled formula and what it reads."""

    checked: Checked
    run: Run
    reads: Reads

    @property
    def crosses(self) -> bool:
        """Whether it looks beyond the own record: by a reference, a total or another record's rows."""
        return bool(self.reads.totals) or self.reads.foreign or any(each.hops for each in self.reads.inputs)


@dataclass(frozen=True, slots=True)
class Feed:
    """What rows of a kind give to something kept elsewhere: a roll-up of the record `via` points to (`via_owner`: the
    reference stands on the owning record). Without a `where` documents count when approved or closed. `look`:
    references whose targets a contribution reads; they are locked with the row. `amount`: the type each row's number is
    rounded to before it is added, None where nothing is added; `by`: the date that running sums go by."""

    slot: Slot
    source: RowKind
    rollup: Rollup
    via: str
    via_owner: bool
    value: tuple[str, ...] | None
    where: Formula | None
    by_state: bool
    look: tuple[Input, ...]
    amount: Type | None = None
    by: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One computed value, in the order of computing. `kept`: a column holds it; else it is only needed, and the step
    brings in the rows that look at something changed. `inputs` say which changes concern which rows."""

    slot: Slot
    field: Field
    kind: Literal["formula", "lookup", "frozen", "rollup"]
    type: Type
    kept: bool
    inputs: tuple[Link, ...]
    run: Run | None = None
    feed: Feed | None = None


@dataclass(frozen=True, slots=True)
class TotalPlan:
    """A total compiled: `keys` and `values` (name, fn, formula, places) in the order of its definition; `guarded`: some
    check reads it, so its rows are locked before that check runs."""

    name: str
    form: str
    total: Total
    keys: tuple[Run, ...]
    key_types: tuple[Type, ...]
    values: tuple[tuple[str, Literal["sum", "count", "avg"], Run | None, int], ...]
    where: Run | None
    by_state: bool
    look: tuple[Input, ...]
    guarded: bool = False

    @property
    def source(self) -> RowKind:
        """The rows that feed it."""
        return self.form, self.total.each


@dataclass(frozen=True, slots=True)
class Gap:
    """One part of a rule `a and b …`; `left operator right` where it compares two values. `shown`: the field as whose
    value a figure of it is shown."""

    part: Run
    left: Run | None = None
    operator: str = ""
    right: Run | None = None
    shown: Field | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What stands in one place of a check's sentence, and the field as whose value it is shown."""

    formula: Formula
    shown: Field | None


@dataclass(frozen=True, slots=True)
class CheckPlan:
    """A check compiled; `level` is a formula when the definition says so; `gaps` are the parts of the rule, `told` the
    places of its sentence."""

    check: Check
    rule: Formula
    level: Formula | None
    gaps: tuple[Gap, ...]
    told: Mapping[str, Told] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """See the module. `steps` are grouped as they are computed together; `feeds` and `totals` by the kind of the rows that
    feed them; `computed` holds every formula and lookup that is evaluated at read, by slot."""

    definitions: Definitions
    graph: Graph
    steps: tuple[tuple[Step, ...], ...]
    trees: tuple[str | None, ...]
    feeds: Mapping[RowKind, tuple[Feed, ...]]
    totals: Mapping[RowKind, tuple[TotalPlan, ...]]
    totals_by_name: Mapping[str, TotalPlan]
    checks: Mapping[str, tuple[CheckPlan, ...]]
    computed: Mapping[Slot, Run]
    types: Mapping[Slot, Type]
    tree_fields: Mapping[str, tuple[Field, ...]]
    fields: Mapping[RowKind, Mapping[str, Field]] = field(default_factory=dict)
    _paths: dict[tuple[str, str | None, tuple[str, ...]], tuple[Field, int] | None] = field(default_factory=dict)

    def first(self, form: str, sub: str | None, path: tuple[str, ...]) -> tuple[Field, int] | None:
        """The field a path begins with and how many of its parts name it."""
        key = (form, sub, path)
        if key not in self._paths:
            found = next(follow(self.definitions, (form, sub), path), None)
            self._paths[key] = (found[1], len(found[1].name.split("."))) if found is not None else None
        return self._paths[key]

    def form(self, name: str) -> Form:
        """The form, extensions applied."""
        return self.definitions.forms[name]


def plan_of(model: Model) -> Plan:
    """The plan of the live definitions, compiled once for a model."""
    plan: Plan | None = model.memo.get(Plan)
    if plan is None:
        plan = model.memo[Plan] = compile_plan(model.definitions, model.graph)
    return plan


def read_by(model: Model, form: str, check: str) -> frozenset[str]:
    """The names of the record's fields and subtables that a check of this id rests on, through what is computed too."""
    key = ("read_by", form, check)
    if key not in model.memo:
        plan = plan_of(model)
        waiting = [read.source for each in plan.checks[form] if each.check.id == check
                   for read in each.rule.reads.inputs if not read.hops]  # fmt: skip
        seen = set(waiting)
        while waiting:
            for link in plan.graph.sources.get(waiting.pop(), ()):
                if link.source not in seen and link.source.form == form:
                    seen.add(link.source)
                    waiting.append(link.source)
        model.memo[key] = frozenset(each.sub or each.name for each in seen if each.form == form)
    found: frozenset[str] = model.memo[key]
    return found


def compile_plan(definitions: Definitions, graph: Graph | None = None) -> Plan:
    """Compile every formula that something kept, a check, a total or a computed field needs."""
    return _Compiler(definitions, graph or dependency.compile(definitions)).plan()


class _Compiler:
    def __init__(self, definitions: Definitions, graph: Graph) -> None:
        self.definitions = definitions
        self.graph = graph
        self.types: dict[Slot, Type] = {}
        self.computed: dict[Slot, Run] = {}
        self.fields: dict[RowKind, dict[str, Field]] = {}

    def plan(self) -> Plan:
        for name, form in self.definitions.forms.items():
            for sub in (None, *(each.name for each in form.subtables)):
                self.fields[name, sub] = {each.name: each for each in columns(self.definitions, name, sub)}
        steps = tuple(self.component(each.slots) for each in self.graph.order)
        trees = tuple(each.tree for each in self.graph.order)
        used = [(some, tree) for some, tree in zip(steps, trees, strict=True) if some]
        checks = {name: self.checks(form) for name, form in self.definitions.forms.items()}
        totals = self.totals(checks)
        return Plan(
            self.definitions,
            self.graph,
            tuple(some for some, _ in used),
            tuple(tree for _, tree in used),
            self.feeds(steps),
            _by_kind(totals),
            {each.name: each for each in totals},
            checks,
            self.computed,
            self.types,
            {name: tuple(f for f in form.fields if f.ref_tree) for name, form in self.definitions.forms.items()},
            self.fields,
        )

    def formula(self, text: Expr | str, form: str, sub: str | None) -> Formula:
        checked = self.definitions.checked(text, form, sub)
        return Formula(checked, to_python(checked), reads_of(checked, self.definitions, form, sub))

    def component(self, slots: tuple[Slot, ...]) -> tuple[Step, ...]:
        return tuple(step for slot in slots if (step := self.step(slot)) is not None)

    def step(self, slot: Slot) -> Step | None:
        """The step of a computed field; None for one evaluated at read that nothing kept needs, and for totals."""
        each = self.fields[slot.form, slot.sub].get(slot.name)
        if each is None or slot.name.startswith(TOTAL_MARK):
            return None
        self.types[slot] = kind_type = self.type_of(slot)
        inputs, kept = self.graph.sources.get(slot, ()), slot in self.graph.kept
        if each.rollup is not None:
            return Step(slot, each, "rollup", kind_type, kept, inputs, feed=self.feed(slot, each.rollup))
        if each.lookup is not None and each.lookup.freeze is not None:
            return Step(slot, each, "frozen", kind_type, kept, inputs, self.lookup(slot, each.lookup))
        run = self.lookup(slot, each.lookup) if each.lookup is not None else self.own(slot, each)
        if not kept:
            self.computed[slot] = run
        if not kept and slot not in self.graph.needed:
            return None
        return Step(slot, each, "lookup" if each.lookup is not None else "formula", kind_type, kept, inputs, run)

    def own(self, slot: Slot, each: Field) -> Run:
        if each.formula is None:
            raise ValueError(f"{slot} is not computed")
        return to_python(self.definitions.checked(each.formula, slot.form, slot.sub))

    def lookup(self, slot: Slot, lookup: Lookup) -> Run:
        """A lookup as a function of the row that holds it."""
        if lookup.via is None:
            return query_lookup(self.definitions, slot, lookup)
        path = (*lookup.via.split("."), *lookup.field.split("."))
        return lambda env: env.get("self", path)

    def type_of(self, slot: Slot) -> Type:
        scope = self.definitions.scope(slot.form, slot.sub)
        found = scope.resolve((slot.name,)) or scope.resolve(tuple(slot.name.split(".")))
        return found.type if found is not None else TEXT

    # ------------------------------------------------------------------------------------------------ feeds

    def feed(self, slot: Slot, rollup: Rollup) -> Feed:
        form, sub = dependency.source_of(self.definitions, rollup)
        via = rollup.via
        reads = self.graph.reads[slot]
        value = tuple(rollup.field.split(".")) if rollup.field is not None else None
        where = self.formula(rollup.where, form, sub) if rollup.where is not None else None
        by_state = rollup.where is None and self.definitions.forms[form].is_document
        via_owner = sub is not None and via not in self.fields[form, sub]
        look = self.looks(reads)
        by = tuple(rollup.by.split(".")) if rollup.by is not None else None
        amount = self.amount(slot, rollup, (form, sub), value)
        return Feed(slot, (form, sub), rollup, via, via_owner, value, where, by_state, look, amount, by)

    def amount(self, slot: Slot, rollup: Rollup, source: RowKind, value: tuple[str, ...] | None) -> Type | None:
        """Sums are rounded as the roll-up itself is; where that is a day, as the field is that is added up."""
        if rollup.fn in ("sum", "avg", "lowest_running"):
            return self.types[slot]
        if rollup.fn != "lowest_running_day" or value is None:
            return None
        found = self.definitions.walk(*source, value) or self.definitions.walk(source[0], None, value)
        return found[1] if found is not None else None

    def looks(self, reads: Reads) -> tuple[Input, ...]:
        """The rows of other records a contribution depends on, through what is computed at read too."""
        found: dict[Input, None] = {}
        waiting, seen = list(reads.inputs), set(reads.inputs)
        while waiting:
            each = waiting.pop()
            if each.hops:
                found[each] = None
            below = self.graph.reads.get(each.source) if each.source in self.graph.needed else None
            for further in below.inputs if below is not None else ():
                moved = _moved(each, further)
                if moved is not None and moved not in seen:
                    seen.add(moved)
                    waiting.append(moved)
        return tuple(found)

    def feeds(self, steps: tuple[tuple[Step, ...], ...]) -> dict[RowKind, tuple[Feed, ...]]:
        found: dict[RowKind, list[Feed]] = {}
        for step in (each for some in steps for each in some):
            if step.feed is not None:
                found.setdefault(step.feed.source, []).append(step.feed)
        return {kind: tuple(some) for kind, some in found.items()}

    # ------------------------------------------------------------------------------------------------ checks, totals

    def checks(self, form: Form) -> tuple[CheckPlan, ...]:
        return tuple(self.check(form.full_name, each) for each in form.checks)

    def check(self, form: str, each: Check) -> CheckPlan:
        level = self.formula(each.level, form, each.each) if isinstance(each.level, Expr) else None
        rule = self.formula(each.rule, form, each.each)
        gaps = tuple(self.gap(part, form, each.each) for part in conjuncts(rule.checked))
        return CheckPlan(each, rule, level, gaps, dict(self.told(form, each)))

    def told(self, form: str, check: Check) -> Iterator[tuple[str, Told]]:
        for place, found in told.compiled(self.definitions, form, check.each, check.message):
            formula = Formula(found, to_python(found), reads_of(found, self.definitions, form, check.each))
            yield place, Told(formula, told.shown_as(self.definitions, form, check.each, found.node))

    def gap(self, part: Checked, form: str, sub: str | None) -> Gap:
        found = comparison(part)
        if found is None:
            return Gap(to_python(part))
        left, operator, right = found
        sides = (told.shown_as(self.definitions, form, sub, each.node) for each in (left, right))
        shown = next((each for each in sides if each is not None), None)
        return Gap(to_python(part), to_python(left), operator, to_python(right), shown)

    def places(self, text: Expr | None, form: str, sub: str | None) -> int:
        return value_spec(self.definitions.checked(text, form, sub).type).scale if text is not None else 0

    def totals(self, checks: Mapping[str, tuple[CheckPlan, ...]]) -> list[TotalPlan]:
        guarded = {name for some in checks.values() for each in some for name in each.rule.reads.totals}
        return [
            self.total(name, each, f"{name}.{each.name}" in guarded)
            for name, form in self.definitions.forms.items()
            for each in form.totals
        ]

    def total(self, form: str, total: Total, guarded: bool) -> TotalPlan:
        sub = total.each
        keys = [self.formula(each, form, sub) for each in total.key.values()]
        values = tuple(
            (name, fn, self.formula(each, form, sub).run if each is not None else None, self.places(each, form, sub))
            for name, (fn, each) in total.values.items()
        )
        where = self.formula(total.where, form, sub).run if total.where is not None else None
        by_state = total.where is None and self.definitions.forms[form].is_document
        look = self.looks(self.graph.reads[dependency.total_slot(form, total)])
        types = tuple(each.checked.type for each in keys)
        runs = tuple(each.run for each in keys)
        return TotalPlan(f"{form}.{total.name}", form, total, runs, types, values, where, by_state, look, guarded)


def _moved(outer: Input, inner: Input) -> Input | None:
    """What a value computed at read, found along `outer`, reads along `inner`, seen from the first row."""
    if outer.hops:
        return (
            Input(inner.source, outer.relation, (*outer.hops, *inner.hops)) if inner.relation is Relation.OWN else None
        )
    relation = inner.relation if outer.relation is Relation.OWN else outer.relation
    return Input(inner.source, relation, inner.hops)


def _by_kind(totals: list[TotalPlan]) -> dict[RowKind, tuple[TotalPlan, ...]]:
    found: dict[RowKind, list[TotalPlan]] = {}
    for each in totals:
        found.setdefault((each.form, each.total.each), []).append(each)
    return {kind: tuple(some) for kind, some in found.items()}


def is_number(type_: Type) -> bool:
    """Whether values of this type are Decimals."""
    return type_.kind is Kind.NUMBER
