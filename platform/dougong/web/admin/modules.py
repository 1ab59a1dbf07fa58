"""Modules: which are on, what turning one on or off means, and the refusals in words."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import redirect
from flask.typing import ResponseReturnValue

from ...actions.enable_module import Available, disable_module, enable_module, list_modules
from ...kernel.errors import DefinitionError, DougongError, NotFound
from ...pages import formats
from ...pages.sentences import sentence
from ..current import actor, installation, locale
from ..language import say
from ..policy import policy
from .area import Refusal, blueprint, page, refusal


@blueprint.get("/admin/modules")
@policy("admin")
def modules() -> ResponseReturnValue:
    """All that are installed or come with the program."""
    return page("modules", "modules", modules=list_modules(installation(), actor()))


@blueprint.get("/admin/modules/<name>")
@policy("admin")
def module(name: str) -> ResponseReturnValue:
    """One module."""
    return _page(name)


@blueprint.post("/admin/modules/<name>/enable")
@policy("admin")
def enable(name: str) -> ResponseReturnValue:
    """Turn it on, after those it requires."""
    try:
        enable_module(installation(), actor(), name)
    except DougongError as error:
        return _page(name, _refused(error))
    return _go(name, "module_on")


@blueprint.post("/admin/modules/<name>/disable")
@policy("admin")
def disable(name: str) -> ResponseReturnValue:
    """Turn it off; its data stays."""
    try:
        disable_module(installation(), actor(), name)
    except DougongError as error:
        return _page(name, _refused(error))
    return _go(name, "module_off")


def _refused(error: DougongError) -> Refusal:
    """A definition's problems with the names of modules in words, at most five of them."""
    if not isinstance(error, DefinitionError):
        return refusal(error)
    titles = {each.name: each.title for each in list_modules(installation(), actor())}
    said = []
    for each in error.problems:
        if each.code == "required_by":
            needing = formats.between(locale()).join(titles.get(name, name) for name in each.params["by"])
            said.append(say("First turn off {by}, it needs this module", by=needing))
        elif each.level == "error":
            said.append(" · ".join(filter(None, (each.file, sentence(each, locale())))))
    return Refusal({}, tuple(dict.fromkeys(said))[:5] or (sentence(error.problems[0], locale()),), 422)


def _page(name: str, refused: Refusal | None = None) -> ResponseReturnValue:
    every = {each.name: each for each in list_modules(installation(), actor())}
    if name not in every:
        raise NotFound("module", name=name)
    return page("module", "modules", refused, module=every[name], every=every, missing=_missing(every, name))


def _missing(every: dict[str, Available], name: str) -> list[str]:
    """Titles of the modules that would be turned on with it."""
    found: list[str] = []
    waiting = list(every[name].requires)
    while waiting:
        each = waiting.pop(0)
        if each in every and not every[each].enabled and every[each].title not in found:
            found.append(every[each].title)
            waiting += every[each].requires
    return found


def _go(name: str, done: str) -> ResponseReturnValue:
    title = next(each.title for each in list_modules(installation(), actor()) if each.name == name)
    return redirect(f"/admin/modules/{name}?" + urlencode({"done": done, "name": title}), 303)
