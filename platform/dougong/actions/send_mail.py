"""Sends a mail in the name of a tenant, by the server its admins have set. One rule: never inside a transaction, for a mail
cannot be taken back and a slow server would hold everybody up."""

from __future__ import annotations

from ..kernel.errors import Conflict
from ..notify import mail, mail_server
from .installation import Installation


def mail_ready(inst: Installation, tenant: str) -> bool:
    """Whether the tenant has a server to send by."""
    with inst.database.control_read() as control:
        return mail_server.server_of(control, tenant) is not None


def send_mail(inst: Installation, tenant: str, to: str, subject: str, text: str) -> None:
    """Hand it to the server, which takes some seconds at worst. Raises Conflict `mail_not_set`, DougongError `mail_…`."""
    with inst.database.control_read() as control:
        server = mail_server.server_of(control, tenant)
    if server is None:
        raise Conflict("mail_not_set")
    mail.send(server, to, subject, text, inst.clock.now())
