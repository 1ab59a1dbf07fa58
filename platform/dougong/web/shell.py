"""The frame of every page: the company, its modules with the forms this member may open, who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import current_app, g, request

from ..access import allowed
from ..definition.model import MenuGroup, Module
from ..pages.environment import translated
from ..people import at_hand, departments, roles
from ..storage.model import Model
from ..storage.transaction import Transaction
from .current import installation, locale, read, signed_in
from .session import is_loopback, is_secure

ICON = "apps"


@dataclass(frozen=True, slots=True)
class Link:
    """A form in the menu; `group` is the title it stands under."""

    form: str
    title: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """One module with its forms."""

    name: str
    title: str
    icon: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Shell:
    """What the frame shows. `form` is the form of the page, "" elsewhere; `favourites` are forms, `favourite` whether the
    page's is one; `exposed`: an admin should know that people come here by plain http from other machines."""

    company: str
    name: str
    post: str
    admin: bool
    menus: tuple[Menu, ...]
    form: str
    exposed: bool
    favourites: tuple[Link, ...] = ()

    @property
    def favourite(self) -> bool:
        return any(each.form == self.form for each in self.favourites)


def shell() -> Shell:
    """The frame for who is signed in, made once per request."""
    if "shell" not in g:
        g.shell = read(_shell)
    found: Shell = g.shell
    return found


def menus(tx: Transaction, model: Model) -> tuple[Menu, ...]:
    """Every module with at least one form the actor may see, by its order."""
    modules = sorted(model.definitions.modules.values(), key=lambda each: (each.order, each.name))
    made = (_menu(tx, model, module) for module in modules)
    return tuple(menu for menu in made if menu.links)


def _shell(tx: Transaction) -> Shell:
    model = installation().catalog.live(tx)
    who = signed_in()
    form = str((request.view_args or {}).get("form", ""))
    post = " · ".join(_post(tx, model))
    company = who.tenant_title if who else ""
    plain = not request.is_secure and not is_secure(current_app)
    exposed = tx.actor.is_admin and plain and not is_loopback(request.remote_addr or "")
    seen = menus(tx, model)
    kept = favourites(tx, seen)
    return Shell(company, tx.actor.name, post, tx.actor.is_admin, seen, form, exposed, kept)


def favourites(tx: Transaction, seen: tuple[Menu, ...]) -> tuple[Link, ...]:
    """The actor's favourite forms in his order, those he may still see."""
    links = {link.form: link for menu in seen for link in menu.links}
    wanted = at_hand.favourite_forms(tx.conn, tx.actor.member) if tx.actor.member else []
    return tuple(links[each] for each in wanted if each in links)


def _post(tx: Transaction, model: Model) -> Iterator[str]:
    if tx.actor.department:
        yield departments.get(tx.conn, tx.actor.department).name
    titles = roles.all_of(tx.conn, model.definitions.modules.values(), admin=installation().catalog.admin)
    held = [titles.get(each, each) for each in sorted(tx.actor.roles)]
    yield from held[:1]


def _menu(tx: Transaction, model: Model, module: Module) -> Menu:
    links = tuple(link for link in _links(module) if link.form in model.definitions.forms)
    seen = tuple(
        Link(link.form, translated(module, model.definitions.forms[link.form].title, locale()), link.group)
        for link in links
        if allowed(tx, model, link.form, "view")
    )
    return Menu(module.name, translated(module, module.title, locale()), module.icon or ICON, seen)


def _links(module: Module) -> Iterator[Link]:
    if not module.menu:
        yield from (Link(form.full_name, form.title) for form in module.forms)
    for item in module.menu:
        if isinstance(item, MenuGroup):
            group = translated(module, item.title, locale())
            yield from (Link(_full(module, each), "", group) for each in item.items)
        else:
            yield Link(_full(module, item), "")


def _full(module: Module, name: str) -> str:
    return name if "." in name else f"{module.name}.{name}"
