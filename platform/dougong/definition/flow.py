"""The structure of `flow`: nodes in sequence, branches with sequences inside. One rule: only the shape is judged here; what
a node does, and who its people are, is the business of the node types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from .findings import Ids, Place
from .model import Expr
from .parts import read_effect

PEOPLE = frozenset({"approve", "handle", "cc"})
BRANCHING = frozenset({"choose", "inclusive", "parallel"})
NODES = ("start", "approve", "handle", "cc", "choose", "parallel", "inclusive", "wait", "act", "subflow", "end")
WHO = (
    "member", "members", "role", "project_role", "of", "department_head", "department", "level", "manager", "until",
    "field", "applicant", "applicant_choice", "previous_choice", "matrix", "from", "where",
)  # fmt: skip
#: Keys of every node, and of nodes for people; each with the words it takes, None = checked by the node's type.
COMMON = ("id", "type", "title", "help")
SETTINGS: Mapping[str, tuple[str, ...] | None] = MappingProxyType(
    {
        "who": None,
        "mode": None,
        "early_stop": None,
        "reject_rule": None,
        "on_reject": None,
        "nobody": None,
        "applicant": ("allow", "skip", "superior"),
        "dedupe": ("off", "consecutive", "anywhere"),
        "fields": None,
        "opinion": ("never", "on_reject", "always"),
        "signature": ("off", "draw", "saved"),
        "phrases": None,
        "due": None,
        "withdraw": None,
        "return": None,
        "add_signer": None,
        "transfer": None,
        "receipt": None,
    }
)
OTHER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "parallel": ("join",),
        "wait": ("until", "for", "calendar"),
        "subflow": ("form", "each", "wait", "values"),
        "act": ("do", "form", "each", "where", "values", "on", "to", "notify", "webhook", "message"),
    }
)


def read_flow(form: Place) -> Mapping[str, Any] | None:
    """`flow` with the ids of its nodes filled in; None = approved when submitted."""
    place = form.place("flow")
    if place is None:
        return None
    made = dict(place.value)
    place.word("withdraw", ("never", "before_first", "any_time"))
    for key in ("dedupe", "applicant"):
        place.word(key, SETTINGS[key] or ())
    if place.has("nodes"):
        made["nodes"] = _nodes(place, _FlowIds(place.raw("nodes")))
    place.close()
    return made if made.get("nodes") else None


class _FlowIds:
    """Ids of nodes and branches, unique in the whole flow."""

    def __init__(self, nodes: Any) -> None:
        self.ids = Ids({each["id"] for each in _written(nodes)})

    def take(self, place: Place, about: str) -> str:
        return self.ids.take(place, about)


def _written(nodes: Any) -> Iterator[Mapping[str, Any]]:
    for node in nodes if isinstance(nodes, list) else ():
        if isinstance(node, dict):
            if isinstance(node.get("id"), str):
                yield node
            branches = node.get("branches")
            yield from _written(branches)
            for branch in branches if isinstance(branches, list) else ():
                yield from _written(branch.get("nodes") if isinstance(branch, dict) else None)


def _nodes(holder: Place, ids: _FlowIds) -> list[dict[str, Any]]:
    return [node for _, place in holder.places("nodes", 200) if (node := _node(place, ids))]


def _node(place: Place, ids: _FlowIds) -> dict[str, Any] | None:
    kind = place.word("type", NODES, required=True)
    if kind is None:
        return None
    made = dict(place.value)
    made["id"] = ids.take(place, kind)
    for key in COMMON[2:]:
        place.text(key)
    if kind in PEOPLE:
        _people(place, kind)
    if kind in BRANCHING:
        made["branches"] = _branches(place, kind, ids)
    if kind == "act":
        _act(place)
    for key in OTHER.get(kind, ()):
        place.raw(key)
    place.close()
    return made


def _people(place: Place, kind: str) -> None:
    for index, who in place.places("who"):
        if not any(key in who.value for key in WHO):
            place.found.error("one_of", place.pointer("who", index), known=list(WHO))
        for key in WHO:
            who.raw(key)
        who.close()
    if not place.has("who"):
        place.found.error("missing", place.at, key="who")
    for key, words in SETTINGS.items():
        if words is not None and isinstance(place.raw(key), str):
            place.word(key, words)
        place.raw(key)
    if kind != "cc" and place.has("mode"):
        _mode(place)


def _mode(place: Place) -> None:
    """any, all, sequence, {"ratio": 0.6} or {"count": 2}."""
    mode = place.raw("mode")
    if not isinstance(mode, dict):
        place.word("mode", ("any", "all", "sequence"))
        return
    inner = Place(mode, place.pointer("mode"), place.found)
    ratio = inner.raw("ratio")
    if ratio is None:
        if inner.whole("count", 1, 1_000) is None and not inner.has("count"):
            place.found.error("one_of", inner.at, known=["ratio", "count"])
    elif isinstance(ratio, bool) or not isinstance(ratio, int | Decimal) or not 0 < ratio <= 1:
        place.found.error("out_of_bounds", inner.pointer("ratio"), low=0, high=1)
    inner.close()


def _branches(place: Place, kind: str, ids: _FlowIds) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    found = [branch for _, branch in place.places("branches", 50)]
    for index, branch in enumerate(found):
        each = dict(branch.value)
        each["id"] = ids.take(branch, f"{place.value.get('id') or kind}_{index + 1}")
        branch.text("title")
        when = branch.formula("when")
        if kind == "choose" and (when is None) != (index == len(found) - 1):
            branch.found.error("default_branch", branch.at)
        each["nodes"] = _nodes(branch, ids) if branch.has("nodes") else []
        branch.close()
        made.append(each)
    if not found:
        place.found.error("missing", place.at, key="branches")
    return made


def _act(place: Place) -> None:
    if place.value.get("do") in ("post", "set", "create"):
        inner = Place({key: each for key, each in place.value.items() if key != "id"}, place.at, place.found)
        read_effect(inner, Ids(()), known=(*COMMON, *OTHER["act"]), event="approved")


def formulas(flow: Mapping[str, Any], file: str | None) -> Iterator[tuple[Expr, str]]:
    """Every condition in a flow, and the kind of thing it stands for ("when")."""

    def walk(nodes: Any, at: str) -> Iterator[tuple[Expr, str]]:
        for index, node in enumerate(nodes):
            for number, branch in enumerate(node.get("branches") or ()):
                here = f"{at}/{index}/branches/{number}"
                if isinstance(branch.get("when"), str):
                    yield Expr(branch["when"], f"{here}/when", file), "when"
                yield from walk(branch.get("nodes") or (), f"{here}/nodes")

    return walk(flow.get("nodes") or (), "/flow/nodes")
