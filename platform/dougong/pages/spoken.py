"""A tenant's definitions in a reader's language: every title, choice, section, view and message that its modules translate
(i18n/<locale>.json). One rule: only words change; names, constants, formulas and ids stay, so a record read or written
through it is the same record.

A form's words are looked up in its own module first, then in the others: what a module adds to another's form (extends/)
it translates itself."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from ..catalog import Catalog
from ..definition.definitions import Definitions
from ..definition.model import Field, Form, MenuGroup, Module
from ..storage.model import AUTHORED, Model
from ..storage.transaction import Transaction
from .catalogue import LANGUAGES, text
from .catalogue import mark as _

Say = Callable[[str], str]
_CHOSEN = ("choice", "multi_choice")


class SpokenCatalog(Catalog):
    """The catalog for a reader of one language. `plain` is the one in the author's words, for everything that compares or
    publishes definitions."""

    def __init__(self, plain: Catalog, locale: str) -> None:
        self._plain, self._locale = plain, locale

    @property
    def plain(self) -> Catalog:
        return self._plain

    @property
    def admin(self) -> str:
        return text(_("Administrator"), self._locale)

    def live(self, tx: Transaction) -> Model:
        return spoken(self._plain.live(tx), self._locale)

    def forget(self, tx: Transaction) -> None:
        self._plain.forget(tx)

    def modules(self, conn: Connection, *, enabled: bool = True) -> list[Module]:
        return self._plain.modules(conn, enabled=enabled)

    def definitions(self, conn: Connection) -> Definitions:
        return self._plain.definitions(conn)


def spoken(model: Model, locale: str) -> Model:
    """The model in this language; the model itself where no module translates anything."""
    modules = model.definitions.modules.values()
    if not any(each.translations.get(locale) for each in modules):
        return model
    key = ("spoken", locale)
    if key not in model.memo:
        model.memo[key] = replace(model, definitions=_definitions(model.definitions, locale), memo={AUTHORED: model})
    found: Model = model.memo[key]
    return found


def every_language(model: Model) -> list[Model]:
    """The model as each reader may have seen it, its authors' words first: a file comes in the words of whoever made it."""
    plain: Model = model.memo.get(AUTHORED, model)
    return [plain, *(made for each in LANGUAGES if (made := spoken(plain, each)) is not plain)]


def _definitions(plain: Definitions, locale: str) -> Definitions:
    words = {each.name: each.translations.get(locale, {}) for each in plain.modules.values()}

    def say(module: str) -> Say:
        known = ChainMap(*(dict(words[name]) for name in sorted(words, key=lambda name: (name != module, name))))
        return lambda text: known.get(text, text)

    modules = [_module(each, say(each.name)) for each in plain.modules.values()]
    forms = [_form(each, say(each.module)) for each in plain.forms.values()]
    return Definitions(modules, forms, plain.types)


def _module(module: Module, say: Say) -> Module:
    return replace(
        module,
        title=say(module.title),
        roles=tuple(replace(each, title=say(each.title)) for each in module.roles),
        menu=tuple(
            replace(each, title=say(each.title)) if isinstance(each, MenuGroup) else each for each in module.menu
        ),
    )


def _form(form: Form, say: Say) -> Form:
    return replace(
        form,
        title=say(form.title),
        help=_maybe(form.help, say),
        fields=tuple(_field(each, say) for each in form.fields),
        groups={name: say(title) for name, title in form.groups.items()},
        checks=tuple(replace(each, message=say(each.message)) for each in form.checks),
        unique=tuple(replace(each, message=_maybe(each.message, say)) for each in form.unique),
        layout=tuple(replace(each, title=say(each.title)) for each in form.layout),
        views=tuple(replace(each, title=say(each.title)) for each in form.views),
        prints=tuple(replace(each, title=say(each.title), blocks=_blocks(each.blocks, say)) for each in form.prints),
        flow=_titled(form.flow, say) if form.flow else form.flow,
    )


def _field(field: Field, say: Say) -> Field:
    return replace(
        field,
        title=say(field.title),
        ref_reason=_maybe(field.ref_reason, say),
        help=_maybe(field.help, say),
        schema=_choices(field.schema, say) if field.value_type in _CHOSEN else field.schema,
        fields=tuple(_field(each, say) for each in field.fields),
    )


def _choices(schema: Mapping[str, Any], say: Say) -> Mapping[str, Any]:
    """A schema whose constants have translated titles; what may be entered is the same."""
    found = dict(schema)
    if isinstance(schema.get("items"), Mapping):
        found["items"] = _choices(schema["items"], say)
    for key in ("oneOf", "anyOf"):
        if isinstance(schema.get(key), list | tuple):
            found[key] = [_constant(each, say) for each in schema[key]]
    listed = schema.get("enum")
    if isinstance(listed, list | tuple) and any(isinstance(each, str) and say(each) != each for each in listed):
        del found["enum"]
        found["oneOf"] = [
            {"const": each, "title": say(each) if isinstance(each, str) else str(each)} for each in listed
        ]
    return found


def _constant(option: Any, say: Say) -> Any:
    title = option.get("title") if isinstance(option, Mapping) else None
    if isinstance(title, str):
        return {**option, "title": say(title)}
    return option


def _blocks(blocks: tuple[Mapping[str, Any], ...], say: Say) -> tuple[Mapping[str, Any], ...]:
    """The texts of a print; names of fields are no texts."""
    found = []
    for each in blocks:
        words = {
            key: say(value) for key, value in each.items() if key in ("heading", "text") and isinstance(value, str)
        }
        signed = each.get("signatures")
        names = {"signatures": [say(name) for name in signed]} if isinstance(signed, list | tuple) else {}
        found.append({**each, **words, **names})
    return tuple(found)


def _titled(node: Any, say: Say) -> Any:
    """The nodes of a flow with translated titles."""
    if isinstance(node, Mapping):
        return {
            key: say(value) if key == "title" and isinstance(value, str) else _titled(value, say)
            for key, value in node.items()
        }
    return type(node)(_titled(each, say) for each in node) if isinstance(node, list | tuple) else node


def _maybe(text: str | None, say: Say) -> str | None:
    return None if text is None else say(text)
