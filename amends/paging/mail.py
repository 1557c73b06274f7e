"""Pages by mail."""

import contextlib
import hashlib
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from amends.connectors.ports import Page
from amends.errors import Refused, Trouble
from amends.models import Severity
from amends.paging.answers import PAGE_REFUSED
from amends.paging.server import MailServer, Tls
from amends.paging.wording import Language, Worded

_PATIENCE: Final = 10.0
"""Seconds for each answer of the server: one try of a page has 30 in all."""


def letter(
    server: MailServer, *, to: str, key: str, page: Page, text: Worded, language: Language, now: datetime
) -> EmailMessage:
    """The mail of a page. Its Message-ID follows from ``key``, so that a repeat is known by it; mails about one
    incident stand together."""
    domain = server.sender.rpartition("@")[2].strip("<>")
    message = EmailMessage(policy=SMTP)
    message["From"] = server.sender
    message["To"] = to
    message["Subject"] = " ".join(text.subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{_digest(key)}@{domain}>"
    message["References"] = f"<{_digest(page.incident_id)}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if page.severity in (Severity.CRITICAL, Severity.HIGH):
        message["Importance"] = "high"
    message.set_content(text.body)
    message["Content-Language"] = language
    return message


def send(server: MailServer, message: EmailMessage, *, shown: Callable[[str], str]) -> str:
    """Hands a mail over; the server's own words for having taken it. ``shown`` makes them fit to be shown.

    Raises ``Refused`` (``PageRefused``) for what the server will never take, ``Trouble`` for what may pass.
    """
    try:
        smtp = _connected(server)
        try:
            if server.tls is Tls.STARTTLS:
                smtp.starttls(context=ssl.create_default_context())
            if server.user:
                smtp.login(server.user, server.password)
            smtp.send_message(message)
        finally:
            _leave(smtp)
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise _said_no(code, words, shown) from None
    except smtplib.SMTPResponseException as error:
        raise _said_no(error.smtp_code, error.smtp_error, shown) from None
    except smtplib.SMTPNotSupportedError as error:
        raise Refused(PAGE_REFUSED, f"the mail server cannot do what is asked of it: {shown(str(error))}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Trouble(
            f"the mail server does not answer properly: {shown(str(error) or type(error).__name__)}"
        ) from None
    return shown(smtp.taken)


class _Smtp(smtplib.SMTP):
    """Remembers in which words a mail was taken: there is its number in the server's own log."""

    taken = ""

    def data(self, msg: object) -> tuple[int, bytes]:
        code, words = super().data(msg)  # type: ignore[arg-type] # bytes or text, as the library hands it on
        self.taken = f"{code} {words.decode(errors='replace')}"
        return code, words


class _SmtpOverTls(_Smtp, smtplib.SMTP_SSL):
    """The same, secured from its first byte."""


def _connected(server: MailServer) -> _Smtp:
    if server.tls is Tls.IMPLICIT:
        return _SmtpOverTls(server.host, server.port, timeout=_PATIENCE, context=ssl.create_default_context())
    return _Smtp(server.host, server.port, timeout=_PATIENCE)


def _leave(smtp: smtplib.SMTP) -> None:
    # what was taken stays taken, whatever becomes of the good-bye
    with contextlib.suppress(smtplib.SMTPException, OSError):
        smtp.quit()
    smtp.close()


def _said_no(code: int, words: bytes | str, shown: Callable[[str], str]) -> Refused | Trouble:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    said = f"the mail server answered {code}: {shown(text)}"
    return Refused(PAGE_REFUSED, said) if 500 <= code < 600 else Trouble(said)


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]
