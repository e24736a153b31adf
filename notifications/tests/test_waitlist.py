"""Who is first in line is told of the slot, with the link that answers; and of nothing twice."""

from datetime import timedelta

import pytest
import time_machine

from accounts.models import User
from bookings.links import read_offer
from bookings.models import Booking
from bookings.services.cancel import cancel
from bookings.services.clock import expire_holds
from bookings.services.waitlist.joining import join
from bookings.services.waitlist.offering import offer_gains
from evbooking.core.relay import relay
from notifications.models import Notification
from notifications.tests.conftest import berlin
from stations.models import Station
from tests.factories import make_booking, make_station

pytestmark = pytest.mark.django_db
NOW = berlin("2026-12-01 10:00")


@pytest.fixture
def offer(driver: User, stranger: User) -> Booking:
    """The driver cancels what the stranger waits for."""
    site: Station = make_station()
    start = NOW + timedelta(hours=3)
    taken = make_booking(site.evses.get(), driver, start=start, now=NOW)
    window = {"earliest": start, "latest": start + timedelta(minutes=15), "duration_minutes": 60}
    with time_machine.travel(NOW, tick=False):
        join(stranger, stations=[site], now=NOW, **window)  # type: ignore[arg-type]  # what a dict holds
        cancel(taken, actor=driver, now=NOW)
        while relay() + offer_gains():
            pass
    return Booking.objects.get(origin__isnull=False)


def told(person: User) -> set[tuple[str, str]]:
    found = Notification.objects.filter(recipient=person)
    return set(found.values_list("kind", "channel"))


def test_the_offer_is_told_with_its_link_and_nothing_else(offer: Booking, stranger: User) -> None:
    assert told(stranger) == {("waitlist_offer", "inbox"), ("waitlist_offer", "email")}
    mail = Notification.objects.get(recipient=stranger, channel="email")
    assert read_offer(mail.path.rstrip("/").rsplit("/", 1)[1]) == offer.pk
    assert mail.text.endswith("It is yours if you accept by 10:15.")


def test_a_silent_offer_ends_without_a_word_about_a_hold(offer: Booking, stranger: User) -> None:
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        expire_holds(NOW + timedelta(minutes=15))
        relay()
    assert {kind for kind, _ in told(stranger)} == {"waitlist_offer"}
