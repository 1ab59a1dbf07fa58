"""`module …`: definitions on disk and in a tenant."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from ..actions.check_module import check_path
from ..actions.enable_module import disable_module, enable_module, export_module
from ..actions.publish_module import Published, plan_module, publish_module
from ..kernel.errors import DefinitionError
from ..kernel.problems import Problem
from ..pages.sentences import sentence
from .command import GOOD, REFUSED, Command, House, Result
from .output import LANGUAGE, table

CHANGES = 3


def _paths(parser: ArgumentParser) -> None:
    parser.add_argument(
        "path", metavar="PATH", nargs="+", type=Path, help="module folder, form file or JSON Schema file"
    )


def _check(_: House, arguments: Namespace) -> Result:
    found: list[dict[str, Any]] = []
    for path in arguments.path:
        found += [
            report(each, str(path / each.file if each.file and path.is_dir() else path)) for each in check_path(path)
        ]
    found.sort(key=lambda each: each["level"] != "error")
    return Result({"problems": found}, lines(found), _code(found))


def _path(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", type=Path, help="module folder, form file or JSON Schema file")
    parser.add_argument("--as", dest="as_form", metavar="MODULE.FORM", help="take the file as this form")


def _plan(house: House, arguments: Namespace) -> Result:
    made = plan_module(house.inst, house.actor(arguments), arguments.path, as_form=arguments.as_form)
    code = REFUSED if made.refused else GOOD if made.empty else CHANGES
    return Result({"steps": made.steps, "problems": _said(made.problems)}, _plan_text(made), code)


def _apply_arguments(parser: ArgumentParser) -> None:
    _path(parser)
    parser.add_argument("--allow-loss", action="store_true", help="go on although values would be lost")


def _apply(house: House, arguments: Namespace) -> Result:
    try:
        made = publish_module(
            house.inst,
            house.actor(arguments),
            arguments.path,
            as_form=arguments.as_form,
            allow_loss=arguments.allow_loss,
        )
    except DefinitionError as error:
        found = [report(each, each.file) for each in error.problems]
        text = lines(found) or f"refused: {error.code}"
        return Result({"steps": [], "problems": found, "code": error.code}, text, REFUSED)
    return Result({"steps": made.steps, "problems": _said(made.problems)}, _plan_text(made))


def _name(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME")


def _export_arguments(parser: ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("--to", required=True, type=Path, metavar="DIR")


def _export(house: House, arguments: Namespace) -> Result:
    written = export_module(house.inst, house.actor(arguments), arguments.name, arguments.to)
    return Result({"items": [{"file": each} for each in written]}, "\n".join(written))


def _enable(house: House, arguments: Namespace) -> Result:
    return _published(enable_module(house.inst, house.actor(arguments), arguments.name))


def _disable(house: House, arguments: Namespace) -> Result:
    return _published(disable_module(house.inst, house.actor(arguments), arguments.name))


def _published(made: Published) -> Result:
    return Result({"steps": made.steps, "problems": _said(made.problems)}, _plan_text(made))


def _plan_text(made: Published) -> str:
    steps = [each for each in made.steps if each["op"] != "skip_index"]
    return "\n".join(filter(None, (table(steps) if steps else "", lines(_said(made.problems)))))


def _said(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made = [Problem(e["code"], e["pointer"], e["params"], e["message"], e["level"], e["file"]) for e in problems]
    return [report(each, each.file) for each in made]


def report(problem: Problem, file: str | None) -> dict[str, Any]:
    """One problem as commands print it."""
    return {
        "file": file,
        "pointer": problem.pointer,
        "code": problem.code,
        "message": sentence(problem, LANGUAGE),
        "level": problem.level,
    }


def lines(problems: list[dict[str, Any]]) -> str:
    """Problems as commands print them, one a line."""
    return "\n".join(
        f"{each['level']}: {each['file'] or ''}{each['pointer'] or '/'}: {each['message']} [{each['code']}]"
        for each in problems
    )


def _code(problems: list[dict[str, Any]]) -> int:
    return REFUSED if any(each["level"] == "error" for each in problems) else GOOD


COMMANDS = (
    Command("module check", "every problem of definitions, with its place", _check, _paths, reads=True),
    Command("module plan", "what applying would change; exit 3 when there are changes", _plan, _path, True, True),
    Command(
        "module apply", "publish; live in running servers by the next request", _apply, _apply_arguments, True, True
    ),
    Command("module export", "write a module's own files", _export, _export_arguments, True, True),
    Command("module enable", "enable a module and those it requires", _enable, _name, tenant=True),
    Command("module disable", "disable a module; its data stays", _disable, _name, tenant=True),
)
