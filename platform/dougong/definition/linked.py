"""All live forms of one tenant together: what a name in a formula means, what type a computed field has, which formula has
been checked. One rule: nothing here changes once it is made; what is worked out lazily is only remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import simplejson

from ..formula.check import Checked, Scope, TotalShape, check
from ..formula.types import Kind, Type
from ..kernel.errors import DefinitionError, FormulaError, NotFound
from ..kernel.problems import Problem
from .asked import Held
from .inference import INFERRED, completed, total_shape
from .kinds import Types
from .model import Expr, Field, Form, Module, Total
from .names import SYSTEM
from .scope import FormScope

REFERENCES = 3
"""How many references a path may follow."""


class Definitions:
    """The forms of a tenant by "module.form", extensions applied. Made by `link.link`."""

    def __init__(self, modules: Iterable[Module], forms: Iterable[Form], types: Types) -> None:
        self.modules: Mapping[str, Module] = MappingProxyType({each.name: each for each in modules})
        self.forms: Mapping[str, Form] = MappingProxyType({each.full_name: each for each in forms})
        self.types = types
        self._by_name: dict[tuple[str, str | None], dict[str, Field]] = {}
        self._completed: dict[tuple[str, str | None, str], Field] = {}
        self._working: list[tuple[str, str | None, str]] = []
        self._shapes: dict[str, TotalShape | None] = {}
        self._checked: dict[tuple[Any, ...], tuple[Checked | None, list[Problem]]] = {}
        self.circles: set[tuple[tuple[str, str | None, str], ...]] = set()
        """Fields whose result types depend on each other; only met while linking."""

    # ------------------------------------------------------------------------------------------------ forms and fields

    @cached_property
    def digest(self) -> str:
        """sha256 of everything the modules' files say, seeds and stories apart."""
        return sha256(b"".join(_canonical(self.modules[name]) for name in sorted(self.modules))).hexdigest()

    def form(self, name: str) -> Form:
        """The form "module.form". Raises NotFound."""
        if name not in self.forms:
            raise NotFound("form", form=name)
        return self.forms[name]

    def column(self, form: str, sub: str | None, name: str) -> Field | None:
        """A record's field, or a subtable's column, by its exact name; its result type is known."""
        key = (form, sub, name)
        if key not in self._completed:
            declared = self._declared(form, sub).get(name)
            if declared is None or declared.result is not None or declared.type not in INFERRED:
                return declared
            if key in self._working:
                self.circles.add(tuple(self._working[self._working.index(key) :]))
                return None
            self._working.append(key)
            try:
                self._completed[key] = completed(self, form, sub, declared)
            finally:
                self._working.pop()
        return self._completed[key]

    def _declared(self, form: str, sub: str | None) -> Mapping[str, Field]:
        if (form, sub) not in self._by_name:
            found = self.forms.get(form)
            table = found.subtable(sub) if found is not None and sub is not None else None
            fields = found.fields if found is not None and sub is None else table.fields if table is not None else ()
            self._by_name[form, sub] = {each.name: each for each in fields}
        return self._by_name[form, sub]

    def first(self, form: str, sub: str | None, path: Sequence[str]) -> tuple[Field, Sequence[str]] | None:
        """The field a path begins with, and the rest of the path: parts of a nested object's name may be separate."""
        names = self._declared(form, sub)
        for size in range(len(path), 0, -1):
            if (name := ".".join(path[:size])) in names:
                field = self.column(form, sub, name)
                return None if field is None else (field, path[size:])
        return None

    def field(self, form: str, path: Sequence[str], sub: str | None = None) -> Field | None:
        """The field at the end of a path that follows up to three references."""
        for _ in range(REFERENCES + 1):
            found = self.first(form, sub, path)
            if found is None or not found[1]:
                return found[0] if found else None
            field, path = found
            if field.ref is None or field.value_type != "reference":
                return None
            form, sub = field.ref, None
        return None

    def type_of(self, field: Field) -> Type | None:
        """What formulas see of a field; None = nothing."""
        kind = self.types.get(field.value_type)
        try:
            return kind.formula_type(field) if kind is not None else None
        except TypeError:
            return None

    def walk(self, form: str, sub: str | None, path: Sequence[str]) -> tuple[tuple[str, ...], Type] | None:
        """A path in names of fields, and the type at its end; None = unknown. System values end a path."""
        names: list[str] = []
        for _ in range(REFERENCES + 1):
            if sub is None and len(path) == 1 and path[0] in SYSTEM and form in self.forms:
                own = Type(Kind.RECORD, form=form) if path[0] == "$id" else SYSTEM[path[0]]
                return (*names, path[0]), own
            found = self.first(form, sub, path)
            kind = self.type_of(found[0]) if found is not None else None
            if found is None or kind is None:
                return None
            field, path = found
            names.append(field.name)
            if not path:
                return tuple(names), kind
            if kind.kind is not Kind.RECORD or kind.form is None:
                return None
            form, sub = kind.form, None
        return None

    def title_field(self, form: str) -> str | None:
        """The field whose value names a record: `name` or `title`, else the first required text, else, in a form without
        numbers, the first text; None = its number."""
        found = self.form(form)
        texts = [each for each in found.fields if each.type == "text"]
        for name in ("name", "title"):
            if any(each.name == name for each in texts):
                return name
        if (required := next((each.name for each in texts if each.required), None)) is not None:
            return required
        return texts[0].name if texts and not any(each.number for each in found.fields) else None

    def pointing_at(self, form: str) -> Sequence[tuple[Form, Field, Field | None]]:
        """Every reference field that points at this form: (its form, the field, the subtable it is a column of)."""
        return self._pointing.get(form, ())

    @cached_property
    def _pointing(self) -> Mapping[str, Sequence[tuple[Form, Field, Field | None]]]:
        found: dict[str, list[tuple[Form, Field, Field | None]]] = {}
        for form in self.forms.values():
            for each in form.fields:
                for field, sub in ((each, None), *((column, each) for column in each.fields)):
                    if field.ref is not None and not field.computed:
                        found.setdefault(field.ref, []).append((form, field, sub))
        return found

    def total(self, full: str) -> tuple[Form, Total]:
        """The total "module.form.total" and its form. Raises NotFound."""
        name, _, last = full.rpartition(".")
        form = self.forms.get(name)
        found = next((each for each in form.totals if each.name == last), None) if form else None
        if form is None or found is None:
            raise NotFound("total", total=full)
        return form, found

    def total_shape(self, full: str) -> TotalShape | None:
        """Types of a total's keys and values; None = there is no such total."""
        if full not in self._shapes:
            try:
                form, total = self.total(full)
            except NotFound:
                return None
            shape = total_shape(self, form, total)
            if self._working:
                return shape
            self._shapes[full] = shape
        return self._shapes[full]

    def is_group(self, form: str | None) -> bool:
        """Whether the form's records have members."""
        found = self.forms.get(form) if form is not None else None
        return found is not None and any(each.members is not None for each in found.subtables)

    # ------------------------------------------------------------------------------------------------ formulas

    def scope(self, form: str, sub: str | None = None, holder: Held | None = None) -> Scope:
        """The names a formula may use about a record of `form` or a row of its subtable `sub`. `holder`: the (form,
        subtable) that holds a lookup by query, or a reference whose choice the formula limits; it is `record.` then."""
        return FormScope(self, form, sub, holder)

    def examine(
        self,
        expr: Expr | str,
        form: str,
        sub: str | None = None,
        *,
        holder: Held | None = None,
        expect: Kind | None = None,
    ) -> tuple[Checked | None, list[Problem]]:
        """A formula checked once, or all its problems at the formula's own place."""
        text = expr.text if isinstance(expr, Expr) else expr
        key = (text, form, sub, holder, expect)
        if key not in self._checked:
            result = check(text, self.scope(form, sub, holder), expect=expect)
            if self._working:
                return result
            self._checked[key] = result
        return self._checked[key]

    def checked(
        self,
        expr: Expr | str,
        form: str,
        sub: str | None = None,
        *,
        holder: Held | None = None,
        expect: Kind | None = None,
    ) -> Checked:
        """A formula ready to be evaluated; the same one is checked once. Raises DefinitionError for a formula of a
        definition, FormulaError for a text from outside."""
        found, problems = self.examine(expr, form, sub, holder=holder, expect=expect)
        if found is not None:
            return found
        if isinstance(expr, Expr):
            raise DefinitionError(
                [Problem(p.code, expr.pointer, p.params, p.message, p.level, expr.file) for p in problems]
            )
        first = next(each for each in problems if each.level == "error")
        raise FormulaError(first.code, **dict(first.params))


def _canonical(module: Module) -> bytes:
    """The module's own content as bytes that are equal when it is."""
    kept = {
        path: content for path, content in module.files.items() if not path.startswith(("seed/", "scenarios/"))
    } or repr(module)
    text: str = simplejson.dumps([module.name, kept], use_decimal=True, sort_keys=True, ensure_ascii=False)
    return text.encode() + b"\n"
