"""Takes a file into a form in one go, as the command line asks: headers are matched with names or titles, then the rows go
the one way every write goes (`import_table`).

One rule: it is tried as a whole first; a bad row refuses the batch unless only the good ones are wanted."""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path
from typing import Any

from ..access import require_form
from ..definition.model import Form
from ..exchange import headers, reading
from ..exchange.batches import Mode, Wanted
from ..exchange.matching import keys_of, rule_of
from ..kernel.actor import Actor
from ..kernel.errors import Malformed
from ..storage.transaction import Transaction
from .import_table import Taking, import_table
from .installation import Installation
from .transaction import read


def import_records(
    inst: Installation,
    actor: Actor,
    form: str,
    content: bytes,
    *,
    name: str = "table.csv",
    dry_run: bool = False,
    good_only: bool = False,
    mode: Mode = "create",
    key: tuple[str, ...] = (),
    sheet: str = "",
) -> dict[str, Any]:
    """{rows, good, bad, problems: [{row, field, code, params, message}]} of a CSV, TSV or XLSX file; `row` is the row in
    the file, the header is 1 when it is the first. `key` are names of fields that tell which record a row changes
    (`$number` = the number). Nothing is kept in a dry run, nor when a row is bad and not only the good ones are wanted.
    Raises NotFound, Forbidden, Malformed, TooLarge, Unsupported."""
    definition = read(inst, actor, lambda tx: _form(inst, tx, form))
    with tempfile.TemporaryDirectory(prefix="dougong-import-") as folder:
        source, table = Path(folder) / "source", Path(folder) / "rows"
        source.write_bytes(content)
        reading.extract(source, table, name, limit=inst.settings.upload_limit, sheet=sheet)
        wanted = _wanted(definition, table, mode, key)
        how = Taking(dry=dry_run, good_only=good_only)
        report = import_table(inst, actor, form, table, wanted, how)
    return {
        "rows": report.rows,
        "good": report.good,
        "bad": report.bad,
        "problems": [each.as_json() for each in report.problems],
    }


def _form(inst: Installation, tx: Transaction, form: str) -> Form:
    model = inst.catalog.live(tx)
    require_form(tx, model, form, "import")
    return model.definitions.form(form)


def _wanted(form: Form, table: Path, mode: Mode, key: tuple[str, ...]) -> Wanted:
    every = headers.targets(form, lambda name: True, computed=True)
    header = headers.header_row(every, islice(reading.rows(table), headers.LOOK)) or 1
    row = next(each for each in reading.rows(table) if each.number == header)
    chosen = [_target(every, reading.text_of(cell)) for cell in row.cells]
    for each in chosen:
        if each is not None and chosen.count(each) > 1:
            raise Malformed("duplicate_key", key=each)
    if mode != "create" and not key:
        key = next((each for each in keys_of(form) if set(each) <= set(chosen)), ())
    if mode != "create" and (key not in keys_of(form) and rule_of(form, key) is None):
        raise Malformed("import_key", key=list(key)) if key else Malformed("import_key", keyless=True)
    return Wanted(header, tuple(chosen), mode, key, strict=True)


def _target(every: list[headers.Target], head: str) -> str | None:
    """The target of a head; a column without a head must be empty. Raises Malformed."""
    if not head.strip():
        return None
    found = headers.strict(every, head)
    if found is None:
        raise Malformed("unknown_field", name=head.strip()[:100])
    return found
