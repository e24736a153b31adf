"""A line at one station for a time that is taken, the demo driver last in it; and what the demo driver watches."""

from datetime import datetime, timedelta
from typing import Final

from accounts.models import User
from bookings.availability import Window, Wish, free_slots, offer_now
from bookings.availability.window import usual_duration
from bookings.models import Booking
from bookings.services.waitlist.joining import join
from evbooking.core.ocpi import ReservationStatus
from notifications.services.watches.keeping import Slot, watch
from stations.models import Station

_AHEAD: Final = timedelta(hours=2), timedelta(hours=48)
_MINUTE: Final = timedelta(minutes=1)
_IN_LINE: Final = 2


def wait(now: datetime) -> int:
    """Put people in line; returns how many, 0 where nothing is taken or nobody drives."""
    driver = User.objects.filter(email="driver@example.org").first()
    found = _taken(now)
    if driver is None or found is None:
        return 0
    station, slot = found
    others = User.objects.filter(email__endswith="@demo.example").order_by("email")[:_IN_LINE]
    for number, person in enumerate([*others, driver]):
        join(
            person,
            stations=[station],
            earliest=slot.earliest,
            latest=slot.latest,
            duration_minutes=slot.duration_minutes,
            now=now - (_IN_LINE - number) * _MINUTE,
        )
    watch(driver, station, slot=slot, now=now)
    return len(others) + 1


def _taken(now: datetime) -> tuple[Station, Slot] | None:
    """The next start at a station that takes bookings, at which none of its EVSEs is free."""
    near, far = (now + ahead for ahead in _AHEAD)
    booked = Booking.objects.filter(
        status=ReservationStatus.RESERVED, start__range=(near, far), station__in=Station.objects.public()
    )
    for booking in booked.select_related("station").order_by("start", "reference"):
        offer = offer_now(booking.station_id)
        if offer is None or offer.terms is None or not offer.bookable:
            continue
        lasting = usual_duration(offer.terms)
        latest = booking.start + offer.terms.timeslot_increment_minutes * _MINUTE
        window = Window(booking.start, latest)
        [free] = free_slots([offer], window=window, wish=Wish(), now=now, duration=lasting)
        if len(free.free.starts) and not free.starts:
            return booking.station, Slot(booking.start, latest, lasting // _MINUTE)
    return None
