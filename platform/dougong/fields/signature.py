"""A signature drawn by hand."""

from __future__ import annotations

from typing import Any, ClassVar

from ..definition.model import Field
from ._files import _Files


class Signature(_Files):
    """JSON: array of one file id, a picture; the id alone is accepted too."""

    name = "signature"
    json_type: ClassVar[str | tuple[str, ...]] = ("array", "string")
    widget = "signature"
    most = 1

    def read(self, value: Any, field: Field) -> Any:
        return super().read([value] if isinstance(value, str) and value else value, field)
