"""The key that signs cookies: from the settings, else generated once and kept in the data folder, readable by its owner
only."""

from __future__ import annotations

import os
from pathlib import Path

from ..kernel.ids import new_token
from ..kernel.settings import Settings

FILE = "secret_key"


def secret_key(settings: Settings) -> str:
    """The installation's key; two processes that start at once agree on one."""
    if settings.secret_key:
        return settings.secret_key
    settings.data.mkdir(parents=True, exist_ok=True)
    file = settings.data / FILE
    if not file.exists():
        _create(file)
    return file.read_text(encoding="ascii").strip()


def _create(file: Path) -> None:
    part = file.with_name(f".{FILE}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as made:
        made.write(new_token(48) + "\n")
    try:
        os.link(part, file)
    except FileExistsError:
        pass
    finally:
        part.unlink()
