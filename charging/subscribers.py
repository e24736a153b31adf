"""Sessions as watchers of their bookings see them, live."""

from charging.event_types import SESSION_EVENTS
from charging.models import Session
from evbooking.core.events import subscribe
from evbooking.core.live import SESSION_UPDATED, LiveEntry, push
from evbooking.core.models import DomainEvent


def session_entry(session: Session) -> LiveEntry:
    """A `session.updated` entry, for those who may watch the session's booking."""
    data = {
        "id": session.pk,
        "booking": session.booking_reference,
        "evse_uid": session.evse.uid,
        "status": session.status,
        "start": session.start,
        "end": session.end,
        "energy_kwh": session.kwh,
        "last_updated": session.last_updated,
    }
    return LiveEntry(SESSION_UPDATED, data, booking=session.booking_reference or "")


@subscribe(*SESSION_EVENTS, handler="live.sessions")
def push_session(event: DomainEvent) -> None:
    """Show the session's present state; one without a booking has nobody who watches it."""
    session = Session.objects.select_related("evse").filter(pk=event.data["session_id"]).first()
    if session is not None and session.booking_reference:
        push(session_entry(session))
