"""The mail server: takes everything by SMTP and keeps one of two mails with the same Message-ID, as mailboxes do."""

from __future__ import annotations

import asyncio
import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from typing import TYPE_CHECKING
from uuid import uuid4

from notifications.sandbox.store import Json, Store

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

ACCEPTED = "250 Taken, it goes nowhere"


class Mailbox:
    """aiosmtpd's handler. A fault with `code` refuses a recipient by that SMTP code, or is slow about it."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        fault = self.store.take_fault("mail", address)
        if fault and fault["seconds"]:
            await asyncio.sleep(fault["seconds"])
        if fault and fault["code"]:
            return f"{fault['code']} The sandbox was asked to refuse {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        message = email.message_from_bytes(
            content if isinstance(content, bytes) else content.encode(), policy=email.policy.default
        )
        for address in envelope.rcpt_tos:
            self._keep(message, address)
        fault = self.store.take_fault("mail-answer", ",".join(envelope.rcpt_tos))
        return f"{fault['code']} The mail is kept, and the answer is a fault" if fault else ACCEPTED

    def _keep(self, message: EmailMessage, address: str) -> None:
        identity = f"{message['Message-ID']} {address}"
        mail: Json = {
            "id": uuid4().hex,
            "message_id": str(message["Message-ID"] or ""),
            "to": address,
            "from": str(message["From"] or ""),
            "subject": str(message["Subject"] or ""),
            "headers": [[name, str(value)] for name, value in message.items()],
            "text": _part(message, "plain"),
            "html": _part(message, "html"),
            "attachments": [_attachment(part) for part in message.iter_attachments()],
            "received_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "times": 1,
        }
        if not self.store.add("mail", identity, mail):
            known = self.store.get("mail", identity) or mail
            self.store.save("mail", identity, {**known, "times": known["times"] + 1})


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body else ""


def _attachment(part: Message) -> Json:
    """Its name, its type with all parameters, and its text."""
    content = part.get_payload(decode=True)
    text = content.decode(errors="replace") if isinstance(content, bytes) else ""
    return {"name": part.get_filename() or "", "type": str(part["Content-Type"]), "text": text}


def find(store: Store, mail_id: str) -> Json | None:
    """A mail by the id it has here."""
    return next((mail for mail in store.newest("mail") if mail["id"] == mail_id), None)
