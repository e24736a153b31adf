"""Live updates: one Redis stream that subscribers feed and every live process reads.

An entry carries the object's state at the time it was read, so a repeated or late entry does no harm, and
its stream id is the id a client resumes from.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from evbooking.core.redis_client import client

STREAM = "evb:live"
KEPT_ENTRIES = 20_000  # about an hour at five changes a second; older clients get a fresh snapshot
EVSE_STATUS = "evse.status"
BOOKING_UPDATED = "booking.updated"
SESSION_UPDATED = "session.updated"


@dataclass(frozen=True, slots=True)
class LiveEntry:
    """One update: `station` (id) reaches everyone watching it, `booking` (reference) only its own people,
    `user` (id) only that person."""

    kind: str
    data: dict[str, Any]
    station: str = ""
    booking: str = ""
    user: str = ""

    def fields(self) -> dict[Any, Any]:
        """The entry as stored in the stream."""
        body = json.dumps(self.data, cls=DjangoJSONEncoder, separators=(",", ":"))
        return {
            "kind": self.kind,
            "station": self.station,
            "booking": self.booking,
            "user": self.user,
            "data": body,
        }


def push(*entries: LiveEntry) -> None:
    """Append entries to the stream in one round trip; RedisError when it cannot be reached."""
    pipeline = client().pipeline(transaction=False)
    for entry in entries:
        pipeline.xadd(STREAM, entry.fields(), maxlen=KEPT_ENTRIES, approximate=True)
    pipeline.execute()
