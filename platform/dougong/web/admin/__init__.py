"""The pages of a company's admins: people, departments, roles, modules, what happened, what runs."""

from __future__ import annotations

from . import departments, members, roles
from .area import blueprint

__all__ = ["blueprint", "departments", "members", "roles"]
