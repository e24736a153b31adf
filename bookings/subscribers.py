"""What happens to bookings when a station closes, is suspended, or loses an EVSE.

An EVSE that is out of service for a cause keeps its bookings, since causes pass: its operator sees them marked,
and if the cause lasts into the arrival window they are canceled free of charge (services.clock).
"""

from django.utils import timezone

from accounts.models import User
from bookings import live, metrics  # noqa: F401 - they register subscribers
from bookings.models import Booking
from bookings.services.withdraw import withdraw_slots
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import Status
from stations.models import Closure, Station


@subscribe("station.closed", handler="bookings.closure")
def withdraw_closed_slots(event: DomainEvent) -> None:
    """A closure cancels the bookings it meets, unless it was taken back meanwhile."""
    closure = (
        Closure.objects.select_related("evse").filter(pk=event.data["closure"], canceled_at=None).first()
    )
    if closure is None:
        return
    withdraw_slots(
        closure.station_id,
        start=closure.start,
        end=closure.end,
        evse_uid=closure.evse.uid if closure.evse else None,
        by=Booking.CanceledBy.OPERATOR,
        actor=_actor(event),
        now=timezone.now(),
        words=f"Closed: {closure.reason}",
    )


@subscribe("station.suspended", handler="bookings.suspension")
def withdraw_suspended_slots(event: DomainEvent) -> None:
    """A suspension cancels all that has not begun, unless it was lifted meanwhile."""
    suspended = Station.Approval.SUSPENDED
    station = Station.objects.filter(pk=event.data["station_id"], approval=suspended).first()
    if station is None:
        return
    now = timezone.now()
    words = "The station was taken out of the network."
    withdraw_slots(
        station.pk, start=now, by=Booking.CanceledBy.SYSTEM, actor=_actor(event), now=now, words=words
    )


@subscribe("evse.status", handler="bookings.removal")
def withdraw_removed_slots(event: DomainEvent) -> None:
    """Removing an EVSE for ever cancels what was booked at it."""
    if event.data["after"].get("status") != Status.REMOVED:
        return
    station = Station.objects.get(pk=event.data["station_id"])
    now = timezone.now()
    withdraw_slots(
        station.pk,
        start=now,
        evse_uid=event.data["evse_uid"],
        by=Booking.CanceledBy.OPERATOR,
        actor=_actor(event),
        now=now,
        words="The charge point was removed.",
    )


def _actor(event: DomainEvent) -> User | None:
    return User.objects.filter(pk=event.data["actor"]).first() if event.data["actor"] else None
