"""Results as text: JSON with exact decimals for scripts, aligned columns for people."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from ..storage import exact_json
from .command import Result

#: The command line speaks the language of the shell it runs in.
LANGUAGE = "zh_CN" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("zh") else "en"


def printed(result: Result, *, as_json: bool) -> str:
    """What goes to stdout, ending in a line break unless there is nothing to say."""
    if as_json:
        return exact_json.dumps(result.data) + "\n"
    text = result.text if result.text is not None else _text(result.data)
    return text + "\n" if text and not text.endswith("\n") else text


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows of equal keys as aligned columns with a head."""
    if not rows:
        return ""
    names = list(rows[0])
    cells = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(names))]
    lines = ("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells)
    return "\n".join(line.rstrip() for line in lines)


def _text(data: Any) -> str:
    if isinstance(data, Mapping) and isinstance(data.get("items"), list):
        return table(data["items"])
    return "" if data is None else exact_json.dumps(data)


def _cell(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else exact_json.dumps(value)
