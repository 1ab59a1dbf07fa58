"""Migrations of a tenant: its own tables (`dg_…`), never an author's form."""
