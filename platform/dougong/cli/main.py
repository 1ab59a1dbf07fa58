"""The way in of `python -m dougong`: parse, run, print, exit.

One rule: stdout carries only the result; progress and refusals go to stderr. Exit 0 good, 1 refused or problems found,
2 wrong usage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ..kernel.errors import DougongError, WithProblems
from ..pages.sentences import error_sentence, sentence
from . import demo, doctypes, house, modules, people, records, serve, tenants
from .command import REFUSED, WRONG, Command, House, Result
from .output import LANGUAGE, printed

COMMANDS: tuple[Command, ...] = (
    *serve.COMMANDS,
    *demo.COMMANDS,
    *house.COMMANDS,
    *tenants.COMMANDS,
    *people.COMMANDS,
    *modules.COMMANDS,
    *doctypes.COMMANDS,
    *records.COMMANDS,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments) or ["serve"]
    try:
        parsed = parser().parse_args(given)
    except SystemExit as wrong:
        return WRONG if wrong.code else 0
    house_ = House()
    try:
        result: Result = parsed.command.run(house_, parsed)
    except DougongError as error:
        _tell(error)
        return REFUSED
    finally:
        house_.close()
    sys.stdout.write(printed(result, as_json=getattr(parsed, "json", False)))
    sys.stdout.flush()
    return result.code


def parser() -> argparse.ArgumentParser:
    """The parser of all commands, two words deep."""
    top = argparse.ArgumentParser(prog="dougong", description="Forms and approvals from JSON Schema.")
    nouns = top.add_subparsers(required=True, metavar="COMMAND")
    verbs: dict[str, argparse._SubParsersAction[argparse.ArgumentParser]] = {}
    for command in (*COMMANDS, HELP):
        noun, _, verb = command.words.partition(" ")
        if verb and noun not in verbs:
            verbs[noun] = nouns.add_parser(noun, help=f"{noun} …").add_subparsers(required=True, metavar="ACT")
        place = verbs[noun] if verb else nouns
        own = place.add_parser(verb or noun, help=command.help, description=command.help)
        command.arguments(own)
        if command.tenant:
            own.add_argument("--tenant", required=True, metavar="T", help="the tenant's name")
            own.add_argument("--actor", metavar="ACCOUNT", help="act as this member, under its policies")
        if command.reads:
            own.add_argument("--json", action="store_true", help="print JSON")
        own.set_defaults(command=command)
    return top


def _help(_: House, __: argparse.Namespace) -> Result:
    width = max(len(each.words) for each in COMMANDS) + 2
    return Result(text="\n".join(f"{each.words:<{width}}{each.help}" for each in (*COMMANDS, HELP)))


HELP = Command("help", "this list; `dougong COMMAND --help` for one command", _help)


def _tell(error: DougongError) -> None:
    print(error_sentence(error, LANGUAGE), file=sys.stderr)
    if isinstance(error, WithProblems):
        for each in error.problems:
            where = " ".join(filter(None, (each.file, each.pointer)))
            print(f"  {each.level} {where or '/'}: {sentence(each, LANGUAGE)} [{each.code}]", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
