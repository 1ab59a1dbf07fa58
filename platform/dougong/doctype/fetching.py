"""`fetch_from` → the reference and the field that a value comes from. One rule: only where both ends are of the import and
of one type; else people type it in."""

from __future__ import annotations

from .reading import DocField
from .resolve import Resolved, resolve
from .values import Scene

_FETCHED = frozenset(
    """text long_text integer decimal money percent date datetime time boolean choice email phone url member reference
    department duration barcode""".split()  # noqa: SIM905
)
_LINES = frozenset({"text", "long_text", "choice", "email", "phone", "url", "barcode"})


def fetched(scene: Scene, found: Resolved, path: str) -> tuple[str, str] | None:
    """(reference, field of its record) of `link.field`, for a field that is `found`; None where there is none."""
    via, _, name = path.strip().partition(".")
    link = scene.doctype.find(via)
    reference = _reference(scene, link) if link is not None else None
    if reference is None or reference.target is None:
        return None
    target = scene.world.doctypes[reference.target].find(name)
    other = resolve(scene.world, target) if target is not None else None
    if target is None or other is None or other.type not in _FETCHED:
        return None
    return (via, name) if _agree(found, other) else None


def _reference(scene: Scene, link: DocField) -> Resolved | None:
    found = resolve(scene.world, link, in_rows=scene.outer is not None)
    return found if found is not None and found.type == "reference" else None


def _agree(found: Resolved, other: Resolved) -> bool:
    """Whether a value of the one can stand in the other."""
    if found.type in ("text", "long_text"):
        return other.type in _LINES
    return found.type == other.type and found.target == other.target and found.choices == other.choices
