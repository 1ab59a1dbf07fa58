"""What forms, roles and the record's own name are called in a module made of DocTypes. One rule: a name depends on the
DocType's name alone, so that the next import of the same DocType changes the same form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256

from ..definition.slug import slug

FORM_LIMIT = 30
ROLE_LIMIT = 60
#: Words that are not free to be a module's role.
_TAKEN_ROLES = frozenset({"admin"})


def form_names(doctypes: Iterable[str]) -> Mapping[str, str]:
    """The form of each DocType; where two would be called alike both carry a mark of their own."""
    plain = {each: _fit(slug(each), each, FORM_LIMIT) for each in doctypes}
    uses = Counter(plain.values())
    return {each: name if uses[name] == 1 else _marked(name, each, FORM_LIMIT) for each, name in plain.items()}


def role_name(role: str) -> str:
    """The role of a module for one of Frappe's."""
    name = _fit(slug(role), role, ROLE_LIMIT)
    return f"{name}_role" if name in _TAKEN_ROLES else name


def plain_title(name: str) -> str:
    """A title from a name with underscores: `due_date` is "Due Date"."""
    return " ".join(each.capitalize() for each in name.split("_") if each) or name


def _fit(name: str, whole: str, limit: int) -> str:
    if not name or not name[0].isalpha():
        name = f"d_{name}".rstrip("_")
    return name if len(name) <= limit and len(name) > 1 else _marked(name, whole, limit)


def _marked(name: str, whole: str, limit: int) -> str:
    mark = sha256(whole.encode()).hexdigest()[:4]
    return f"{name[: limit - 5].rstrip('_')}_{mark}"
