"""Sends one mail through a tenant's server and says in one code what went wrong. One rule: it is called outside every
transaction, waits ten seconds at most at each step, and a header is one line whatever was put into it."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from ..kernel.errors import DougongError
from .mail_server import MailServer

TIMEOUT = 10.0


def send(server: MailServer, to: str, subject: str, text: str, now: datetime) -> None:
    """Hand the mail to the server. Raises DougongError with a code `mail_…`; `detail` is what the server said."""
    message = compose(server, to, subject, text, now)
    with _plainly(server), _connected(server) as smtp:
        if server.login:
            _sign_in(server, smtp)
        try:
            smtp.send_message(message, server.sender, [to])
        except smtplib.SMTPSenderRefused as error:
            raise DougongError("mail_sender", address=server.sender, detail=_said(error.smtp_error)) from error
        except smtplib.SMTPRecipientsRefused as error:
            _, said = next(iter(error.recipients.values()))
            raise DougongError("mail_recipient", address=to, detail=_said(said)) from error


def compose(server: MailServer, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
    """The mail as it is sent."""
    message = EmailMessage()
    message["From"] = Address(_line(server.sender_name), addr_spec=server.sender)
    message["To"] = to
    message["Subject"] = _line(subject)[:200]
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=_domain(server))
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context()
    own = _domain(server)
    if server.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, own, timeout=TIMEOUT, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, own, timeout=TIMEOUT)
    with smtp:
        if server.security == "starttls":
            smtp.ehlo()
            if not smtp.has_extn("starttls"):
                raise DougongError("mail_no_starttls", host=server.host)
            smtp.starttls(context=context)
        yield smtp


def _sign_in(server: MailServer, smtp: smtplib.SMTP) -> None:
    try:
        smtp.login(server.login, server.secret)
    except smtplib.SMTPAuthenticationError as error:
        raise DougongError("mail_auth", host=server.host, detail=_said(error.smtp_error)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise DougongError("mail_no_auth", host=server.host) from error


@contextmanager
def _plainly(server: MailServer) -> Iterator[None]:
    """Every other way a connection can end, as a refusal."""
    place = {"host": server.host, "port": str(server.port)}
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise DougongError("mail_certificate", **place, detail=_line(error.verify_message)) from error
    except ssl.SSLError as error:
        raise DougongError("mail_tls", **place) from error
    except socket.gaierror as error:
        raise DougongError("mail_name", **place) from error
    except TimeoutError as error:
        raise DougongError("mail_timeout", **place) from error
    except smtplib.SMTPServerDisconnected as error:
        silent = isinstance(error.__context__, TimeoutError)  # smtplib tells a silence while reading as a disconnection
        raise DougongError("mail_timeout" if silent else "mail_closed", **place) from error
    except smtplib.SMTPResponseException as error:
        raise DougongError("mail_refused", **place, detail=f"{error.smtp_code} {_said(error.smtp_error)}") from error
    except (smtplib.SMTPException, ValueError) as error:
        raise DougongError("mail_refused", **place, detail=_line(str(error))) from error
    except OSError as error:
        raise DougongError("mail_connection", **place) from error


def _said(answer: bytes | str) -> str:
    return _line(answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer)


def _line(text: str) -> str:
    """One line of what can be seen, at most 200 characters."""
    return "".join(each if each.isprintable() else " " for each in text).strip()[:200]


def _domain(server: MailServer) -> str:
    return server.sender.rpartition("@")[2]
