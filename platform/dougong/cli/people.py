"""`user …` and `token …`: who may come in."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from ..actions.add_user import add_user
from ..actions.create_token import create_token
from .command import Command, House, Result


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("account", metavar="ACCOUNT", help="e-mail or phone number")
    parser.add_argument("--name", default="", metavar="N")
    parser.add_argument("--role", action="append", default=[], metavar="R", help="may be given several times")


def _add(house: House, arguments: Namespace) -> Result:
    add_user(house.inst, house.actor(arguments), arguments.account, name=arguments.name, give=arguments.role)
    return Result()


def _token_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--user", required=True, metavar="ACCOUNT")
    parser.add_argument("--name", default="", metavar="N", help="what the token is for")


def _token(house: House, arguments: Namespace) -> Result:
    secret = create_token(house.inst, house.actor(arguments), arguments.user, name=arguments.name)
    return Result({"token": secret}, secret)


COMMANDS = (
    Command("user add", "make somebody a member, with roles", _add, _add_arguments, tenant=True),
    Command("token create", "make an API token; prints the token alone", _token, _token_arguments, tenant=True),
)
