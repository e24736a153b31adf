"""A hold that is being paid is live although its time is over: for every reader, for every writer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from bookings.availability.busy import busy_spans
from bookings.errors import SlotTaken
from bookings.models import Booking
from bookings.presentation.booking_page import BookingPage
from bookings.selectors.mine import open_bookings_of, past_bookings_of
from bookings.selectors.statuses import shown_status
from bookings.services.clock import expire_holds
from bookings.services.hold import hold_slot
from evbooking.core.errors import Invalid
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, Station
from tests.factories import make_booking, make_station

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
END = START + timedelta(hours=1)
EVE = START - timedelta(minutes=30)
TICK = timedelta(microseconds=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def station() -> Station:
    return make_station(terms={"payment": "ONLINE", "max_open_bookings_per_driver": 1})


@pytest.fixture
def evse(station: Station) -> EVSE:
    return station.evses.get()


def late(evse: EVSE, driver: User, payment: str, **fields: Any) -> Booking:
    """A hold whose time is over at EVE, to the instant."""
    more = {"hold_expires_at": EVE, "payment_status": payment, **fields}
    return make_booking(evse, driver, start=START, status=S.HELD, **more)


PAYING = pytest.mark.parametrize(("payment", "live"), [("processing", True), ("required", False)])


@PAYING
def test_only_a_hold_that_is_being_paid_outlives_its_time(
    evse: EVSE, driver: User, payment: str, live: bool
) -> None:
    hold = late(evse, driver, payment)
    assert bool(busy_spans([evse.pk], START, END, now=EVE).unit.size) is live
    assert [list(open_bookings_of(driver, EVE)), list(past_bookings_of(driver, EVE))] == (
        [[hold], []] if live else [[], [hold]]
    )
    assert BookingPage(hold, EVE).state == (S.HELD if live else S.EXPIRED)
    assert expire_holds(EVE) == (0 if live else 1)
    assert Booking.objects.get().status == (S.HELD if live else S.EXPIRED)


@PAYING
def test_both_are_live_until_their_time_is_over(evse: EVSE, driver: User, payment: str, live: bool) -> None:
    hold = late(evse, driver, payment)
    before = EVE - TICK
    assert busy_spans([evse.pk], START, END, now=before).unit.size == 1
    assert list(open_bookings_of(driver, before)) == [hold]
    assert expire_holds(before) == 0


@PAYING
def test_a_started_slot_is_shown_as_reserved_while_it_is_being_paid(
    evse: EVSE, driver: User, payment: str, live: bool
) -> None:
    late(evse, driver, payment)
    assert shown_status([evse.pk], START)[evse.pk].status == ("RESERVED" if live else "AVAILABLE")


@PAYING
def test_others_get_the_slot_only_when_nobody_is_paying_for_it(
    station: Station, evse: EVSE, driver: User, stranger: User, payment: str, live: bool
) -> None:
    hold = late(evse, driver, payment)
    if live:
        with pytest.raises(SlotTaken):
            hold_slot(stranger, station=station, start=START, end=END, now=EVE)
    else:
        hold_slot(stranger, station=station, start=START, end=END, now=EVE)
    assert Booking.objects.get(pk=hold.pk).status == (S.HELD if live else S.EXPIRED)
    assert Booking.objects.count() == (1 if live else 2)


@PAYING
def test_the_caps_count_a_hold_that_is_being_paid(
    station: Station, evse: EVSE, driver: User, payment: str, live: bool
) -> None:
    late(evse, driver, payment)
    if live:
        with pytest.raises(Invalid, match="open bookings at this station"):
            hold_slot(driver, station=station, start=END, end=END + timedelta(hours=1), now=EVE)
    else:
        hold_slot(driver, station=station, start=END, end=END + timedelta(hours=1), now=EVE)
    assert Booking.objects.count() == (1 if live else 2)
