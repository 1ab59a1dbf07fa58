"""Where the data that travels with the code lies: schemas, bundled modules, templates, static files and catalogues.

One rule: an installed package carries them in `_data`, a checkout has them at its root; nobody else looks for them."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_DATA = _PACKAGE / "_data"

#: The folder that holds all data folders.
ROOT = _DATA if _DATA.is_dir() else _PACKAGE.parents[1]

SCHEMAS = ROOT / "schemas"
MODULES = ROOT / "modules"
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
LOCALE = ROOT / "locale"
