"""The lists beside a form's record that say what is allowed and kept: checks, unique, totals, effects, policies. One rule:
every item gets an id that depends on the item alone, so that the same file always gives the same definition."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, get_args

from ..formula.aggregate import parse_measure
from ..formula.printer import to_text
from ..kernel.errors import FormulaError
from ..kernel.problems import Problem
from .findings import Found, Ids, Place
from .model import Action, Check, Effect, Event, Expr, Field, FieldLevel, Kind, Moment, Policy, Total, Unique

ROW_WORDS = ("all", "department", "department_tree", "own", "taking_part")
DOCUMENT_WHERE = "$state not in ('draft', 'rejected', 'withdrawn', 'voided')"


def read_checks(form: Place, kind: Kind | None) -> tuple[Check, ...]:
    """`checks`; `kind` None = the form is another file's, and the default moments are filled in when it is known."""
    ids = Ids.of(form.raw("checks"))
    return tuple(each for _, place in form.places("checks") if (each := _check(place, ids, kind)))


def default_moments(kind: Kind) -> tuple[Moment, ...]:
    """When a check runs that does not say so."""
    return ("submit", "approve") if kind == "document" else ("save",)


def _check(place: Place, ids: Ids, kind: Kind | None) -> Check | None:
    rule, message = place.formula("rule", required=True), place.text("message", required=True)
    at, each = place.text("at"), place.text("each")
    moments: Any = place.words("on", get_args(Moment)) if place.has("on") else default_moments(kind) if kind else ()
    level: Any = "block"
    if place.value.get("level") in ("block", "warn"):
        level = place.raw("level")
    elif (computed := place.formula("level")) is not None:
        level = computed
    made_id = ids.take(place, f"check_{at}" if at else "check")
    place.close()
    if rule is None:
        return None
    return Check(made_id, rule, message or "", at, each, moments, level, place.at, place.found.file)


def read_unique(form: Place, kind: Kind, fields: Iterable[Field]) -> tuple[Unique, ...]:
    """`unique`, and the fields that are `x-unique` by themselves."""
    ids = Ids.of(form.raw("unique"))
    listed = [each for _, place in form.places("unique") if (each := _unique(place, ids, kind))]
    return (*listed, *unique_fields(fields, kind))


def unique_fields(fields: Iterable[Field], kind: Kind) -> Iterable[Unique]:
    """One Unique for every field that is `x-unique`, columns of subtables included."""
    for each in fields:
        for name, one in ((each.name, each), *((f"{each.name}.{column.name}", column) for column in each.fields)):
            if one.unique:
                where = Expr(DOCUMENT_WHERE, one.pointer, one.file) if kind == "document" else None
                yield Unique(f"x-unique:{one.id}", (name,), where, None, one.pointer, one.file)


def _unique(place: Place, ids: Ids, kind: Kind) -> Unique | None:
    fields = place.texts("fields", required=True)
    where, message = place.formula("where"), place.text("message")
    if where is None and kind == "document":
        where = Expr(DOCUMENT_WHERE, place.at, place.found.file)
    made_id = ids.take(place, "_".join(fields)[:200] or "unique")
    place.close()
    return Unique(made_id, fields, where, message, place.at, place.found.file) if fields else None


def read_totals(form: Place) -> tuple[Total, ...]:
    """`totals`."""
    ids = Ids.of(form.raw("totals"))
    found = [each for _, place in form.places("totals") if (each := _total(place, ids))]
    names: set[str] = set()
    for each in found:
        if each.name in names:
            form.found.error("duplicate_name", each.pointer, name=each.name)
        names.add(each.name)
    return tuple(found)


def _total(place: Place, ids: Ids) -> Total | None:
    name = place.text("name", required=True, limit=60)
    key, each, where = place.formulas("key", required=True), place.text("each"), place.formula("where")
    written = place.formulas("values", required=True)
    if name is not None and not name.isidentifier():
        place.found.error("bad_name", place.pointer("name"), name=name, expected="name")
    for part in ("key", "values"):
        if place.has(part) and not place.value[part]:
            place.found.error("empty", place.pointer(part))
    values = {value: measure for value, expr in written.items() if (measure := _measure(expr, place.found))}
    made_id = ids.take(place, name or "total")
    place.close()
    if name is None or not key or not values:
        return None
    return Total(made_id, name, key, values, each, where, place.at, place.found.file)


def _measure(expr: Expr, found: Found) -> tuple[Any, Expr | None] | None:
    """ "sum(expr)" → ("sum", expr): the place of the inner formula is that of the whole."""
    try:
        measure = parse_measure(expr.text)
    except FormulaError as error:
        _formula_problem(error, expr, found)
        return None
    if measure.fn not in ("sum", "count", "avg"):
        found.error("not_one_of", expr.pointer, value=measure.fn, known=["sum", "count", "avg"])
        return None
    inner = None if measure.value is None else Expr(to_text(measure.value), expr.pointer, expr.file)
    return measure.fn, inner


def _formula_problem(error: FormulaError, expr: Expr, found: Found) -> None:
    found.problems.append(Problem(error.code, expr.pointer, dict(error.params), file=found.file))


def read_effects(form: Place) -> tuple[Effect, ...]:
    """`effects`."""
    ids = Ids.of(form.raw("effects"))
    return tuple(each for _, place in form.places("effects") if (each := read_effect(place, ids)))


def read_effect(place: Place, ids: Ids, known: Collection[str] = (), event: Event | None = None) -> Effect | None:
    """One effect; the flow node `act` has the same shape, without `on` and with keys of its own (`known`)."""
    on = event or place.word("on", get_args(Event), required=True)
    do = place.word("do", ("post", "set", "create"), required=True)
    form, each = place.text("form", required=True), place.text("each")
    where, values = place.formula("where"), place.formulas("values", required=True)
    made_id = ids.take(place, f"{do}_{form}")
    for key in known:
        place.raw(key)
    place.close()
    if not (on and do and form):
        return None
    return Effect(made_id, on, do, form, values, each, where, place.at, place.found.file)


def read_policies(form: Place) -> tuple[Policy, ...]:
    """`policies`."""
    ids = Ids.of(form.raw("policies"))
    return tuple(_policy(place, ids) for _, place in form.places("policies"))


def _policy(place: Place, ids: Ids) -> Policy:
    roles = place.texts("roles", required=True)
    actions = place.words("actions", get_args(Action), required=True)
    rows: str | Expr = "all"
    if place.value.get("rows") in ROW_WORDS:
        rows = str(place.raw("rows"))
    elif (formula := place.formula("rows")) is not None:
        rows = formula
    levels: dict[str, Any] = {}
    inner = place.place("fields")
    for name in inner.value if inner else ():
        level = inner.word(name, get_args(FieldLevel)) if inner else None
        if level is not None:
            levels[name] = level
    made_id = ids.take(place, "_".join((*roles, *actions))[:200] or "policy")
    place.close()
    return Policy(made_id, roles, frozenset(actions), rows, levels, place.at, place.found.file)
