"""Saving, naming, ordering and deleting views, and choosing the one to begin with. One rule: whatever is refused comes back
as the same dialog with what was typed and why."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from ...actions.choose_view import choose_view
from ...actions.delete_view import delete_view
from ...actions.move_view import move_view
from ...actions.save_view import save_view
from ...kernel.errors import DougongError, Forbidden, Invalid, Malformed
from ...pages.sentences import error_sentence, sentence
from ..current import actor, installation, locale, read
from ..htmx import fragment, go, htmx
from ..policy import policy
from . import asked as addresses
from .asked import Asked
from .listing import Listing, frame
from .routes import blueprint
from .sight import sight


def _frame(form: str, asked: Asked) -> Listing:
    return read(lambda tx: frame(sight(tx, form), asked))


def _dialog(template: str, form: str, asked: Asked, status: int = 200, **said: Any) -> ResponseReturnValue:
    body = render_template(f"lists/{template}", list=_frame(form, asked), **{"refused": "", "title": "", **said})
    if htmx:
        return fragment(body, status, retarget="#dialog", reswap="innerHTML")
    return render_template("lists/alone.html", body=body), status


@blueprint.get("/f/<form>/views")
@policy("member")
def manage(form: str) -> ResponseReturnValue:
    """All views of the list, to arrange them."""
    return _dialog("_views.html", form, addresses.read(request.args))


@blueprint.get("/f/<form>/views/new")
@policy("member")
def name_view(form: str) -> ResponseReturnValue:
    """Asks for the title of a new view."""
    return _dialog("_save.html", form, addresses.read(request.args))


@blueprint.post("/f/<form>/views")
@policy("member")
def add_view(form: str) -> ResponseReturnValue:
    """Save what is shown as a new view, and show it."""
    asked, title = addresses.read(request.form), request.form.get("title", "")
    try:
        listing = _frame(form, asked)
        made = save_view(installation(), actor(), form, title=title, look=listing.look, shared="shared" in request.form)
    except (Invalid, Malformed, Forbidden) as error:
        return _dialog("_save.html", form, asked, 422, refused=_why(error), title=title)
    return go(f"/f/{form}?view={made}")


@blueprint.post("/f/<form>/views/<view>")
@policy("member")
def change_view(form: str, view: str) -> ResponseReturnValue:
    """Does one thing with a view: save, rename, share, unshare, up, down, delete, star, unstar."""
    asked, act = addresses.read(request.form), request.form.get("act", "")
    try:
        _change(form, view, act, asked)
    except (Invalid, Malformed, Forbidden) as error:
        return _dialog("_views.html", form, asked, 422, refused=_why(error))
    if act == "save":
        return go(f"/f/{form}?view={view}")
    return _dialog("_views.html", form, asked) if htmx else go(f"/f/{form}/views?view={view}")


def _change(form: str, view: str, act: str, asked: Asked) -> None:
    inst, who = installation(), actor()
    if act == "save":
        save_view(inst, who, form, view, look=_frame(form, asked).look)
        choose_view(inst, who, form, view, columns=())
    elif act == "rename":
        save_view(inst, who, form, view, title=request.form.get("title", ""))
    elif act in ("share", "unshare"):
        save_view(inst, who, form, view, shared=act == "share")
    elif act in ("up", "down"):
        move_view(inst, who, form, view, -1 if act == "up" else 1)
    elif act == "delete":
        delete_view(inst, who, form, view)
    elif act in ("star", "unstar"):
        choose_view(inst, who, form, view, starred=act == "star")
    else:
        raise Malformed("malformed")


def _why(error: DougongError) -> str:
    problems = getattr(error, "problems", ())
    return " ".join(sentence(each, locale()) for each in problems) or error_sentence(error, locale())
