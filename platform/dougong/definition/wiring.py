"""Every name in a definition that stands for something else has to find it: forms, fields, subtables, roles. One rule: a
name that finds nothing is reported where it is written, with the names that were possible where they are few."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..formula.types import Kind
from ..kernel.problems import Level, Problem, pointer
from .flow import PEOPLE
from .inference import lookup_start, rollup_source, rows_source
from .keywords import RUNNING, number_fields
from .linked import REFERENCES, Definitions
from .model import Check, Field, Form, Lookup, Module, Rollup, RowsRule, Section, View
from .names import SYSTEM
from .screens import placeholders
from .told import FIGURES, formula_of, is_name, places

KNOWN_LIMIT = 40
NO_KEY = (
    "json",
    "tags",
    "multi_choice",
    "multi_reference",
    "attachment",
    "image",
    "signature",
    "cascade",
    "address",
    "location",
    "subtable",
    "rich_text",
    "secret",
)
"""Field types whose values cannot be part of a unique key."""


def problems(definitions: Definitions, modules: Iterable[Module]) -> Iterator[Problem]:
    """All names of all forms that find nothing."""
    roles = {"*", "admin", *(role.name for module in modules for role in module.roles)}
    for _, form in sorted(definitions.forms.items()):
        yield from _Wiring(definitions, form, roles).all()


class _Wiring:
    def __init__(self, definitions: Definitions, form: Form, roles: Collection[str]) -> None:
        self.definitions = definitions
        self.form = form
        self.name = form.full_name
        self.roles = roles

    def all(self) -> Iterator[Problem]:
        for field in self.form.fields:
            yield from self.field(field, None)
            for column in field.fields:
                yield from self.field(column, field.name)
        for part in (self.checks, self.unique, self.totals, self.effects, self.policies, self.layout, self.views):
            yield from part()
        yield from self.prints()
        yield from self.nodes((self.form.flow or {}).get("nodes") or (), "/flow/nodes")

    # ------------------------------------------------------------------------------------------------ reporting

    def report(self, code: str, at: str, file: str | None, level: Level = "error", **params: Any) -> Problem:
        return Problem(code, at, params, level=level, file=file or self.form.file)

    def unknown(self, name: str, at: str, file: str | None, sub: str | None = None) -> Problem:
        known = sorted(self._names(sub))
        params: dict[str, Any] = {"known": known} if len(known) <= KNOWN_LIMIT else {}
        return Problem("unknown_field", at, {"name": name, "form": self.name, **params}, file=file or self.form.file)

    def _names(self, sub: str | None) -> list[str]:
        table = self.form.subtable(sub) if sub else None
        return [each.name for each in (table.fields if table else self.form.fields)]

    # ------------------------------------------------------------------------------------------------ fields

    def field(self, field: Field, sub: str | None) -> Iterator[Problem]:
        at = field.pointer
        if field.ref is not None and field.ref not in self.definitions.forms:
            yield self.report("unknown_form", at + "/x-ref", field.file, form=field.ref)
        if field.ref_tree and (field.ref != self.name or sub is not None):
            yield self.report("not_a_tree", at + "/x-ref-tree", field.file, form=field.ref)
        if field.lookup is not None:
            yield from self.lookup(field, field.lookup, sub)
        if field.rollup is not None:
            yield from self.rollup(field, field.rollup, sub)
        for name in number_fields(field.number) if field.number is not None else ():
            if self.definitions.field(self.name, name.split("."), sub) is None:
                yield self.unknown(name, at + "/x-number", field.file, sub)
        yield from self.members(field)
        if field.rows_from is not None:
            yield from self.rows(field, field.rows_from)

    def lookup(self, field: Field, lookup: Lookup, sub: str | None) -> Iterator[Problem]:
        at = field.pointer + "/x-lookup"
        if lookup.source is not None:
            if lookup.source not in self.definitions.forms:
                yield self.report("unknown_form", at + "/from", field.file, form=lookup.source)
                return
            for index, key in enumerate(lookup.sort):
                if self.definitions.walk(lookup.source, None, key.lstrip("-").split(".")) is None:
                    yield self.report(
                        "unknown_field", f"{at}/sort", field.file, name=key, form=lookup.source, index=index
                    )
        elif not self._is_reference(sub, lookup.via or ""):
            yield self.report("not_a_reference", at + "/via", field.file, name=lookup.via)
            return
        start = lookup_start(self.definitions, self.name, sub, lookup)
        if self.definitions.walk(*start) is None:
            yield self.report("unknown_field", at + "/field", field.file, name=lookup.field, form=lookup.source)

    def _is_reference(self, sub: str | None, name: str) -> bool:
        path = name.split(".")
        found = self.definitions.field(self.name, path, sub) or self.definitions.field(self.name, path)
        return found is not None and found.value_type == "reference" and found.ref in self.definitions.forms

    def rollup(self, field: Field, rollup: Rollup, sub: str | None) -> Iterator[Problem]:
        at = field.pointer + "/x-rollup"
        source = rollup_source(self.definitions, rollup)
        if sub is not None:
            yield self.report("not_in_rows", at, field.file, name=field.name)
        if source is None:
            yield self.report("unknown_form", at + "/from", field.file, form=rollup.source)
            return
        via = self.definitions.first(*source, rollup.via.split(".")) or self.definitions.first(
            source[0], None, rollup.via.split(".")
        )
        if via is None or via[1] or via[0].ref != self.name:
            yield self.report("not_a_reference", at + "/via", field.file, name=rollup.via, form=self.name)
        kind = Kind.NUMBER if rollup.fn in ("sum", "avg", *RUNNING) else None
        yield from self.gathered(field, rollup, source, "field", kind)
        yield from self.gathered(field, rollup, source, "by", Kind.DATE)

    def gathered(
        self, field: Field, rollup: Rollup, source: tuple[str, str | None], key: str, kind: Kind | None
    ) -> Iterator[Problem]:
        """What a roll-up looks at on its rows is there, and of the kind its function needs."""
        name = rollup.field if key == "field" else rollup.by
        if name is None:
            return
        at, path = f"{field.pointer}/x-rollup/{key}", tuple(name.split("."))
        found = self.definitions.walk(*source, path) or self.definitions.walk(source[0], None, path)
        if found is None:
            yield self.report("unknown_field", at, field.file, name=name, form=rollup.source)
        elif kind is not None and found[1].kind is not kind:
            yield self.report("not_a_number" if kind is Kind.NUMBER else "not_a_date", at, field.file, name=name)

    def rows(self, field: Field, rule: RowsRule) -> Iterator[Problem]:
        at = field.pointer + "/x-rows"
        if not field.is_subtable:
            yield self.report("not_a_subtable", at, field.file, name=field.name)
        elif rows_source(self.definitions, self.form, rule) is None:
            yield self.report("not_a_subtable", at + "/from", field.file, name=rule.source)
        for name in rule.values if field.is_subtable else ():
            column = next((each for each in field.fields if each.name == name), None)
            if column is None:
                yield self.unknown(name, at + pointer("values", name), field.file, field.name)
            elif column.computed:
                yield self.report("read_only", at + pointer("values", name), field.file, name=name)

    def members(self, field: Field) -> Iterator[Problem]:
        rule = field.members
        for key, name in (
            (("user", rule.user), ("role", rule.role), ("from", rule.start), ("to", rule.end)) if rule else ()
        ):
            column = next((each for each in field.fields if each.name == name), None)
            at = f"{field.pointer}/x-members/{key}"
            if name is not None and column is None:
                yield self.unknown(name, at, field.file, field.name)
            elif column is not None and key == "user" and column.value_type != "member":
                yield self.report("type_conflict", at, field.file, value=column.value_type, got="member")
            elif column is not None and key in ("from", "to") and column.value_type != "date":
                yield self.report("type_conflict", at, field.file, value=column.value_type, got="date")

    # ------------------------------------------------------------------------------------------------ rules

    def each(self, name: str | None, at: str, file: str | None) -> Iterator[Problem]:
        if name is not None and self.form.subtable(name) is None:
            yield self.report("not_a_subtable", at + "/each", file, name=name)

    def has(self, name: str, sub: str | None = None) -> bool:
        """Whether a name is a field, a column of `sub`, or "subtable.column"."""
        if name in SYSTEM or self.form.find(name) is not None:
            return True
        table = self.form.subtable(sub) if sub else None
        if table is not None and any(each.name == name for each in table.fields):
            return True
        return any(name == f"{each.name}.{column.name}" for each in self.form.subtables for column in each.fields)

    def checks(self) -> Iterator[Problem]:
        for check in self.form.checks:
            yield from self.each(check.each, check.pointer, check.file)
            if check.at is not None and not self.has(check.at, check.each):
                yield self.unknown(check.at, check.pointer + "/at", check.file, check.each)
            yield from self.told(check)
            yield from self.translated(check.message, check.pointer, check.file)

    def told(self, check: Check) -> Iterator[Problem]:
        """A name that nothing will fill stands as it is written, which is worth a warning; a formula has to be one."""
        at = check.pointer + "/message"
        for place in places(check.message):
            if place in FIGURES or self.has(place, check.each):
                continue
            formula = formula_of(self.definitions, self.name, check.each, place)
            found, problems = self.definitions.examine(formula, self.name, check.each)
            if found is None and is_name(place):
                yield self.report("unknown_field", at, check.file, "warning", name=place, form=self.name)
            elif found is None:
                yield from (replace(each, pointer=at, file=check.file or self.form.file) for each in problems)

    def translated(self, text: str, at: str, file: str | None) -> Iterator[Problem]:
        """A translation says the same figures as the sentence."""
        for module in self.definitions.modules.values():
            for locale, words in module.translations.items():
                missing = set(places(text)) ^ set(places(words.get(text, text)))
                if missing:
                    params = {"locale": locale, "names": sorted(missing)}
                    yield self.report("other_figures", at + "/message", file, "warning", **params)

    def message(self, text: str, at: str, file: str | None) -> Iterator[Problem]:
        """As `told`, for a sentence that names only fields of the record."""
        for name in places(text):
            known = self.has(name) or self.definitions.scope(self.name).resolve(tuple(name.split("."))) is not None
            if not known:
                yield self.report("unknown_field", at + "/message", file, "warning", name=name, form=self.name)

    def unique(self) -> Iterator[Problem]:
        for unique in self.form.unique:
            tables: set[str] = set()
            yield from self.message(unique.message or "", unique.pointer, unique.file)
            yield from self.translated(unique.message or "", unique.pointer, unique.file)
            for index, name in enumerate(unique.fields):
                own = unique.id.startswith("x-unique:")
                at = unique.pointer + ("/x-unique" if own else f"/fields/{index}")
                found = self.form.find(name)
                table = next((each for each in self.form.subtables if name.startswith(each.name + ".")), None)
                if found is None and table is not None:
                    tables.add(table.name)
                    last = name.removeprefix(table.name + ".")
                    found = next((each for each in table.fields if each.name == last), None)
                if found is None and name not in SYSTEM:
                    yield self.unknown(name, at, unique.file)
                elif found is not None and found.value_type in NO_KEY:
                    yield self.report("not_a_key", at, unique.file, name=name, type=found.value_type)
            if len(tables) > 1:
                yield self.report("several_subtables", unique.pointer + "/fields", unique.file, known=sorted(tables))

    def totals(self) -> Iterator[Problem]:
        for total in self.form.totals:
            yield from self.each(total.each, total.pointer, total.file)

    def effects(self) -> Iterator[Problem]:
        for effect in self.form.effects:
            yield from self.each(effect.each, effect.pointer, effect.file)
            target = self.definitions.forms.get(effect.form)
            if target is None:
                yield self.report("unknown_form", effect.pointer + "/form", effect.file, form=effect.form)
                continue
            for name in effect.values:
                found = target.find(name)
                at = effect.pointer + pointer("values", name)
                if found is None:
                    yield self.report("unknown_field", at, effect.file, name=name, form=effect.form)
                elif found.computed and found.type != "auto_number":
                    yield self.report("read_only", at, effect.file, name=name)

    def policies(self) -> Iterator[Problem]:
        for policy in self.form.policies:
            for index, role in enumerate(policy.roles):
                if role not in self.roles:
                    at = f"{policy.pointer}/roles/{index}"
                    yield self.report("unknown_role", at, policy.file, "warning", name=role)
            for name in policy.fields:
                if name != "*" and not self.has(name):
                    yield self.unknown(name, policy.pointer + pointer("fields", name), policy.file)

    # ------------------------------------------------------------------------------------------------ screens

    def layout(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for section in self.form.layout:
            yield from self.section(section, seen)

    def section(self, section: Section, seen: set[str]) -> Iterator[Problem]:
        for cell in section.cells:
            if self.form.find(cell.field) is None:
                yield self.unknown(cell.field, section.pointer + "/fields", section.file)
            elif cell.field in seen:
                yield self.report("repeated", section.pointer + "/fields", section.file, "warning", value=cell.field)
            seen.add(cell.field)

    def views(self) -> Iterator[Problem]:
        for view in self.form.views:
            for key, names in self.named(view).items():
                for name in names:
                    if self.definitions.walk(self.name, None, name.split(".")) is None:
                        yield self.unknown(name, f"{view.pointer}/{key}", view.file)
            for index, role in enumerate(view.roles):
                if role not in self.roles:
                    yield self.report("unknown_role", f"{view.pointer}/roles/{index}", view.file, "warning", name=role)

    def named(self, view: View) -> Mapping[str, Iterable[str]]:
        return {
            "columns": view.columns,
            "sort": [each.lstrip("-") for each in view.sort],
            "group": view.group,
            "totals": view.totals,
            "date": [each for key, each in view.date.items() if key in ("start", "end")],
        }

    def prints(self) -> Iterator[Problem]:
        for each in self.form.prints:
            for index, block in enumerate(each.blocks):
                at = f"{each.pointer}/blocks/{index}"
                yield from self.block(block, at, each.file)

    def block(self, block: Mapping[str, Any], at: str, file: str | None) -> Iterator[Problem]:
        table = block.get("table")
        if isinstance(table, str) and self.form.subtable(table) is None:
            yield self.report("not_a_subtable", at + "/table", file, name=table)
        names: list[tuple[str, str]] = [
            (name, key) for key in ("heading", "text", "qr") if isinstance(block.get(key), str)
            for name in placeholders(block[key])
        ]  # fmt: skip
        names += [(name, "fields") for name in block.get("fields") or () if isinstance(name, str)]
        for name, key in names:
            path = name.split(".")
            if self.definitions.walk(self.name, None, path) is None and self.form.find(name) is None:
                yield self.unknown(name, f"{at}/{key}", file)
        for name in block.get("columns") or () if isinstance(table, str) and self.form.subtable(table) else ():
            if self.definitions.walk(self.name, table, str(name).split(".")) is None:
                yield self.unknown(str(name), at + "/columns", file, table)

    # ------------------------------------------------------------------------------------------------ flow

    def nodes(self, nodes: Iterable[Mapping[str, Any]], at: str) -> Iterator[Problem]:
        for index, node in enumerate(nodes):
            here = f"{at}/{index}"
            if node.get("type") in PEOPLE:
                yield from self.people(node, here)
            for number, branch in enumerate(node.get("branches") or ()):
                yield from self.nodes(branch.get("nodes") or (), f"{here}/branches/{number}/nodes")

    def people(self, node: Mapping[str, Any], at: str) -> Iterator[Problem]:
        scope = self.definitions.scope(self.name)
        named = node.get("who")
        for index, who in enumerate(named if isinstance(named, list) else ()):
            if not isinstance(who, dict):
                continue
            place = f"{at}/who/{index}"
            role, of = who.get("role"), who.get("of")
            if isinstance(role, str) and role not in self.roles:
                yield self.report("unknown_role", place + "/role", None, "warning", name=role)
            if isinstance(of, str) and not scope.group(tuple(of.split("."))):
                yield self.report("not_a_group", place + "/of", None, name=of)
            elif "project_role" in who and of is None and not self._has_group():
                yield self.report("not_a_group", place, None, name=self.name)

    def _has_group(self) -> bool:
        """Whether the record itself, or one that references lead to, has members."""
        forms, seen = {self.name}, set[str]()
        for _ in range(REFERENCES + 1):
            if any(self.definitions.is_group(each) for each in forms):
                return True
            seen |= forms
            known = [self.definitions.forms[each] for each in forms if each in self.definitions.forms]
            forms = {field.ref for form in known for field in form.fields if field.ref is not None} - seen
        return False
