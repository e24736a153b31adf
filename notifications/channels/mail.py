"""E-mail by Django's mail backend: SMTP, or any of django-anymail's providers, as EMAIL_URL or EMAIL_BACKEND says."""

import smtplib
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from notifications.attachments import attachments_of
from notifications.channels.outcomes import Accepted, Refused, Unavailable
from notifications.mails import compose
from notifications.models import Notification

PERMANENT_FROM = 500  # SMTP's 5yz: "the same command should not be repeated" (RFC 5321, 4.2.1)
SERVER_ERROR = 500


class MailSender:
    """One connection for a batch. A second try has the Message-ID of the first, by which mailboxes keep one."""

    def __enter__(self) -> Self:
        self._connection: Any = get_connection()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def send(self, messages: Sequence[Notification]) -> Accepted:
        first = messages[0]
        mail = message_for(messages)
        mail.connection = self._connection
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise _judged(code, text, first.recipient.email) from error
        except smtplib.SMTPResponseException as error:
            raise _judged(error.smtp_code, error.smtp_error, first.recipient.email) from error
        except AnymailRecipientsRefused as error:
            raise Refused("The provider refused the address.", address=first.recipient.email) from error
        except AnymailError as error:
            raise _by_provider(error, first.recipient.email) from error
        except (smtplib.SMTPException, OSError) as error:
            self._connection.close()  # the next message opens it anew
            raise Unavailable(f"{type(error).__name__}: {error}") from error
        status = getattr(mail, "anymail_status", None)
        identity = getattr(status, "message_id", None) or mail.extra_headers["Message-ID"]
        return Accepted(first.recipient.email, str(identity))

    def find(self, message: Notification, *, since: datetime) -> Accepted | None:
        """Mail has no look-up, and needs none: see the class."""


def message_for(messages: Sequence[Notification]) -> EmailMultiAlternatives:
    """The whole mail of one message, or of a digest: text, HTML, headers of one-click unsubscribing, calendar."""
    first, content = messages[0], compose(messages)
    host = urlsplit(settings.PUBLIC_URL).hostname
    headers = {
        "Message-ID": f"<{first.pk}@{host}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": first.language,
    }
    if content.unsubscribe_url:
        headers |= {
            "List-Unsubscribe": f"<{content.unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    mail = EmailMultiAlternatives(content.subject, content.text, to=[first.recipient.email], headers=headers)
    mail.attach_alternative(content.html, "text/html")
    for part in attachments_of(messages):
        mail.attach(part)
    return mail


def _judged(code: int, text: bytes | str, address: str) -> Refused | Unavailable:
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    if code >= PERMANENT_FROM:
        return Refused(words, code=str(code), address=address)
    return Unavailable(words, code=str(code))


def _by_provider(error: AnymailError, address: str) -> Refused | Unavailable:
    status = getattr(error, "status_code", None)
    if status and status < SERVER_ERROR and status != 429:
        return Refused("The provider refused the mail.", code=str(status), address=address)
    return Unavailable(f"{type(error).__name__}", code=str(status or ""))
