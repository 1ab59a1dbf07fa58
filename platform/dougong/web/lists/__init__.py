"""Lists: what one sees of a form's records, and how. `blueprint` is the area; its routes lie in routes, saved and cards."""

from __future__ import annotations

from . import cards, saved
from .routes import blueprint

__all__ = ["blueprint", "cards", "saved"]
