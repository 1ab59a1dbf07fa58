"""The areas of the web, one blueprint each. A new area is a module here with a `blueprint`."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint

from . import (
    account,
    admin,
    auth,
    bin,  # noqa: A004 - the recycle bin
    comments,
    exports,
    files,
    health,
    imports,
    lists,
    many,
    notices,
    palette,
    prints,
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
        exports,
        many,
        imports,
        sheets,
        files,
        bin,
        records,
        prints,
        comments,
        notices,
        related,
        account,
        admin,
        health,
    ):
        yield area.blueprint
    yield api
