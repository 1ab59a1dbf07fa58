"""What a list shows: the view asked for with its changes, cut to what the member may see, and the records in the manner of
the view. One rule: everything is asked of `records.query` and `records.aggregate`, which add the rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...access import allowed
from ...definition.model import Action, Form
from ...formula.parser import parse
from ...kernel.errors import FormulaError, Malformed
from ...pages.sentences import error_sentence
from ...pages.values import Shown
from ...records import saved_views
from ...records.query import Page
from ...records.saved_views import Look
from ...storage.transaction import Transaction
from ..current import here, locale, today
from . import asked as addresses
from . import figures, kinds, rows
from .asked import Asked
from .choices import choices, tree_field
from .figures import Band
from .filters import Choice, Group, builder
from .kinds import Board, Calendar, both
from .rows import Column, Line
from .sight import Left, Sight, fitted, sight
from .tabs import Tab, begin, tabs
from .words import described, titles_of

#: What may be done with many records at once.
_BULK: tuple[Action, ...] = ("edit", "delete", "export")
#: Groups whose records are shown at once hold so many together.
_OPEN = rows.PAGE


@dataclass(frozen=True, slots=True)
class Section:
    """A group of the list; `lines` None = shut."""

    band: Band
    lines: tuple[Line, ...] | None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything the templates draw. `look` is what is shown, `base` the view as it is saved, `left` what of it had to be
    left out; `may` what the member may do with many records at once; `group` the builder (None = the filter is a
    formula), `refused` why the asked filter was not used."""

    form: Form
    asked: Asked
    tabs: tuple[Tab, ...]
    tab: Tab
    base: Look
    look: Look
    left: Left
    columns: tuple[Column, ...]
    choices: Mapping[str, Choice]
    group: Group | None
    titles: Mapping[str, str]
    refused: str = ""
    lines: tuple[Line, ...] = ()
    next: str | None = None
    sections: tuple[Section, ...] = ()
    sections_more: bool = False
    board: Board | None = None
    calendar: Calendar | None = None
    tree: bool = False
    count: int = 0
    more: bool = False
    totals: Mapping[str, Shown] = field(default_factory=dict)
    may_create: bool = False
    may_share: bool = False
    may: frozenset[str] = frozenset()
    own_columns: bool = False
    kinds: tuple[str, ...] = ("list",)

    @property
    def changed(self) -> bool:
        """Whether the address asks for something else than the saved view."""
        return self.look != self.base

    @property
    def narrowed(self) -> bool:
        """Whether a filter or words stand between the member and all records."""
        return bool(self.look.filter or self.asked.search or self.refused)

    @property
    def filter_words(self) -> str:
        return described(self.group, self.look.filter, self.choices, self.titles)


def open_list(tx: Transaction, name: str, asked: Asked) -> Listing:
    """A list. Raises NotFound, Forbidden, Malformed (a sort, group or cursor that cannot be)."""
    seen = sight(tx, name)
    return _filled(seen, frame(seen, asked))


def frame(seen: Sight, asked: Asked) -> Listing:
    """A list without its records."""
    name = seen.form.full_name
    chosen = saved_views.chosen(seen.tx, name)
    every = tabs(seen, chosen)
    tab = begin(every, asked.view, chosen)
    base, left = _base(seen, tab, chosen.columns.get(tab.key, ()))
    look, refused = _filterable(seen, _look(seen, base, asked))
    text = asked.filter if refused else look.filter
    known: dict[str, Choice] = {}
    if text or asked.panel in ("filter", "formula"):
        known = choices(seen.tx, seen.model, seen.form, seen.access)
    found = None if refused or asked.panel == "formula" else builder(text, known, here())
    return Listing(
        seen.form, asked, every, tab, base, look, left, rows.heads(seen, look.columns, look.sort), known, found,
        titles_of(seen, found, known), refused, tree=look.kind == "tree" and not (look.filter or asked.search),
        may_create=allowed(seen.tx, seen.model, name, "create") and seen.form.kind != "log",
        may=frozenset(each for each in _BULK if allowed(seen.tx, seen.model, name, each)),
        may_share=saved_views.may_share(seen.tx, seen.model, name), own_columns=tab.key in chosen.columns,
        kinds=_kinds(seen),
    )  # fmt: skip


def _base(seen: Sight, tab: Tab, kept: Sequence[str]) -> tuple[Look, Left]:
    """The view as this member has it: his columns, nothing he may not ask."""
    base, left = fitted(seen, replace(tab.look, columns=tuple(kept)) if kept else tab.look)
    if tab.authored or kept:
        left = replace(left, columns=0)  # an author writes one view for all; policies cut it to each
    base = replace(base, columns=seen.columns(base))
    if tab.authored and not tab.look.totals:
        base = replace(base, totals=figures.standard(seen, base.columns))
    return base, left


def _look(seen: Sight, base: Look, asked: Asked) -> Look:
    look = addresses.applied(base, asked)
    look = replace(look, group=tuple(map(seen.group_text, look.group)))
    totals = {name: fn for name, fn in look.totals.items() if seen.may_total(name, fn)}
    return replace(look, columns=seen.columns(look), totals=totals)


def _filterable(seen: Sight, look: Look) -> tuple[Look, str]:
    """A filter that cannot be understood is left out, and why is told."""
    if not look.filter.strip():
        return replace(look, filter=""), ""
    try:
        parse(look.filter)  # by itself: a stray bracket must not reach into other conditions
        seen.eyes.condition(look.filter)
    except (Malformed, FormulaError) as error:
        return replace(look, filter=""), error_sentence(error, locale())
    return look, ""


def _kinds(seen: Sight) -> tuple[str, ...]:
    possible = {
        "list": True, "tree": tree_field(seen.form) is not None, "board": bool(kinds.board_fields(seen)),
        "calendar": bool(kinds.calendar_fields(seen)),
    }  # fmt: skip
    return tuple(kind for kind, may in possible.items() if may)


# ------------------------------------------------------------------------------------------------ the records


def _filled(seen: Sight, listing: Listing) -> Listing:
    look, words = listing.look, listing.asked.search
    if look.kind == "calendar" and (by := _calendar_field(seen, look)) is not None:
        made = kinds.calendar(seen, by, listing.asked.month, look.columns, look.sort, look.filter, words, today())
        return replace(listing, calendar=made, count=made.total)
    totals = figures.totals(seen, look.totals, look.filter, words)
    if look.kind == "board" and (choice := kinds.board_field(seen, look.group)) is not None:
        board = kinds.board(seen, choice, look.columns, look.sort, look.totals, look.filter, words)
        return replace(listing, board=board, count=sum(each.count for each in board.lanes), totals=totals)
    if listing.tree and tree_field(seen.form) is not None:
        lines, following = kinds.below(seen, look.columns, look.sort, "", 1)
        _, page = rows.find(seen, ("$number",), limit=1, count=True)
        return _counted(replace(listing, lines=lines, next=following, totals=totals), page)
    if look.group and look.kind == "list":
        return replace(_grouped(seen, listing), totals=totals)
    lines, page = _page(seen, listing, listing.asked.after)
    return _counted(replace(listing, lines=lines, next=page.next, totals=totals), page)


def _calendar_field(seen: Sight, look: Look) -> Any:
    every = kinds.calendar_fields(seen)
    return next((each for each in every if each.name == look.date.get("start")), next(iter(every), None))


def _page(seen: Sight, listing: Listing, after: str | None, extra: str = "") -> tuple[tuple[Line, ...], Page]:
    look = listing.look
    return rows.find(
        seen, look.columns, condition=both(look.filter, extra), words=listing.asked.search, sort=look.sort, after=after,
        count=after is None and not extra,
    )  # fmt: skip


def _counted(listing: Listing, page: Page) -> Listing:
    return replace(listing, count=page.count or 0, more=page.more)


def _grouped(seen: Sight, listing: Listing) -> Listing:
    """Every group; the records of the first ones, as many as make a page, with one query."""
    look, words = listing.look, listing.asked.search
    found, more = figures.bands(seen, look.group, look.totals, look.filter, words)
    count = sum(each.count for each in found)
    listing = replace(listing, sections_more=more, count=count)
    opened: list[Band] = []
    for each in found:
        if opened and sum(one.count for one in opened) + each.count > _OPEN:
            break
        opened.append(each)
    if len(opened) < 2:
        first, page = _page(seen, listing, None, opened[0].condition) if opened else ((), None)
        shut = [Section(each, None) for each in found[1:]]
        start = [Section(found[0], first, page.next if page else None)] if found else []
        return replace(listing, sections=(*start, *shut))
    return replace(listing, sections=tuple(_sections(seen, listing, found, opened)))


def _sections(seen: Sight, listing: Listing, found: Sequence[Band], opened: Sequence[Band]) -> list[Section]:
    """The opened groups share one page, so their records come with one query and are told apart by one more column each."""
    wanted = " or ".join(f"({each.condition})" for each in opened)
    lines, _ = _page(seen, listing, None, wanted)
    ids = figures.members(seen, listing.look.group, [each.id for each in lines])
    made = []
    for each in found:
        mine = tuple(line for line in lines if ids.get(line.id) == each.key) if each in opened else None
        made.append(Section(each, mine))
    return made


def more_lines(tx: Transaction, name: str, asked: Asked, extra: str, parent: str, level: int) -> Listing:
    """The rows that follow: of the list (`asked.after`), of a group (`extra` is its condition), below a record of a tree."""
    seen = sight(tx, name)
    listing = frame(seen, asked)
    if listing.tree:
        lines, following = kinds.below(seen, listing.look.columns, listing.look.sort, parent, level, asked.after)
        return replace(listing, lines=lines, next=following)
    if extra:
        parse(extra)
    lines, page = _page(seen, listing, asked.after, extra)
    return replace(listing, lines=lines, next=page.next)
