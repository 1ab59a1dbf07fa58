"""`tenant …`: firms of this installation."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import Literal

from ..actions.create_tenant import create_tenant
from ..actions.manage_tenants import list_tenants, set_tenant_state
from .command import Command, House, Result


def _name(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")


def _create_arguments(parser: ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("--title", required=True, metavar="T", help="the firm's name as people read it")
    parser.add_argument("--admin", required=True, metavar="ACCOUNT", help="e-mail or phone of the first admin")
    parser.add_argument("--password-stdin", action="store_true", help="read the admin's password from standard input")
    parser.add_argument("--plan", choices=("trial", "professional", "enterprise"), default="trial")


def _create(house: House, arguments: Namespace) -> Result:
    password = sys.stdin.readline().rstrip("\r\n") if arguments.password_stdin else None
    create_tenant(house.inst, arguments.name, title=arguments.title, admin=arguments.admin, password=password)
    return Result()


def _list(house: House, _: Namespace) -> Result:
    rows = [{"name": each.name, "title": each.title, "state": each.state} for each in list_tenants(house.inst)]
    return Result({"items": rows})


def _set(house: House, arguments: Namespace, state: Literal["active", "suspended"]) -> Result:
    set_tenant_state(house.inst, arguments.name, state)
    return Result()


COMMANDS = (
    Command("tenant create", "make a firm and its first admin", _create, _create_arguments),
    Command("tenant list", "all firms", _list, reads=True),
    Command("tenant suspend", "let nobody in; nothing is lost", lambda house, a: _set(house, a, "suspended"), _name),
    Command("tenant resume", "let people in again", lambda house, a: _set(house, a, "active"), _name),
)
