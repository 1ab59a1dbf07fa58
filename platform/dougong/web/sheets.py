"""Forms on sheets: open, refresh while one types, save as draft, submit. One rule: whatever was typed is on the server after
every change, so an expired sign-in, a lost connection or the back button loses nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from ..actions.change_sheet import Changed, change_sheet, drop_sheet, paste_into_sheet
from ..actions.find_options import find_options
from ..actions.glimpse import Glimpse
from ..actions.open_sheet import begin_filled, begin_sheet, my_drafts, open_form
from ..actions.save_sheet import Saved, save_form, settle_conflict
from ..actions.sheet_off import module_off
from ..actions.sheet_state import FormState
from ..forms.difference import Difference, compare
from ..forms.view import FormView, Subtable
from ..kernel.errors import Invalid, NotFound, Stale, Unconfirmed
from ..pages import formats
from ..pages.sentences import sentence
from ..pages.values import shown as shown_value
from ..pages.values import title_of
from ..records.states import OPEN
from . import usage
from .conflict import conflict
from .current import actor, installation, locale, request_id
from .errors import refused as answered
from .htmx import fragment, go, htmx
from .language import say, say_many
from .policy import policy
from .sheetview import amount_of, is_wide, urls_at, view_of
from .values import reader

blueprint = Blueprint("sheets", __name__)


@blueprint.errorhandler(NotFound)
def _gone(error: NotFound) -> ResponseReturnValue:
    """Where only the module has been turned off, that is said, and that nothing is lost."""
    given = request.view_args or {}
    form, token = given.get("form", ""), given.get("token", "") or request.args.get("sheet", "")
    off = module_off(installation(), actor(), form, token) if error.code == "form" and form and token else None
    return answered(NotFound("form_off", module=off) if off else error)


#: What the address of a new form holds beside values to fill in.
_ASKED = frozenset({"sheet", "copy", "lost", "$from", "$back", "$into"})
#: What a form posts beside its inputs.
_OWN = frozenset({"csrf_token", "act", "confirm", "tried", "$q", "$live", "$seen"})


@blueprint.get("/f/<form>/new")
@policy("member")
def new(form: str) -> ResponseReturnValue:
    """A new record: begins a sheet, or goes on with the one in the address."""
    token = request.args.get("sheet")
    if not token:
        given = {name: request.args.getlist(name) for name in request.args if name not in _ASKED}
        back = (request.args.get("$from", ""), request.args.get("$back", ""), request.args.get("$into", ""))
        made = begin_filled(
            installation(), actor(), form, copy=request.args.get("copy"), given=given, back=back if all(back) else None
        )
        lost = urlencode([("lost", each[:100]) for each in made.lost[:20]])
        return redirect(f"/f/{form}/new?sheet={made.token}" + (f"&{lost}" if lost else ""), 303)
    return _page(form, token)


@blueprint.get("/drafts")
@policy("member")
def drafts() -> ResponseReturnValue:
    """What one has begun to fill in and not saved, on whatever device."""
    found = my_drafts(installation(), actor())
    return render_template("sheets/drafts.html", drafts=[(each, _seen_of(each.said)) for each in found])


@blueprint.get("/f/<form>/<record>/edit")
@policy("member")
def edit(form: str, record: str) -> ResponseReturnValue:
    """Change a record, on a sheet of its own."""
    token = request.args.get("sheet")
    if not token:
        made = begin_sheet(installation(), actor(), form, record)
        return redirect(f"/f/{form}/{record}/edit?sheet={made}", 303)
    return _page(form, token)


@blueprint.post("/f/<form>/sheet/<token>/refresh")
@policy("member")
def refresh(form: str, token: str) -> ResponseReturnValue:
    """Fold in what changed and swap what looks different now."""
    tried = request.args.get("tried", "")
    changed = change_sheet(installation(), actor(), form, token, _posted(), submit=tried == "submit")
    if not htmx:
        return redirect(_address(changed.after), 303)
    typing = {name: texts[-1] for name, texts in _posted().items()} if "$live" in request.form else {}
    return _swapped(changed, tried, typing)


@blueprint.post("/f/<form>/sheet/<token>/paste")
@policy("member")
def paste(form: str, token: str) -> ResponseReturnValue:
    """A block copied from a spreadsheet."""
    given = request.form
    changed = paste_into_sheet(
        installation(), actor(), form, token, given.get("text", ""), sub=given.get("sub", ""), row=given.get("row", ""),
        column=given.get("column", ""),
    )  # fmt: skip
    return _swapped(changed, "", {}, given.get("sub", ""))


def _pasted(changed: Changed, table: Subtable | None) -> list[str]:
    """What a person should know of a block that was pasted into a subtable."""
    found = changed.pasted
    if found is None:
        return []
    said = [say_many("{count} row pasted", "{count} rows pasted", found.rows)]
    touched = set(found.touched)
    bad = sum(row.bad for row in table.rows if row.id in touched) if table is not None else 0
    if bad:
        said.append(say_many("{count} row to mend", "{count} rows to mend", bad))
    if found.unknown:
        names = formats.between(locale()).join(found.unknown)
        said.append(say("No column is called {names}; what stood there was left out", names=names))
    if found.left:
        said.append(say_many("{count} row found no room", "{count} rows found no room", found.left))
    return said


@blueprint.get("/f/<form>/sheet/<token>/options/<path:field>")
@policy("member")
def options(form: str, token: str, field: str) -> ResponseReturnValue:
    """What a picker offers for the words typed into it."""
    words = request.args.get("$q", "")[:100]
    name = request.args.get("input", field)
    row = name.removeprefix(field.partition(".")[0] + ".").partition(".")[0]
    found = find_options(installation(), actor(), form, field, words, token=token, row=row)
    made = ""
    if found.target:
        filled = {found.begins: words.strip()} if found.begins and words.strip() else {}
        made = f"/f/{found.target}/new?" + urlencode({"$from": form, "$back": token, "$into": name, **filled})
    return fragment(
        render_template(
            "fields/_options.html", name=name, items=found.items, more=found.more, chosen="", made=made,
            made_title=found.title, urls=urls_at(form, token, request.args.get("tried", "")),
        )
    )  # fmt: skip


@blueprint.post("/f/<form>/sheet/<token>")
@policy("member")
def save(form: str, token: str) -> ResponseReturnValue:
    """Save as it is, or submit; whatever is refused comes back with everything typed and the reasons beside it."""
    act = "submit" if request.form.get("act") == "submit" else "save"
    try:
        if _posted():
            change_sheet(installation(), actor(), form, token, _posted())
    except NotFound as error:
        if error.code != "sheet_gone":
            raise
    try:
        saved = save_form(
            installation(), actor(), form, token, submit=act == "submit", confirm="confirm" in request.form,
            request_id=request_id(),
        )  # fmt: skip
    except Unconfirmed as error:
        return _warned(form, token, act, error)
    except Invalid as error:
        return _refused(form, token, act, error)
    except Stale as error:
        return _conflict(form, token, act, error)
    return _done(saved)


@blueprint.post("/f/<form>/sheet/<token>/settle")
@policy("member")
def settle(form: str, token: str) -> ResponseReturnValue:
    """Somebody else was quicker: keep what was chosen field by field, then save again."""
    version = request.form.get("version", "")
    theirs = [
        name.removeprefix("keep:") for name, side in request.form.items() if name.startswith("keep:") and side == "t"
    ]
    settle_conflict(
        installation(), actor(), form, token, version=int(version) if version.isdecimal() else 0, theirs=theirs
    )
    return save(form, token)


@blueprint.post("/f/<form>/sheet/<token>/drop")
@policy("member")
def drop(form: str, token: str) -> ResponseReturnValue:
    """Throw the sheet away."""
    wanted = request.form.get("next")
    record = open_form(installation(), actor(), form, token).state.sheet.record if wanted == "record" else None
    drop_sheet(installation(), actor(), token)
    return go("/drafts" if wanted == "drafts" else f"/f/{form}" + (f"/{record}" if record else ""))


# ------------------------------------------------------------------------------------------------ answers


def _posted() -> Mapping[str, Sequence[str]]:
    return {
        name: request.form.getlist(name) for name in request.form if name not in _OWN and not name.startswith("keep:")
    }


def _page(form: str, token: str) -> ResponseReturnValue:
    opened = open_form(installation(), actor(), form, token)
    lost = request.args.getlist("lost")
    shown = _shown(opened.state, view_of(opened.state))
    others = [(sheet, _seen_of(said)) for sheet, said in opened.others]
    return render_template("sheets/page.html", others=others, lost=lost, **shown)


def _seen_of(glimpses: Sequence[Glimpse]) -> str:
    """The first values of an unsaved sheet in words."""
    return " · ".join(_glimpsed(each)[:40] for each in glimpses)


def _glimpsed(glimpse: Glimpse) -> str:
    """As a record shows it; what makes no sense stands as it was typed."""
    if not glimpse.sound:
        return str(glimpse.value)
    return shown_value(glimpse.field, glimpse.value, glimpse.title, reader()).text


def _shown(state: FormState, view: FormView, tried: str = "") -> dict[str, Any]:
    record = state.record
    title = None
    if record is not None:
        levels = state.evaluation.levels
        seen = {name: value for name, value in record.values.items() if levels.get(name, "edit") in ("read", "edit")}
        plain = {"number": record.number, "values": seen, "titles": {}}
        title = title_of(state.form, plain, state.model.definitions.title_field(state.form.full_name), reader())
    return {
        "state": state, "view": view, "form": state.form, "title": title, "token": state.sheet.token, "tried": tried,
        "amount": amount_of(state), "wide": is_wide(state), "saved_at": _clock(state), "address": _address(state),
        "tab": request.args.get("tab", ""), "can_submit": state.form.is_document and state.state in OPEN,
    }  # fmt: skip


def _clock(state: FormState) -> str:
    at = state.sheet.updated_at
    return at.astimezone(installation().settings.zone).strftime("%H:%M") if at and state.sheet.touched else ""


def _address(state: FormState) -> str:
    sheet = state.sheet
    where = f"{sheet.record}/edit" if sheet.record else "new"
    return f"/f/{sheet.form}/{where}?sheet={sheet.token}"


def _swapped(changed: Changed, tried: str, typing: Mapping[str, str], into: str = "") -> ResponseReturnValue:
    """`into`: the subtable something was pasted into, beside which that is told."""
    after = view_of(changed.after, tried=tried, typing=typing)
    table = after.cells().get(into)
    table = table if isinstance(table, Subtable) else None
    said = _pasted(changed, table)
    seen = request.form.get("$seen", "")
    if seen in ("", str(changed.before.sheet.revision)):
        difference = compare(_seen(changed.before, tried), after)
    else:  # another window has changed the sheet meanwhile: this one is shown all of it
        difference = Difference(everything=True)
    changed.after.drawn["seen"] = ((tried, locale(), changed.after.sheet.revision), after)
    return fragment(
        render_template(
            "sheets/_changes.html", difference=difference, said=said, said_at=f"{table.id}-said" if table else "sheet-said",
            **_shown(changed.after, after, tried),
        )
    )  # fmt: skip


def _seen(state: FormState, tried: str) -> FormView:
    """The view this sheet was last shown as."""
    known, view = state.drawn.get("seen", (None, None))
    same = known == (tried, locale(), state.sheet.revision)
    return cast(FormView, view) if same else view_of(state, tried=tried)


def _refused(form: str, token: str, act: str, error: Invalid) -> ResponseReturnValue:
    usage.noted(error)
    state = open_form(installation(), actor(), form, token, submit=act == "submit").state
    known = {each.key: each for each in state.problems}  # with who stands in the way
    refused = [known.get(each.key, each) for each in error.problems]
    said = {each.key for each in refused}
    problems = [*refused, *(each for each in state.problems if each.key not in said)]
    view = view_of(state, tried=act, problems=problems)
    shown = _shown(state, view, act)
    if htmx:
        body = render_template("sheets/_form.html", refused=True, **shown)
        return fragment(body, 422, retarget="#sheet", reswap="outerMorph")
    return render_template("sheets/page.html", others=[], lost=[], refused=True, **shown), 422


def _warned(form: str, token: str, act: str, error: Unconfirmed) -> ResponseReturnValue:
    said = list(dict.fromkeys(sentence(each, locale()) for each in error.problems))
    body = render_template("sheets/_warnings.html", said=said, act=act, at=f"/f/{form}/sheet/{token}")
    if htmx:
        return fragment(body, 422, retarget="#dialog", reswap="innerHTML")
    return render_template("sheets/alone.html", body=body), 422


def _conflict(form: str, token: str, act: str, error: Stale) -> ResponseReturnValue:
    state = open_form(installation(), actor(), form, token).state
    body = render_template(
        "sheets/_conflict.html", found=conflict(state, error), record=state.sheet.record, act=act,
        version=error.params.get("current"), at=f"/f/{form}/sheet/{token}", form=state.form,
    )  # fmt: skip
    if htmx:
        return fragment(body, 412, retarget="#dialog", reswap="innerHTML")
    return render_template("sheets/alone.html", body=body), 412


def _done(saved: Saved) -> ResponseReturnValue:
    if saved["back"]:
        return go(saved["back"])
    return go(f"/f/{saved['form']}/{saved['id']}")
