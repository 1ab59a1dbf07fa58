"""Every problem code of definitions with what it means; sentences for people are made from the codes where they are read.
The codes of formulas are documented with the formulas."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CODES: Mapping[str, str] = MappingProxyType(
    {
        # reading files
        "too_large": "the file is larger than `limit` bytes",
        "too_deep": "the file is nested deeper than `limit` levels",
        "not_json": "the file is no JSON; `line` and `column` say where it stops being one",
        "not_text": "the file is not UTF-8",
        "duplicate_key": "an object says the key twice",
        "bad_number": "NaN, Infinity, or a number of senseless size",
        "bad_text": "characters no database can hold",
        "missing_file": "a module has no such file",
        "unknown_file": "warning: a file that means nothing to a module",
        # structure
        "wrong_kind": "the value is of another JSON type than `expected`",
        "missing": "the `key` has to be there",
        "empty": "there has to be something",
        "too_long": "the text has more than `limit` characters",
        "too_many": "the list has more than `limit` items",
        "out_of_bounds": "the number is not between `low` and `high`",
        "not_one_of": "the `value` is none of the `known` words",
        "one_of": "exactly one, or at least one, of the `known` keys has to be there",
        "unknown_key": "warning: a key nobody reads",
        "repeated": "warning: the same thing again",
        "not_together": "the `key` cannot stand beside the `other`",
        "no_effect": "warning: the `key` has no effect here",
        # names
        "bad_name": "the name does not have the form `expected`",
        "reserved_name": "the name means something else already",
        "name_differs": "the form or module is called otherwise than its file or folder",
        "duplicate_name": "the name is used twice",
        "duplicate_id": "the id is used twice in the form",
        # JSON Schema
        "unknown_dialect": "`$schema` names no draft from 04 to 2020-12 (a warning for a dialect of one's own)",
        "bad_schema": "the draft's own meta-schema refuses the keyword",
        "unknown_keyword": "warning: a keyword of nobody, or a foreign `x-` one",
        "unknown_format": "warning: a format that is not checked",
        "ref_remote": "a `$ref` leaves the file",
        "ref_unknown": "a `$ref` finds nothing",
        "pattern": "RE2 does not take the pattern",
        "not_an_object": "a form's record is an object",
        "too_complex": "one schema refers to more than `limit` others",
        "too_many_fields": "more than `limit` fields",
        "json_editor": "warning: no widget fits, `reason` says why; the value is edited as JSON",
        "conditional_property": "warning: a property that only a branch declares is a field all the same",
        # fields
        "unknown_type": "no such field type; `known` lists them",
        "type_conflict": "the field type and the JSON type, or two types, do not go together",
        "not_a_subtable": "the name is no subtable",
        "bad_number_pattern": "`x-number` needs exactly one {seq} or {seq:n}",
        "not_a_tree": "`x-ref-tree` on a reference to another form",
        "not_in_rows": "a roll-up cannot stand in a subtable",
        "not_a_reference": "the name is no reference, or not one to this form",
        "not_a_number": "only numbers are summed",
        "not_a_date": "running sums go by a date",
        # parts
        "not_a_key": "values of this type cannot be part of a unique key",
        "several_subtables": "a unique key over columns of two subtables",
        "read_only": "the field is computed and cannot be given a value",
        "default_branch": "of the branches of `choose` the last one, and only that, has no `when`",
        "not_a_group": "the name leads to no form with members",
        # the whole
        "unknown_form": "there is no such form",
        "other_figures": "warning: the translation into `locale` fills other places (`names`) than the sentence",
        "unknown_field": "there is no such field; `known` lists them where they are few",
        "unknown_role": "warning: no module declares the role",
        "unknown_module": "the module required is not there",
        "not_required": "a form is extended whose module is not required",
        "cycle": "modules require each other",
        # dependencies
        "formula_cycle": "values feed themselves; `cycle` names them by their titles",
        "echo": "a kept lookup of a value that the same form feeds through the same reference",
        "derived_via": "the reference of a roll-up is itself computed",
        "volatile": "something kept depends on today(), now() or me(); `chain` names the way",
        "not_kept": "something kept depends on a value that is only computed when read",
        "not_queryable": "no database has the function, and here a database has to compute it",
        "limit": "more than `limit` of `what` (a warning for totals beyond four)",
    }
)
