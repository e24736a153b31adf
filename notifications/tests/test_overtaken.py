"""What waits for the morning or the day's digest, and is no longer true by then, is not told any more."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import cancel_for_operator
from bookings.services.confirm import confirm
from bookings.services.hold import hold_slot
from bookings.services.reschedule import reschedule
from evbooking.core.ocpi import CanceledReason
from evbooking.core.relay import relay
from notifications.models import Notification
from notifications.services.preferences import set_preferences
from notifications.services.prompts import say_prompts
from notifications.tests.conftest import berlin
from stations.models import Station
from tests.factories import make_booking

pytestmark = pytest.mark.django_db
NIGHT = berlin("2026-12-01 23:00")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NIGHT, tick=False) as clock:
        yield clock


def booked(station: Station, driver: User, start: datetime) -> Booking:
    held = hold_slot(driver, station=station, start=start, end=start + HOUR, now=NIGHT)
    return confirm(held, actor=driver, now=NIGHT)


def waiting(kind: str, **more: Any) -> dict[str, str]:
    """How far the messages of this kind are, by channel, but the inbox."""
    found = Notification.objects.filter(kind=kind, **more).exclude(channel="inbox")
    return dict(found.values_list("channel", "state"))


def test_a_booking_that_is_canceled_in_the_night_is_not_confirmed_in_the_morning(
    station: Station, reachable: User, owner: User
) -> None:
    """The cancellation has come at night, because it cannot wait."""
    booking, other = (booked(station, reachable, NIGHT + hours * HOUR) for hours in (13, 37))
    relay()
    everywhere = dict.fromkeys(("email", "sms", "push"), "QUEUED")
    assert waiting("booking_reserved", data__reference=booking.reference) == everywhere
    reason = CanceledReason.BROKEN_CHARGER
    cancel_for_operator(booking, actor=owner, now=NIGHT, reason=reason, words="Broken.")
    relay()
    assert waiting("booking_reserved", data__reference=booking.reference) == {
        "email": "QUEUED",  # due at once, and so on its way before the cancellation
        "sms": "SKIPPED",
        "push": "SKIPPED",
    }
    skipped = Notification.objects.filter(state="SKIPPED").values_list("error", flat=True)
    assert set(skipped) == {"Something newer was told first."}
    assert waiting("booking_canceled") == everywhere
    assert waiting("booking_reserved", data__reference=other.reference) == everywhere


def test_a_reminder_in_the_digest_of_a_booking_that_was_moved_is_not_told(
    station: Station, driver: User
) -> None:
    set_preferences(driver, switches={}, digest=True)
    evse, start = station.evses.earliest("uid"), NIGHT + 23 * HOUR
    booking = make_booking(evse, driver, start=start, now=berlin("2026-11-20 12:00"))
    assert say_prompts(NIGHT) == 1
    relay()
    assert waiting("reminder_day") == {"email": "QUEUED"}
    reschedule(booking, start=start + 48 * HOUR, end=start + 49 * HOUR, actor=driver, now=NIGHT)
    relay()
    assert waiting("reminder_day") == {"email": "SKIPPED"}
    assert waiting("booking_changed") == {"email": "QUEUED"}
