"""A real mail server for tests: aiosmtpd on a port of its own, with or without TLS and AUTH, that keeps what it is sent."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

#: For localhost and this test alone.
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUUJSTIC445oehYR1N4W/hc6/S2lMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA5MDk0NloYDzIxMjYxMDI5
MDkwOTQ2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAShE7N8dTg2anvCVlQOoMSfmrlX9hzAxrTsy+OkxeMzNHrdjiCq6aZp
Pe94y4H0mvdZi18BV9l3+1VT3nLLVT1uo28wbTAdBgNVHQ4EFgQUhR9h8RfmjtWy
G9QQ5HEQfDHAmPMwHwYDVR0jBBgwFoAUhR9h8RfmjtWyG9QQ5HEQfDHAmPMwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgCXOtqspiVScQ24lrvFDB5nJzDT1E2xoX9eMNvA/4FjUCIQC2
mJI6mXXEQsye2OxCFj1/68pDPr4AUCrHIUauTNlSfQ==
-----END CERTIFICATE-----
"""
KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9T5xwB/fVbx4YRDV
i5nG6O/KdPmlq8VC9cwvcO7LMfehRANCAAShE7N8dTg2anvCVlQOoMSfmrlX9hzA
xrTsy+OkxeMzNHrdjiCq6aZpPe94y4H0mvdZi18BV9l3+1VT3nLLVT1u
-----END PRIVATE KEY-----
"""


@dataclass
class Mailbox:
    """What arrived; addresses beginning with "nobody" are refused, as is the sender "spammer@…"."""

    port: int
    mails: list[Envelope] = field(default_factory=list)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if address.startswith("spammer"):
            return "553 not yours to send from"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        self.mails.append(envelope)
        return "250 kept"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def certificate(folder: Path) -> Path:
    """The certificate as a file, for those who are to trust it."""
    file = folder / "localhost.pem"
    file.write_text(CERTIFICATE + KEY)
    return file


@contextmanager
def mailbox(port: int, folder: Path, *, security: str = "none", password: str = "") -> Iterator[Mailbox]:
    """A server on the port; with a password it takes the account "mailer" and nobody else."""
    kept = Mailbox(port)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder))

    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        right = given.login == b"mailer" and given.password == password.encode()
        return AuthResult(success=right, handled=right)

    more: dict[str, Any] = {}
    if password:
        more = {"authenticator": check, "auth_required": True, "auth_require_tls": True}
    if security == "starttls":
        more |= {"tls_context": context, "require_starttls": True}
    elif security == "tls":
        more |= {"ssl_context": context}
    running = Controller(kept, hostname="127.0.0.1", port=port, **more)
    running.start()
    try:
        yield kept
    finally:
        running.stop()
