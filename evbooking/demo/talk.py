"""A little conversation for the demo: of the driver with the operator, and about an approval."""

from datetime import datetime, timedelta
from typing import Final

from accounts.models import User
from bookings.models import Booking
from notifications.models import Side
from notifications.seats import Subject
from notifications.selectors.threads import seat_in
from notifications.services.threads.writing import post, write_about
from stations.models import Station

_ASKED: Final = "Hello, is there a roof over the charge points? I come with a pram."
_ANSWERED: Final = "Good morning. Yes, bays 1 and 2 are covered, and the lift is next to them."
_THANKED: Final = "Perfect, thank you!"
_WONDERED: Final = "Which of the two gates do drivers use? The address has one on each side."
_EXPLAINED: Final = "The gate in the north. We have put that into the description now."
_HOUR: Final = timedelta(hours=1)


def talk(now: datetime) -> int:
    """Have the demo's people write to each other; returns how many posts, 0 where they are not all there."""
    people = {user.email: user for user in User.objects.filter(email__endswith="@example.org")}
    driver, operator, admin = (people.get(f"{part}@example.org") for part in ("driver", "operator", "admin"))
    if driver is None or operator is None or admin is None:
        return 0
    return _ask(driver, operator, now) + _discuss(operator, admin, now)


def _ask(driver: User, operator: User, now: datetime) -> int:
    """About the driver's latest booking at a station of the operator's, else about one of those stations."""
    visits = Booking.objects.filter(
        driver=driver, station__operator__members=operator, reference__isnull=False
    )
    booking = visits.select_related("station", "driver").order_by("start").last()
    station = Station.objects.public().filter(operator__members=operator).order_by("slug").first()
    if booking is not None:
        subject = Subject.of_booking(booking)
    elif station is not None:
        subject = Subject.of_station(station, driver)
    else:
        return 0
    asked = write_about(subject, author=driver, side=Side.DRIVER, body=_ASKED, now=now - 3 * _HOUR)
    post(seat_in(operator, asked.thread_id), body=_ANSWERED, now=now - 2 * _HOUR)
    post(seat_in(driver, asked.thread_id), body=_THANKED, now=now - _HOUR)
    return 3


def _discuss(operator: User, admin: User, now: datetime) -> int:
    """About the first station of the operator's that waits for its approval."""
    waiting = Station.objects.filter(operator__members=operator, approval=Station.Approval.SUBMITTED)
    station = waiting.order_by("slug").first()
    if station is None:
        return 0
    subject = Subject.of_approval(station)
    asked = write_about(subject, author=admin, side=Side.ADMINISTRATOR, body=_WONDERED, now=now - 5 * _HOUR)
    post(seat_in(operator, asked.thread_id), body=_EXPLAINED, now=now - 4 * _HOUR)
    return 2
