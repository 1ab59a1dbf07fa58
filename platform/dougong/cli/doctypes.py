"""`module from-doctype`: DocTypes of the Frappe framework as a module of ours."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from ..actions.import_doctypes import Imported, import_doctypes, write_report
from ..kernel.errors import DefinitionError
from ..pages.losses import loss_data, loss_lines
from ..pages.sentences import error_sentence
from .command import REFUSED, Command, House, Result
from .modules import lines, report
from .output import LANGUAGE


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", nargs="+", type=Path, help="a DocType's JSON, or a folder of them")
    parser.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="the module's folder; its name is the module's"
    )
    parser.add_argument("--title", metavar="T", help="the module's title")


def _import(_: House, arguments: Namespace) -> Result:
    try:
        made = import_doctypes(arguments.path, arguments.out, title=arguments.title)
    except DefinitionError as error:
        found = [report(each, each.file) for each in error.problems]
        text = lines(found) or error_sentence(error, LANGUAGE)
        return Result({"module": None, "forms": [], "losses": [], "problems": found}, text, REFUSED)
    data = _data(made)
    said = loss_lines(made.losses, LANGUAGE)
    write_report(arguments.out, data, "".join(each + "\n" for each in said))
    summary = f"{made.module}: {len(made.forms)} forms, {len(said)} losses, {made.skipped} other files"
    return Result(data, "\n".join((*said, *filter(None, [lines(data["problems"])]), summary)))


def _data(made: Imported) -> dict[str, Any]:
    return {
        "module": made.module,
        "forms": list(made.forms),
        "files": list(made.files),
        "skipped": made.skipped,
        "losses": [loss_data(each, LANGUAGE) for each in made.losses],
        "problems": [report(each, each.file) for each in made.problems],
    }


COMMANDS = (
    Command(
        "module from-doctype",
        "a module from DocTypes of Frappe; says line by line what was lost",
        _import,
        _arguments,
        reads=True,
    ),
)
