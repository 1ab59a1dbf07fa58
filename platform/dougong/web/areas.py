"""The areas of the web, one blueprint each. A new area is a module here with a `blueprint`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from flask import Blueprint

from . import account, admin, auth, health, lists, records, sheets, workbench


def blueprints() -> Iterator[Blueprint]:
    """Every blueprint of the application."""
    for area in (auth, workbench, lists, sheets, records, account, admin, health):
        yield area.blueprint
    if find_spec("dougong.web.api"):
        from .api import blueprint as api

        yield api
