"""Imports on the screen: bring a file, match its columns, look at the dry run, write, take back. One rule: the page is the
import's state; every button moves it on, and whoever presses a stale one is told."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from typing import BinaryIO, cast

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from ..access import require_form
from ..actions.begin_import import begin_import, choose_sheet, import_files
from ..actions.carry_out_import import STUCK, carry_out_import, drop_import, give_up_import, undo_import
from ..actions.choose_columns import choose_again, choose_columns, choose_header
from ..definition.model import Form
from ..exchange import batches
from ..exchange.batches import Batch, Wanted
from ..exchange.error_book import WHOLE, error_book
from ..exchange.headers import Target
from ..exchange.template_book import Words, template_book
from ..kernel.errors import DougongError, Malformed, TooLarge, Unsupported
from ..pages import formats
from ..pages.catalogue import text
from ..pages.sentences import error_sentence
from ..pages.wording import FORMATS, TYPES
from ..storage.transaction import Transaction
from . import importview
from .current import actor, installation, locale, read
from .errors import refused as answer_to
from .errors import status_of
from .htmx import fragment, go, htmx
from .importcolumns import targets_of
from .importview import ImportPage, open_import
from .language import say
from .policy import policy

blueprint = Blueprint("imports", __name__)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_READ = (Malformed, TooLarge, Unsupported)


@blueprint.app_context_processor
def _buttons() -> dict[str, object]:
    """`may_import(form)` for lists."""
    return {"may_import": importview.may_import}


@blueprint.get("/imports")
@policy("member")
def every() -> ResponseReturnValue:
    """One's own imports, an admin's all."""
    found = read(lambda tx: _with_forms(tx, batches.latest(tx)))
    return render_template("imports/list.html", imports=found)


@blueprint.get("/f/<form>/import")
@policy("member")
def start(form: str) -> ResponseReturnValue:
    """Where a file is brought."""
    return _start(form)


@blueprint.post("/f/<form>/import")
@policy("member")
def bring(form: str) -> ResponseReturnValue:
    """Take the file."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _start(form, say("Choose a file first"), 422)
    try:
        with closing(sent):
            batch = begin_import(installation(), actor(), form, sent.filename, cast(BinaryIO, sent.stream))
    except _READ as error:
        said = _too_large() if error.code == "file_too_large" else error_sentence(error, locale())
        return _start(form, said, status_of(error))
    return go(f"/imports/{batch}")


@blueprint.errorhandler(RequestEntityTooLarge)
def unread(_: RequestEntityTooLarge) -> ResponseReturnValue:
    """A request so large that nobody reads it: the page it came from says so, with the way to another file."""
    if request.endpoint != "imports.bring":
        return answer_to(TooLarge())
    try:
        return _start((request.view_args or {})["form"], _too_large(), 413)
    except DougongError as error:
        return answer_to(error)


@blueprint.get("/f/<form>/import/template.xlsx")
@policy("member")
def template(form: str) -> ResponseReturnValue:
    """An empty workbook to fill in."""
    definition, targets = read(lambda tx: _targets(tx, form))
    words = Words(say("Notes"), say("Column"), say("Required"), say("What goes in"), say("Example"), say("yes"))
    made = template_book(targets, installation().types, definition.title, words, _kind)
    return _workbook(made, f"{definition.title}.xlsx")


@blueprint.get("/imports/<batch>")
@policy("member")
def page(batch: str) -> ResponseReturnValue:
    """One import, wherever it is."""
    return _page(open_import(batch))


@blueprint.get("/imports/<batch>/progress")
@policy("member")
def progress(batch: str) -> ResponseReturnValue:
    """How far the work is; the page itself when it is done."""
    shown = open_import(batch)
    if not shown.busy or not htmx:
        return go(f"/imports/{batch}")
    return fragment(render_template("imports/_progress.html", page=shown, far=_far(shown.batch)))


@blueprint.get("/imports/<batch>/missing")
@policy("member")
def missing(batch: str) -> ResponseReturnValue:
    """What follows from the columns as chosen now: required fields left empty, fields taken, what tells records apart."""
    shown = open_import(batch)
    columns, key = _columns(shown, request.args.get), _key(request.args.get("key", ""))
    page = open_import(batch, wanted=replace(shown.batch.wanted, columns=columns, key=key))
    return fragment(render_template("imports/_followed.html", page=page) if page.choosing else "")


@blueprint.post("/imports/<batch>/table")
@policy("member")
def table(batch: str) -> ResponseReturnValue:
    """Another sheet, another row for the header."""
    known = open_import(batch).batch
    sheet, header = request.form.get("sheet", ""), request.form.get("header", "")
    try:
        if sheet and sheet != known.table["sheet"]:
            choose_sheet(installation(), actor(), batch, sheet)
        elif header.isdecimal() and 0 < int(header) <= 1_000:
            choose_header(installation(), actor(), batch, int(header))
    except _READ as error:
        return _page(open_import(batch, refused=error_sentence(error, locale())), status_of(error))
    return go(f"/imports/{batch}")


@blueprint.post("/imports/<batch>/check")
@policy("member")
def check(batch: str) -> ResponseReturnValue:
    """Begin the dry run."""
    shown = open_import(batch)
    wanted = _wanted(shown)
    try:
        choose_columns(installation(), actor(), batch, wanted)
    except Malformed as error:
        again = open_import(batch, refused=error_sentence(error, locale()), wanted=wanted)
        return _page(again, 422)
    return go(f"/imports/{batch}")


@blueprint.post("/imports/<batch>/do/<act>")
@policy("member")
def do(batch: str, act: str) -> ResponseReturnValue:
    """Write all rows or the good ones, take back, choose the columns again, give up lost work."""
    inst, who = installation(), actor()
    acts: dict[str, Callable[[], None]] = {
        "write": lambda: carry_out_import(inst, who, batch),
        "write-good": lambda: carry_out_import(inst, who, batch, good_only=True),
        "undo": lambda: undo_import(inst, who, batch),
        "undo-rest": lambda: undo_import(inst, who, batch, leave=True),
        "again": lambda: choose_again(inst, who, batch),
        "give-up": lambda: give_up_import(inst, who, batch),
    }
    if act == "drop":
        return go(f"/f/{drop_import(inst, who, batch)}/import")
    if act not in acts:
        raise Malformed("unknown_action", action=act[:40])
    acts[act]()
    return go(f"/imports/{batch}")


@blueprint.get("/imports/<batch>/errors.xlsx")
@policy("member")
def errors(batch: str) -> ResponseReturnValue:
    """The file's rows with what is wrong marked."""
    shown = open_import(batch)
    source = import_files(installation(), actor().tenant, batch).table
    whole = int(shown.batch.table["rows"]) <= WHOLE
    made = error_book(
        source, shown.batch.wanted.header, importview.marked(shown), title=say("What to mend"), whole=whole
    )
    stem = shown.batch.file_name.rpartition(".")[0] or shown.batch.file_name
    return _workbook(made, say("{name} to mend.xlsx", name=stem))


# ------------------------------------------------------------------------------------------------ parts


def _start(form: str, refused: str = "", status: int = 200) -> ResponseReturnValue:
    def act(tx: Transaction) -> tuple[Form, list[Batch]]:
        definition, _ = _targets(tx, form)
        return definition, batches.latest(tx, form, 10)

    definition, before = read(act)
    body = render_template(
        "imports/start.html", form=definition, imports=[(each, definition.title) for each in before], refused=refused,
        limit=installation().settings.upload_limit, too_large=_too_large(),
    )  # fmt: skip
    return body, status


def _too_large() -> str:
    limit = formats.size(installation().settings.upload_limit)
    return say("This file is larger than {limit}. Split it, or remove pictures and empty formatting", limit=limit)


def _page(shown: ImportPage, status: int = 200) -> ResponseReturnValue:
    stuck = installation().clock.now() - shown.batch.changed_at > STUCK
    return render_template("imports/page.html", page=shown, far=_far(shown.batch), stuck=stuck), status


def _targets(tx: Transaction, form: str) -> tuple[Form, list[Target]]:
    model = installation().catalog.live(tx)
    require_form(tx, model, form, "import")
    definition = model.definitions.form(form)
    return definition, targets_of(definition, tx)


def _with_forms(tx: Transaction, found: list[Batch]) -> list[tuple[Batch, str]]:
    forms = installation().catalog.live(tx).definitions.forms
    return [(each, forms[each.form].title if each.form in forms else each.form) for each in found]


def _columns(shown: ImportPage, sent: Callable[[str], str | None]) -> tuple[str | None, ...]:
    width = int(shown.batch.table["width"])
    return tuple((sent(f"c{index}") or "")[:300] or None for index in range(width))


def _wanted(shown: ImportPage) -> Wanted:
    mode = request.form.get("mode", "create")
    return Wanted(
        shown.batch.wanted.header, _columns(shown, request.form.get),
        mode if mode in ("create", "update", "both") else "create",  # type: ignore[arg-type]
        _key(request.form.get("key", "")),
    )  # fmt: skip


def _key(sent: str) -> tuple[str, ...]:
    return tuple(each for each in sent[:1000].split("+") if each)


def _far(known: Batch) -> dict[str, int]:
    """{percent, rate (rows a second), rest (seconds)}; rate and rest are 0 while nobody can tell."""
    told = batches.read_json(import_files(installation(), actor().tenant, known.id).progress) or {}
    share, seconds = float(told.get("share", 0)), float(told.get("seconds", 0))
    if share < 0.02 or seconds < 1:
        return {"percent": round(share * 100), "rate": 0, "rest": 0}
    rate = round(float(told["rows"]) * share / seconds)
    return {"percent": min(99, round(share * 100)), "rate": rate, "rest": round(seconds / share - seconds)}


def _kind(target: Target) -> str:
    """What a column takes, in words."""
    if target.field is None:
        return say("Number of a record that stands, to change it")
    types = installation().types
    kind = types[target.field.value_type]
    if listed := kind.choices(target.field):
        return say("One of: {list}", list=formats.between(locale()).join(label for _, label in listed[:50]))
    words = {
        "reference": say("Number, name or unique field of a record"),
        "multi_reference": say("Numbers or names of records, parted by commas"),
        "member": say("Name or account of a member"),
        "department": say("Name, code or path of a department"),
        "percent": say("A percentage such as 13%"),
    }
    if kind.name in words:
        return words[kind.name]
    said = FORMATS.get({"datetime": "date-time"}.get(kind.name, kind.name))
    json_type = kind.json_type if isinstance(kind.json_type, str) else "string"
    return text(said or TYPES.get(json_type, TYPES["string"]), locale())


def _workbook(content: bytes, name: str) -> Response:
    answer = send_file(BytesIO(content), mimetype=_XLSX, as_attachment=True, download_name=name)
    answer.headers["Content-Security-Policy"] = "sandbox"
    return answer
