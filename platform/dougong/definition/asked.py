"""What scopes and inference ask of the forms they stand among; `linked.Definitions` answers it, and asks them in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

from ..formula.check import Checked, TotalShape
from ..formula.types import Kind, Type
from ..kernel.problems import Problem
from .kinds import Types
from .model import Expr, Field, Form

Held: TypeAlias = "tuple[str, str | None]"
"""("module.form", subtable or None)."""


class Forms(Protocol):
    """All forms of a tenant: names, paths, types, formulas."""

    @property
    def forms(self) -> Mapping[str, Form]: ...

    @property
    def types(self) -> Types: ...

    def first(self, form: str, sub: str | None, path: Sequence[str]) -> tuple[Field, Sequence[str]] | None: ...

    def field(self, form: str, path: Sequence[str], sub: str | None = None) -> Field | None: ...

    def type_of(self, field: Field) -> Type | None: ...

    def walk(self, form: str, sub: str | None, path: Sequence[str]) -> tuple[tuple[str, ...], Type] | None: ...

    def is_group(self, form: str | None) -> bool: ...

    def total_shape(self, full: str) -> TotalShape | None: ...

    def examine(
        self,
        expr: Expr | str,
        form: str,
        sub: str | None = None,
        *,
        holder: Held | None = None,
        expect: Kind | None = None,
    ) -> tuple[Checked | None, list[Problem]]: ...
