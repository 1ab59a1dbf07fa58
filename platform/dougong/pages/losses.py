"""What an import of DocTypes lost, in sentences: one line says where, what, why, and what was done instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..doctype.losses import Loss
from ..kernel.problems import Problem
from .catalogue import DEFAULT, text
from .catalogue import mark as _
from .sentences import sentence

WHY = {
    "syntax": _("the condition is not of the kind that is read: {piece}"),
    "name": _("the condition names something that is not there: {piece}"),
    "function": _("the condition calls something that formulas do not have: {piece}"),
    "environment": _("the condition asks the browser or the site: {piece}"),
    "own_value": _("the condition asks the field itself; what is not visible holds nothing here"),
    "column": _("columns of a section have no condition, and breaks no rights of their own"),
    "record_name": _("a reference is compared with a name; here references hold records: {piece}"),
    "kinds": _("the condition compares or computes what cannot be compared or computed here: {piece}"),
    "nothing": _("the condition is empty"),
    "saved_only": _("the condition asks whether the record is new"),
    "not_imported": _("{doctype} is not among the DocTypes imported"),
    "single": _("nothing can point at {doctype}, it is a settings form or a child table"),
    "own_table": _("the rows of {doctype} hold more than a link to one form"),
    "child_missing": _("the child table {doctype} is not among the DocTypes imported"),
    "nested_table": _("rows cannot hold rows"),
    "dynamic_link": _("a reference points at records of one form"),
    "program": _("nobody fills it in: a program of Frappe did"),
    "options_missing": _("the options are not in the DocType"),
    "default": _("no formula gives this value"),
    "no_value": _("it holds no value"),
    "virtual": _("it is virtual: a program of Frappe gives the values"),
    "fieldtype": _("the field type is not known"),
    "percent": _("percentages are kept as fractions here, 3 % is 0.03"),
    "rating": _("ratings are kept as a number of stars here, not as a fraction"),
    "shapes": _("a location is one point here; lines and areas have no counterpart"),
    "currency": _("amounts have no currency of their own"),
    "scale": _("at most {most} decimal places are kept"),
    "phone": _("numbers abroad need + and the country here"),
    "unique_type": _("values of the type {type} cannot be unique"),
    "fetch": _("the reference or the field it leads to is not of the import, or of another type"),
    "filters": _("the filter has a part that formulas do not say"),
    "row_layout": _("rows have no sections"),
    "more_series": _("one form has one pattern of numbers"),
    "series_part": _("numbers do not have this part"),
    "naming": _("how records are named is not said in the DocType, or needs what is not there"),
    "permlevel": _("the role has a right to fields but none to the record"),
    "guest": _("whoever is not signed in has no rights"),
    "rights": _("there are no such rights"),
    "once": _("a field cannot be closed after the first time"),
    "amend": _("a document that was voided is not amended, a new one is made"),
    "appearance": _("settings of appearance and of the screen"),
    "property": _("the property of a field has no counterpart"),
    "settings": _("the property of a DocType has no counterpart"),
    "title": _("records are called by their name or title, else by the first text that must be filled in"),
    "tree": _("no reference leads to the record above"),
    "sorted_by": _("lists cannot be sorted by this"),
    "refused": _("the checker refuses it: {problem}"),
    "department": _("departments here are those of the organisation, not records of a form"),
}
DONE = {
    "left_out": _("left out"),
    "shown": _("always shown"),
    "optional": _("not required"),
    "open": _("can be changed"),
    "as_text": _("kept as text"),
    "as_long_text": _("kept as text of several lines"),
    "as_tags": _("kept as tags"),
    "as_rows": _("kept as a subtable"),
    "converted": _("converted; divide or rename values when data is brought over"),
    "kept": _("kept as it is"),
    "not_made": _("no form was made"),
    "no_default": _("begins empty"),
    "first_series": _("numbered by {series}"),
    "part_left_out": _("numbered without it"),
    "typed_in": _("people fill it in"),
    "all_rows": _("all records can be chosen"),
    "own_numbers": _("records have only the id of the platform"),
    "read_only": _("stays closed and empty until a formula fills it"),
    "first_field": _("called by another field"),
    "saved_meaning": _("taken as of a record that was saved"),
    "fewer_places": _("fewer decimal places"),
    "not_unique": _("may come twice"),
    "newest_first": _("in the order of the platform"),
}


def loss_data(loss: Loss, locale: str = DEFAULT) -> dict[str, str]:
    """A loss for programs: codes beside the sentences."""
    return {
        "doctype": loss.doctype,
        "field": loss.field,
        "what": loss.what,
        "value": loss.value,
        "code": loss.why,
        "why": text(WHY[loss.why], locale, **_shown(loss.params, locale)),
        "instead": text(DONE[loss.done], locale, **_shown(loss.params, locale)),
    }


def loss_lines(losses: Iterable[Loss], locale: str = DEFAULT) -> list[str]:
    """One line for each loss."""
    return [_line(loss_data(each, locale)) for each in losses]


def _line(said: Mapping[str, str]) -> str:
    where = ".".join(filter(None, (said["doctype"], said["field"])))
    value = " ".join(said["value"].split())
    what = f"{said['what']} = {value}" if value else said["what"]
    return f"{where}: {what}: {said['why']}; {said['instead']}"


def _shown(params: Mapping[str, Any], locale: str) -> dict[str, str]:
    return {key: sentence(each, locale) if isinstance(each, Problem) else str(each) for key, each in params.items()}
