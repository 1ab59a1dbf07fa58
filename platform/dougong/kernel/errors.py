"""The one tree of errors. Each carries a stable snake_case `code` and parameters; sentences are made where a person reads
them (web, cli, pages), and the HTTP status is mapped once, in web/errors.py."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .problems import Problem


class DougongError(Exception):
    """Root of all refusals: `code` is the translation key, `params` the figures and names of the sentence."""

    code = "error"

    def __init__(self, code: str | None = None, /, **params: Any) -> None:
        self.code = code or type(self).code
        self.params = params
        super().__init__(self.code, params)

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class WithProblems(DougongError):
    """A refusal that lists every problem found, each with its pointer."""

    def __init__(self, problems: Iterable[Problem], code: str | None = None, /, **params: Any) -> None:
        self.problems = tuple(problems)
        super().__init__(code, **params)

    def __str__(self) -> str:
        return f"{self.code}: " + "; ".join(map(str, self.problems))


class Invalid(WithProblems):
    """Values were refused by types, JSON Schema, uniqueness, references or checks (422)."""

    code = "invalid"


class Unconfirmed(WithProblems):
    """Only warnings stand against the act, and nobody has confirmed them yet; nothing was saved."""

    code = "unconfirmed"


class DefinitionError(WithProblems):
    """A definition cannot be loaded, linked or published."""

    code = "definition"


class FormulaError(DougongError):
    """A formula cannot be parsed, checked, compiled or evaluated; `position` is a 0-based character index."""

    code = "formula"

    def __init__(self, code: str | None = None, /, *, position: int = 0, **params: Any) -> None:
        self.position = position
        super().__init__(code, position=position, **params)


class Malformed(DougongError):
    """The request itself cannot be read: bad JSON, cursor, filter, unknown name in a query (400)."""

    code = "malformed"


class Unauthenticated(DougongError):
    """No valid session or token (401)."""

    code = "unauthenticated"


class NotFound(DougongError):
    """Absent, of another tenant, or invisible: nobody can tell which (404)."""

    code = "not_found"


class Forbidden(DougongError):
    """Visible, but this act is not granted (403)."""

    code = "forbidden"


class Conflict(DougongError):
    """The act does not fit what stands: `conflict`, `state`, `already_done`, `referenced` (409)."""

    code = "conflict"


class Stale(DougongError):
    """The record changed since it was read (412): params `current` version and `differs` [{field, yours, theirs}]."""

    code = "stale"


class PreconditionRequired(DougongError):
    """A write that must name the version it read did not (428)."""

    code = "precondition_required"


class KeyReused(DougongError):
    """An idempotency key came back with another body (422)."""

    code = "key_reused"


class TooLarge(DougongError):
    """A body, file, page or text over its limit (413)."""

    code = "too_large"


class Unsupported(DougongError):
    """A media type we do not read (415)."""

    code = "unsupported"


class TooMany(DougongError):
    """Too many tries; `retry_after` seconds (429)."""

    code = "too_many"


class LicenceReadOnly(DougongError):
    """The licence allows reading and export only (423)."""

    code = "licence_read_only"


class Busy(DougongError):
    """Contention that did not resolve within its budget; try again after `retry_after` seconds (503)."""

    code = "busy"


class Unstored(DougongError):
    """There is no room for it, or the disk does not work: `disk_full`, `disk_failing`; nothing was saved (507)."""

    code = "disk_full"


class Refused(DougongError):
    """The house itself cannot start or go on: too old a SQLite, too new a file, wrong settings."""

    code = "refused"
