"""The events that a webhook can be told of, and which of ours each comes from."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from charging.event_types import SESSION_EVENTS
from evbooking.core.ocpi import ReservationStatus as S
from stations.event_types import STATION_EVENTS

PING: Final = "webhook.ping"
EVENTS: Final[Mapping[str, str]] = {
    "booking.created": "A booking was made or asked for",
    "booking.changed": "A booking has another time, state or payment, with the values before",
    "booking.canceled": "A booking was canceled",
    "booking.no_show": "Nobody came to a booking",
    "session.started": "A car began to charge",
    "session.updated": "A charging session goes on",
    "session.completed": "A charging session ended",
    "station.submitted": "A station was submitted for approval",
    "station.approved": "A station was approved",
    "station.rejected": "A station was sent back",
    "station.suspended": "A station was suspended",
    "station.changed": "Something about a station changed",
    "station.closed": "A station or one charge point is closed for a while",
}
_BEFORE: Final = frozenset({S.HELD, S.EXPIRED})  # nobody's business but the driver's

_Data = Mapping[str, Any]


def _accepted(data: _Data) -> str:
    """It came to be, or its operator agreed to it."""
    return "booking.created" if _status_before(data) in _BEFORE else "booking.changed"


def _canceled(data: _Data) -> str | None:
    return None if _status_before(data) in _BEFORE else "booking.canceled"


def _changed(data: _Data) -> str | None:
    return None if data["status"] in _BEFORE else "booking.changed"


def _status_before(data: _Data) -> str:
    return str((data["before"] or {}).get("status", S.HELD))


_BOOKINGS: Final[Mapping[str, Callable[[_Data], str | None]]] = {
    "booking.pending": _accepted,
    "booking.reserved": _accepted,
    "booking.canceled": _canceled,
    "booking.no_show": lambda _: "booking.no_show",
    "booking.rejected": _changed,
    "booking.failed": _changed,
    "booking.rescheduled": _changed,
    "booking.fulfilled": _changed,
    "booking.completed": _changed,
    "booking.payment": _changed,
}
SOURCES: Final = (*_BOOKINGS, *SESSION_EVENTS, *STATION_EVENTS)


def public_name(type_: str, data: _Data) -> str | None:
    """What an event of ours is called outside; None where it is told to nobody (a hold, and what became of it)."""
    judge = _BOOKINGS.get(type_)
    return judge(data) if judge else type_
