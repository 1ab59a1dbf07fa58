"""Policies, compiled to SQL. Every read path asks `scope` for the rows and `fields` for the columns; there is no other
source of rights."""

from .fields import FieldAccess, Levels, fields, levels_of
from .grants import allowed, require, require_form, scope

__all__ = ["FieldAccess", "Levels", "allowed", "fields", "levels_of", "require", "require_form", "scope"]
