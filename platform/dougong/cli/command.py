"""What a command is: words, arguments, a function. One rule: the function returns the result, and only `main` prints it."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..actions.authenticate import by_account
from ..actions.installation import Installation
from ..actions.manage_tenants import find_tenant
from ..kernel.actor import Actor, operator
from ..kernel.settings import Settings

GOOD, REFUSED, WRONG = 0, 1, 2


@dataclass(frozen=True)
class Result:
    """`data` is what `--json` prints, `text` what a person reads (None: lines made from `data`), `code` the exit code."""

    data: Any = None
    text: str | None = None
    code: int = GOOD


@dataclass(frozen=True)
class Command:
    """`words` as typed ("module plan"), `arguments` adds to a parser, `run` does it. `reads`: it has `--json`."""

    words: str
    help: str
    run: Callable[[House, Namespace], Result]
    arguments: Callable[[ArgumentParser], None] = lambda parser: None
    reads: bool = False
    tenant: bool = False


class House:
    """The installation, opened when a command first needs it."""

    @cached_property
    def settings(self) -> Settings:
        return Settings.from_environment(os.environ)

    @cached_property
    def inst(self) -> Installation:
        return Installation.open(self.settings)

    def actor(self, arguments: Namespace) -> Actor:
        """The operator in the tenant named, or the member that --actor names. Raises NotFound, Unauthenticated."""
        tenant = find_tenant(self.inst, arguments.tenant).name
        return by_account(self.inst, tenant, arguments.actor).actor if arguments.actor else operator(tenant)

    def close(self) -> None:
        """Give the databases back, if they were opened."""
        if "inst" in self.__dict__:
            self.inst.close()
