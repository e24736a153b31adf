"""The day of an operator's staff: answer bookings, check a driver in, take an EVSE out of service."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import Operator, User
from bookings.models import Booking
from bookings.services.telling import tell_changed_statuses
from evbooking.core.relay import relay
from stations.models import EVSE, Station
from tests import factories
from tests.browser.visitors import Visitors
from tests.world import NOW

pytestmark = pytest.mark.browser


@pytest.fixture
def harbour(visitors: Visitors, operator: Operator) -> Station:
    station = factories.make_station(operator, name="Harbour", slug="harbour", evses=3)
    tell_changed_statuses(
        NOW
    )  # as the beat does: what is shown is noted, and from now on each change is told
    return station


def book(station: Station, driver: User, number: int, status: str, ahead: timedelta) -> Booking:
    evse = station.evses.order_by("uid")[number]
    answer_by = NOW + timedelta(hours=2) if status == "PENDING" else None
    return factories.make_booking(
        evse, driver, start=NOW + ahead, status=status, now=NOW, answer_by=answer_by
    )


def relay_all() -> None:
    """What the worker does, woken after each commit: also by what its own work has told."""
    while relay():
        pass


def status_of(booking: Booking) -> str:
    booking.refresh_from_db()
    return str(booking.status)


def test_bookings_are_approved_and_rejected_from_the_days_page(
    visitors: Visitors, harbour: Station, staff: User, driver: User, stranger: User
) -> None:
    wanted = book(harbour, driver, 0, "PENDING", timedelta(hours=3))
    unwanted = book(harbour, stranger, 1, "PENDING", timedelta(hours=4))
    page = visitors.arrive(staff)
    page.goto("/operator/bookings/")
    queue = page.get_by_role("region", name="Waiting for your answer").get_by_role("listitem")
    expect(queue).to_have_count(2)
    queue.filter(has_text="Dana").get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved. Dana D. is told.")).to_be_visible()
    queue.filter(has_text="Sam").get_by_role("link", name="Reject").click()
    page.get_by_label("Why").fill("The crane stands there.")
    page.get_by_role("button", name="Reject the booking").click()
    expect(page.get_by_text("Rejected. Sam S. is told.")).to_be_visible()
    expect(queue).to_have_count(0)
    assert (status_of(wanted), status_of(unwanted)) == ("RESERVED", "REJECTED")


def test_a_driver_is_checked_in_and_others_see_it_at_once(
    visitors: Visitors, harbour: Station, staff: User, driver: User
) -> None:
    booking = book(harbour, driver, 0, "RESERVED", timedelta(minutes=10))
    onlooker, page = visitors.arrive(), visitors.arrive(staff)
    onlooker.goto("/stations/harbour/")
    shown = onlooker.locator(f'[data-evse-uid="{booking.evse.uid}"]')
    expect(shown).to_have_text("Available")
    page.goto("/operator/bookings/")
    page.get_by_role("region", name="Bookings by time").get_by_role("button", name="Check in").click()
    expect(page.get_by_text("Dana D. is checked in.")).to_be_visible()
    relay_all()
    expect(shown).to_have_text("Charging")
    assert status_of(booking) == "FULFILLED"


def test_an_evse_out_of_service_is_told_to_the_staff_and_live_to_drivers(
    visitors: Visitors, harbour: Station, owner: User, driver: User
) -> None:
    book(harbour, driver, 0, "RESERVED", timedelta(hours=2))
    evse = harbour.evses.order_by("uid")[0]
    onlooker, page = visitors.arrive(driver), visitors.arrive(owner)
    onlooker.goto("/stations/harbour/")
    shown = onlooker.locator(f'[data-evse-uid="{evse.uid}"]')
    expect(shown).to_have_text("Available")
    page.goto(f"/operator/stations/{harbour.pk}/")
    page.get_by_label(f"Why {evse.uid} goes out of service").select_option("fault")
    page.get_by_role("button", name=f"Take out {evse.uid}").click()
    expect(page.get_by_text(f"{evse.uid} is out of service.")).to_be_visible()
    relay_all()
    expect(shown).to_have_text("Out of order")
    page.goto("/operator/bookings/")
    expect(page.get_by_text("is out of service. 1 booking affected")).to_be_visible()
    assert EVSE.objects.get(pk=evse.pk).inhibits == ["fault"]


def test_the_page_of_a_booking_follows_the_operators_answer_without_a_reload(
    visitors: Visitors, harbour: Station, staff: User, driver: User
) -> None:
    booking = book(harbour, driver, 0, "PENDING", timedelta(hours=3))
    mine, page = visitors.arrive(driver), visitors.arrive(staff)
    mine.goto(f"/bookings/{booking.reference}/")
    expect(mine.get_by_role("heading", name="Waiting for the operator")).to_be_visible()
    page.goto(f"/operator/bookings/{booking.reference}/")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved. Dana D. is told.")).to_be_visible()
    relay_all()
    expect(mine.get_by_role("heading", name="Your slot is reserved")).to_be_visible()
