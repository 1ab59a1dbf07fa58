"""What email, phone, url, id_card, credit_code and barcode share: one line of text with a spelling of its own. One rule: the
same thing typed in two ways is kept in one, so that it is found, compared and unique."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from ..definition.model import Field
from ._keywords import text_rules, values_rules
from ._texts import _Text
from .type import Rule


class _Coded(_Text):
    limit = 254
    converts_from: ClassVar[tuple[str, ...]] = ("text", "long_text", "choice")

    def normal(self, text: str) -> str:
        """The one spelling that is kept. Raises Unreadable `format` with a `reason`, or `length`."""
        raise TypeError(f"{self.name} has no spelling")

    def read(self, value: Any, field: Field) -> Any:
        text = super().read(value, field)
        return None if text is None else self.normal(text)

    def rules(self, field: Field) -> Sequence[Rule]:
        """The schema's `format` is the type itself, and `read` has judged it."""
        asked = {key: each for key, each in field.schema.items() if key != "format"}
        return [*values_rules(asked, self._same), *text_rules(asked)]
