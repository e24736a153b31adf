"""What waits for the morning or for the day's digest, and is no longer true by then: it is not sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from notifications.models import Notification

State = Notification.State

_WORDS: Final = "Something newer was told first."
_REMINDED: Final = frozenset({"reminder_day"})
_PROMISED: Final = frozenset({"booking_pending", "booking_reserved", "booking_changed"})
OVERTAKES: Final[Mapping[str, frozenset[str]]] = {
    "booking_changed": _REMINDED,
    "booking_canceled": _PROMISED | _REMINDED,
    "booking_rejected": _PROMISED,
    "noshow_marked": _REMINDED,
}


def skip_overtaken(user_id: UUID, *, kind: str, reference: str, now: datetime) -> int:
    """Of what is held back about a booking, leave out what this kind of news has overtaken; returns how many.

    Only what nobody has tried to send yet, so that nothing is lost of what was said in its time.
    """
    waiting = Notification.objects.filter(
        recipient=user_id,
        kind__in=OVERTAKES.get(kind, ()),
        data__reference=reference,
        state=State.QUEUED,
        attempts=0,
        due_at__gt=now,
    )
    return waiting.update(state=State.SKIPPED, error=_WORDS)
