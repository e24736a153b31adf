"""What Twilio reports about a message: reports may come late, twice and in any order."""

from datetime import datetime
from typing import Final

from django.db import transaction

from evbooking.core.errors import NotFound
from notifications.models import Channel, Notification
from notifications.services.phones import disable_number
from notifications.twilio_errors import DISABLING, OPTED_OUT

State = Notification.State

# MessageStatus (api_v2010, message_enum_status) by how far it is; what is not named here says nothing new
_SENT: Final = frozenset({"accepted", "scheduled", "queued", "sending", "sent"})
_DELIVERED: Final = frozenset({"delivered", "read", "partially_delivered"})
_FAILED: Final = frozenset({"failed", "undelivered", "canceled"})
_OPEN: Final = (State.QUEUED, State.SENDING, State.SENT)


@transaction.atomic
def apply_report(
    message_id: str, *, sid: str, status: str, error_code: str, number: str, now: datetime
) -> Notification:
    """Move the message to where Twilio says it is, never back. Raises NotFound.

    A report about a message whose sender died before it heard the answer proves that it was sent.
    """
    rows = Notification.objects.select_for_update().filter(pk=message_id, channel=Channel.SMS)
    message = rows.first()
    if message is None or (message.provider_id and message.provider_id != sid):
        raise NotFound
    if status in _DELIVERED:
        _move(message, (*_OPEN, State.FAILED), sid, number, state=State.DELIVERED, delivered_at=now, error="")
    elif status in _FAILED:
        words = DISABLING.get(int(error_code or 0), f"Twilio says {status}.")
        _move(
            message, _OPEN, sid, number, state=State.FAILED, failed_at=now, error=words, error_code=error_code
        )
        if int(error_code or 0) in {*DISABLING, OPTED_OUT}:
            disable_number(number, code=error_code, words=words, now=now)
    elif status in _SENT:
        _move(message, (State.QUEUED, State.SENDING), sid, number, state=State.SENT, sent_at=now)
    return message


def _move(message: Notification, sources: tuple[str, ...], sid: str, number: str, **fields: object) -> None:
    values = {"provider_id": sid, "address": number, **fields}
    if message.sent_at is None and "sent_at" not in values:
        values["sent_at"] = fields.get("delivered_at")
    Notification.objects.filter(pk=message.pk, state__in=sources).update(**values)
    message.refresh_from_db()
