"""Moving a card of a board: the same change as on the form. One rule: a move that is refused leaves the card where it was
and says why."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from ...actions.update_record import update_record
from ...kernel.errors import Conflict, DougongError, Forbidden, Invalid, NotFound, Stale, Unconfirmed
from ...pages.sentences import error_sentence, sentence
from ...storage.transaction import Transaction
from ..current import actor, installation, locale, read, request_id
from ..policy import policy
from . import asked as addresses
from . import kinds
from .listing import frame, open_list
from .routes import answer, blueprint
from .sight import sight


@blueprint.post("/f/<form>/cards/<record>")
@policy("member")
def move(form: str, record: str) -> ResponseReturnValue:
    """Give the record the value `to` of the choice the board is laid out by."""
    asked, refused = addresses.read(request.form), ""
    try:
        update_record(
            installation(), actor(), form, record, _change(form, asked), version=_version(), confirm=False,
            request_id=request_id(),
        )  # fmt: skip
    except (Invalid, Unconfirmed, Conflict, Stale, Forbidden) as error:
        refused = _why(error)
    return answer(form, lambda tx: open_list(tx, form, asked), push=True, refused=refused)


def _change(form: str, asked: addresses.Asked) -> dict[str, object]:
    def act(tx: Transaction) -> dict[str, object]:
        seen = sight(tx, form)
        by = kinds.board_field(seen, frame(seen, asked).look.group)
        if by is None:
            raise NotFound("not_found", field="")
        kind, sent = seen.model.types["choice"], request.form.get("to", "")
        value: object = kind.read_form([sent], by) if sent else None
        for part in reversed(by.name.split(".")[1:]):
            value = {part: value}
        return {by.name.split(".")[0]: value}

    return read(act)


def _version() -> int | None:
    sent = request.form.get("version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else None


def _why(error: DougongError) -> str:
    problems = getattr(error, "problems", ())
    return " ".join(dict.fromkeys(sentence(each, locale()) for each in problems)) or error_sentence(error, locale())
