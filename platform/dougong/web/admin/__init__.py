"""The pages of a company's admins: people, departments, roles, modules, what happened, what runs."""

from __future__ import annotations

from . import audit, departments, jobs, mail, members, modules, roles, usage
from .area import blueprint

__all__ = ["audit", "blueprint", "departments", "jobs", "mail", "members", "modules", "roles", "usage"]
