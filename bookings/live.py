"""The present state of EVSEs and bookings as watchers see it, and the subscribers that push each change of it."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from bookings.event_types import BOOKING_EVENTS
from bookings.models import Booking
from bookings.selectors.statuses import shown_status
from bookings.services.telling import tell_changed_statuses
from evbooking.core.events import subscribe
from evbooking.core.live import BOOKING_UPDATED, EVSE_STATUS, LiveEntry, push
from evbooking.core.models import DomainEvent
from stations.models import EVSE


def snapshot(station_ids: Iterable[str], references: Iterable[str]) -> list[LiveEntry]:
    """The present state of all EVSEs of these stations and of these bookings."""
    evses = EVSE.objects.present().filter(station__in=list(station_ids))
    bookings = Booking.objects.filter(reference__in=list(references)).select_related("evse")
    return [*evse_entries(evses, timezone.now()), *map(booking_entry, bookings)]


def evse_entries(evses: Iterable[EVSE], now: datetime) -> list[LiveEntry]:
    """An `evse.status` entry for each EVSE."""
    rows = list(evses)
    shown = shown_status([evse.pk for evse in rows], now)
    return [
        LiveEntry(
            EVSE_STATUS,
            {
                "station": evse.station_id,
                "uid": evse.uid,
                "status": shown[evse.pk].status,
                "status_since": shown[evse.pk].since,
                "stale": shown[evse.pk].stale,
            },
            station=str(evse.station_id),
        )
        for evse in rows
    ]


def booking_entry(booking: Booking) -> LiveEntry:
    """A `booking.updated` entry."""
    data = {
        "reference": booking.reference,
        "status": booking.status,
        "payment_status": booking.payment_status,
        "hold_expires_at": booking.hold_expires_at,
        "station": booking.station_id,
        "evse_uid": booking.evse.uid,
        "start": booking.start,
        "end": booking.end,
        "last_updated": booking.last_updated,
    }
    return LiveEntry(BOOKING_UPDATED, data, booking=booking.reference or "")


@subscribe(*BOOKING_EVENTS, handler="live.bookings")
def push_booking(event: DomainEvent) -> None:
    """Show the booking's new state to those who watch it, and notice what its EVSE now shows."""
    booking = Booking.objects.select_related("evse").filter(pk=event.data["booking_id"]).first()
    if booking is None or not booking.reference:
        return
    push(booking_entry(booking))
    tell_changed_statuses(timezone.now(), [booking.evse_id])


@subscribe("evse.status", handler="live.evses")
def push_evse(event: DomainEvent) -> None:
    """Show the EVSE's present status to those who watch its station; a removed one is shown no more."""
    evses = list(EVSE.objects.present().filter(uid=event.data["evse_uid"]))
    entries = evse_entries(evses, timezone.now())
    for evse, entry in zip(evses, entries, strict=True):
        EVSE.objects.filter(pk=evse.pk).update(shown_status=entry.data["status"])
    push(*entries)
