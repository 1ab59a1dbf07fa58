"""`records …`: data of a form, in from files and out to other programs."""

from __future__ import annotations

import csv
import io
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from ..actions.export_records import Column, columns_of, export_rows
from ..actions.import_records import import_records
from ..actions.read_record import find_records
from ..kernel.errors import NotFound
from ..kernel.problems import Problem
from ..pages.sentences import sentence
from ..records.query import Query
from ..storage import exact_json
from .command import GOOD, REFUSED, Command, House, Result
from .output import LANGUAGE

#: What a spreadsheet would take for a formula.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


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
    rows = export_rows(house.inst, actor, arguments.form, filter=arguments.filter)
    if arguments.format == "ndjson":
        return Result(text="".join(_line(each) + "\n" for each in rows))
    columns = columns_of(house.inst, actor, arguments.form)
    if arguments.format == "xlsx":
        sys.stdout.buffer.write(_xlsx(columns, rows))
        return Result(text="")
    return Result(text=_csv(columns, rows))


def _xlsx(columns: list[Column], rows: Iterator[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    book = Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [each.name for each in columns])
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            sheet.write_string(number, place, column.text(row))
    book.close()
    return out.getvalue()


def _csv(columns: list[Column], rows: Iterator[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([each.name for each in columns])
    for row in rows:
        writer.writerow([_cell(each.text(row)) for each in columns])
    return out.getvalue()


def _cell(text: str) -> str:
    """Never live in a spreadsheet: a leading apostrophe before what it would take for a formula, plain numbers excepted."""
    risky = text.startswith(_LIVE) and not _is_number(text)
    return "'" + text if risky else text


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal() and text.isascii()


def _line(item: dict[str, Any]) -> str:
    return exact_json.dumps(item)


def _import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("form", metavar="FORM", help="module.form")
    parser.add_argument("file", metavar="FILE", type=Path, help="CSV in UTF-8, headers are names or titles")
    parser.add_argument("--dry-run", action="store_true", help="only tell what would happen")
    parser.add_argument("--good-only", action="store_true", help="take the good rows, leave the bad ones")


def _import(house: House, arguments: Namespace) -> Result:
    if not arguments.file.is_file():
        raise NotFound("file", path=str(arguments.file))
    told = import_records(
        house.inst,
        house.actor(arguments),
        arguments.form,
        arguments.file.read_bytes(),
        dry_run=arguments.dry_run,
        good_only=arguments.good_only,
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
    Command("records import", "take a CSV file into a form", _import, _import_arguments, True, True),
    Command("records query", "one page of a form's records, as the API gives it", _query, _query_arguments, True, True),
    Command("records export", "all records of a form, to standard output", _export, _export_arguments, tenant=True),
)
