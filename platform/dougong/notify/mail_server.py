"""How a tenant sends mail: server, encryption, account, sender. One rule: it lies in the control database, so no export or
backup of a tenant holds the password, and nothing but sending ever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import Connection, column, delete, insert, select, table

from ..storage.types import Instant, Int, Text

Security = Literal["starttls", "tls", "none"]
SECURITIES: tuple[Security, ...] = ("starttls", "tls", "none")

_mail = table(
    "mail",
    column("tenant", Text()),
    column("host", Text()),
    column("port", Int()),
    column("security", Text()),
    column("login", Text()),
    column("secret", Text()),
    column("sender", Text()),
    column("sender_name", Text()),
    column("changed_at", Instant()),
)


@dataclass(frozen=True, slots=True)
class MailServer:
    """`login` empty: the server asks for none. `secret` is never shown, written down or audited."""

    host: str
    port: int
    security: Security
    login: str
    secret: str
    sender: str
    sender_name: str

    def __repr__(self) -> str:
        """Without the password, for logs and tracebacks."""
        return f"MailServer({self.host}:{self.port}, {self.security})"


def server_of(control: Connection, tenant: str) -> MailServer | None:
    """The tenant's server, None when it has none."""
    row = control.execute(select(_mail).where(_mail.c.tenant == tenant)).one_or_none()
    if row is None:
        return None
    security = cast(Security, row.security)
    return MailServer(row.host, row.port, security, row.login, row.secret, row.sender, row.sender_name)


def put(control: Connection, tenant: str, server: MailServer | None, now: datetime) -> None:
    """Set it, or forget it."""
    control.execute(delete(_mail).where(_mail.c.tenant == tenant))
    if server is not None:
        row = {
            "tenant": tenant, "host": server.host, "port": server.port, "security": server.security,
            "login": server.login, "secret": server.secret, "sender": server.sender,
            "sender_name": server.sender_name, "changed_at": now,
        }  # fmt: skip
        control.execute(insert(_mail).values(row))
