"""Settings: `DOUGONG_*` variables read once at start. Each field's metadata is its documentation (docs/settings.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .errors import Refused

PREFIX = "DOUGONG_"


def _setting(default: Any, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class Settings:
    """The installation's settings; `from_environment` is the only reader of the environment."""

    data: Path = _setting(Path("var"), "Data folder: SQLite files, attachments, the generated secret key.")
    database_url: str = _setting("", "PostgreSQL URL (`postgresql://…`). Absent: SQLite files in the data folder.")
    secret_key: str = _setting("", "Key that signs cookies. Absent: generated once and kept, 0600, in the data folder.")
    public_url: str = _setting("", "Address people use, for links in mail and for the cookie's Secure flag.")
    zone: ZoneInfo = _setting(ZoneInfo("Asia/Shanghai"), "Time zone in which a tenant's dates are meant.")
    language: str = _setting("zh_CN", "Language of the screen until a member chooses: `zh_CN` or `en`.")
    log_level: str = _setting("INFO", "Least severe log line written: DEBUG, INFO, WARNING or ERROR.")
    upload_limit: int = _setting(50 * 1024 * 1024, "Largest uploaded file, in bytes.")
    json_limit: int = _setting(16 * 1024 * 1024, "Largest JSON body, in bytes.")
    form_limit: int = _setting(12 * 1024 * 1024, "Largest urlencoded form body, in bytes.")
    session_hours: int = _setting(12, "Hours after which an idle session must sign in again.")
    mail_ports: str = _setting("25,465,587,2525", "Ports on which a company's admins may name a mail server.")
    build_rows: int = _setting(50_000, "Rows up to which a publish converts and recomputes inside its transaction.")
    test_postgres_url: str = _setting("", "PostgreSQL for the tests. Absent: one is installed by pip and started.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read every `DOUGONG_*` variable; an unknown name or a value of the wrong type refuses to start."""
        known = {PREFIX + each.name.upper(): each for each in fields(cls)}
        given: dict[str, Any] = {}
        for name, text in environment.items():
            if not name.startswith(PREFIX):
                continue
            if name not in known:
                raise Refused("unknown_setting", name=name)
            given[known[name].name] = _read(name, text, known[name].default)
        return cls(**given)


def _read(name: str, text: str, default: Any) -> Any:
    try:
        return type(default)(text)
    except Exception as error:  # ZoneInfo, Path and int raise different families
        raise Refused("bad_setting", name=name, value=text) from error
