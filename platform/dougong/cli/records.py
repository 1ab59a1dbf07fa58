"""`records …`: data of a form, in from files and out to other programs."""

from __future__ import annotations

import io
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from ..actions.export_records import Wanted, columns_of, export_rows
from ..actions.import_records import import_records
from ..actions.read_record import find_records
from ..exchange.writing import write_csv, write_xlsx
from ..fields.type import Here
from ..kernel.errors import NotFound, TooLarge
from ..kernel.problems import Problem
from ..pages.sentences import sentence
from ..records.query import Query
from ..storage import exact_json
from .command import GOOD, REFUSED, Command, House, Result
from .output import LANGUAGE


def _query_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("form", metavar="FORM", help="module.form")
    parser.add_argument("--filter", metavar="F", help="a formula")
    parser.add_argument("--sort", metavar="FIELDS", help="as in the API: -amount,date")
    parser.add_argument("--fields", metavar="FIELDS")
    parser.add_argument("--limit", type=int, default=50)
    parser.add_argument("--after", metavar="CURSOR")
    parser.add_argument("--count", action="store_true")


def _query(house: House, arguments: Namespace) -> Result:
    asked = Query(
        filter=arguments.filter,
        sort=[arguments.sort] if arguments.sort else (),
        fields=[arguments.fields] if arguments.fields else None,
        limit=arguments.limit,
        after=arguments.after,
        count=arguments.count,
    )
    listed = find_records(house.inst, house.actor(arguments), arguments.form, asked)
    return Result(listed.as_json(), "\n".join(map(_line, listed.items)))


def _export_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("form", metavar="FORM", help="module.form")
    parser.add_argument("--format", choices=("csv", "xlsx", "ndjson"), default="csv")
    parser.add_argument("--filter", metavar="F", help="a formula")


def _export(house: House, arguments: Namespace) -> Result:
    actor = house.actor(arguments)
    wanted = Wanted(filter=arguments.filter)
    rows = export_rows(house.inst, actor, arguments.form, wanted)
    if arguments.format == "ndjson":
        return Result(text="".join(_line(each) + "\n" for each in rows))
    columns = columns_of(house.inst, actor, arguments.form)
    heads = [each.head(each.name) for each in columns]
    if arguments.format == "xlsx":
        here = Here(house.inst.settings.zone, house.inst.clock.now().astimezone(house.inst.settings.zone).date())
        out = io.BytesIO()
        write_xlsx(out, arguments.form, heads, ([each.cell(row, here) for each in columns] for row in rows))
        sys.stdout.buffer.write(out.getvalue())
        return Result(text="")
    text = io.StringIO()
    write_csv(text, heads, ([each.text(row) for each in columns] for row in rows))
    return Result(text=text.getvalue())


def _line(item: dict[str, Any]) -> str:
    return exact_json.dumps(item)


def _import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("form", metavar="FORM", help="module.form")
    parser.add_argument("file", metavar="FILE", type=Path, help="XLSX, CSV or TSV, headers are names or titles")
    parser.add_argument("--dry-run", action="store_true", help="only tell what would happen")
    parser.add_argument("--good-only", action="store_true", help="take the good rows, leave the bad ones")
    parser.add_argument("--mode", choices=("create", "update", "both"), default="create", help="default: create")
    parser.add_argument("--key", metavar="FIELDS", default="", help="what tells records apart: $number, code or a,b")
    parser.add_argument("--sheet", metavar="NAME", default="", help="of a workbook; default: the first with rows")


def _import(house: House, arguments: Namespace) -> Result:
    if not arguments.file.is_file():
        raise NotFound("file", path=str(arguments.file))
    if arguments.file.stat().st_size > house.settings.upload_limit:
        raise TooLarge("file_too_large", limit=house.settings.upload_limit)
    told = import_records(
        house.inst,
        house.actor(arguments),
        arguments.form,
        arguments.file.read_bytes(),
        dry_run=arguments.dry_run,
        good_only=arguments.good_only,
        name=arguments.file.name,
        mode=arguments.mode,
        key=tuple(each.strip() for each in arguments.key.split(",") if each.strip()),
        sheet=arguments.sheet,
    )
    report = {**told, "problems": [_bad(each) for each in told["problems"]]}
    text = "\n".join(
        [f"{told['rows']} rows, {told['good']} good, {told['bad']} bad", *(_said(e) for e in report["problems"])]
    )
    return Result(report, text, REFUSED if told["bad"] and not arguments.good_only else GOOD)


def _bad(problem: dict[str, Any]) -> dict[str, Any]:
    said = sentence(Problem(problem["code"], params=problem["params"], message=problem["message"]), LANGUAGE)
    return {"row": problem["row"], "field": problem["field"], "code": problem["code"], "message": said}


def _said(problem: dict[str, Any]) -> str:
    return f"  row {problem['row']} {problem['field'] or ''}: {problem['message']} [{problem['code']}]"


COMMANDS = (
    Command("records import", "take a table (XLSX, CSV, TSV) into a form", _import, _import_arguments, True, True),
    Command("records query", "one page of a form's records, as the API gives it", _query, _query_arguments, True, True),
    Command("records export", "all records of a form, to standard output", _export, _export_arguments, tenant=True),
)
