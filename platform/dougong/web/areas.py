"""The areas of the web, one blueprint each. A new area is a module here with a `blueprint`."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint

from . import (
    account,
    admin,
    auth,
    comments,
    files,
    health,
    lists,
    notices,
    palette,
    records,
    related,
    sheets,
    workbench,
)
from .api import blueprint as api


def blueprints() -> Iterator[Blueprint]:
    """Every blueprint of the application."""
    for area in (
        auth,
        workbench,
        palette,
        lists,
        sheets,
        files,
        records,
        comments,
        notices,
        related,
        account,
        admin,
        health,
    ):
        yield area.blueprint
    yield api
