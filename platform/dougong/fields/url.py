"""A web address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ..definition.model import Field
from ._characters import plain
from ._coded import _Coded
from .type import Unreadable

_UNSAFE = re.compile(r"[\s\\<>\"`{}|^\x00-\x1f\x7f]")
_HOST = re.compile(r"[^\s.:/?#@]+(\.[^\s.:/?#@]+)*\.?|\[[0-9a-fA-F:.]+\]")
_BARE = re.compile(r"[^\s:/?#@]+\.[^\s:/?#@]{2,}([:/?#]\S*)?")


class Url(_Coded):
    """http or https and nothing else, at most 2,000 characters, no name and password before the host: what is shown is a
    link that people will follow. Typed without http:// it is taken as https://."""

    name = "url"
    widget = "url"
    limit = 2_000
    sortable = False

    def normal(self, text: str) -> str:
        address = text.strip()
        parts = _split(address)
        hidden = any(unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") for char in address)
        if parts is None or hidden or _UNSAFE.search(address) or "@" in parts.netloc:
            raise Unreadable("format", format="uri", value=text[:60])
        if parts.scheme.lower() not in ("http", "https"):
            raise Unreadable("format", format="uri", reason="scheme", value=text[:60])
        if not _HOST.fullmatch(_host(parts)):
            raise Unreadable("format", format="uri", value=text[:60])
        return f"{parts.scheme.lower()}{address[len(parts.scheme) :]}"

    def read_form(self, raw: Sequence[str], field: Field) -> Any:
        text = super().read_form(raw, field)
        if text is None:
            return None
        bare = plain(text)
        return f"https://{bare}" if "://" not in bare and _BARE.fullmatch(bare) else text

    def mask(self, value: Any, field: Field) -> str:
        """The host alone is told: `https://example.com/****`."""
        parts = _split(str(value))
        return f"{parts.scheme}://{parts.netloc}/****" if parts is not None and parts.netloc else "****"

    def samples(self, field: Field) -> Sequence[Any]:
        return [
            "http://localhost:8000/", "https://a.cn", "https://example.com/a?b=c&d=%20#e", "https://工地.test/图纸?第=1",
            "https://[::1]/x",
        ]  # fmt: skip

    def bad_samples(self, field: Field) -> Sequence[tuple[Any, str]]:
        texts = (
            "javascript:alert(1)", "ftp://a.cn", "//a.cn", "a.cn", "https://", "https://a b.cn", "https:\\\\a.cn",
            "https://bank.cn@evil.test/", "data:text/html,x", "https://a.cn/\nb", "http://[::1", "https://a.cn:x/",
            "https://a.cn/\u202egpj.exe",
        )  # fmt: skip
        return [*super().bad_samples(field), *((each, "format") for each in texts), ("https://a.cn/" * 200, "length")]

    def sample_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uri"}


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _host(parts: SplitResult) -> str:
    """The host as written: brackets kept, the port not."""
    return re.sub(r":\d*$", "", parts.netloc)
