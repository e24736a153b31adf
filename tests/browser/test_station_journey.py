"""An operator brings a station, an administrator sends it back once, approves it, and a driver books there."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from bookings.models import Booking
from stations.models import Station
from tests.browser.visitors import Visitors

pytestmark = pytest.mark.browser

REASON = "The house number is missing."


def sign_up(page: Page) -> None:
    page.goto("/accounts/signup/?next=/operator/")
    page.get_by_label("Email").fill("olga@example.com")
    page.get_by_label("Password").fill("a long password of mine")
    page.get_by_role("button", name="Create account").click()


def found_operator(page: Page) -> None:
    page.get_by_role("link", name="Found an operator").click()
    page.get_by_label("Name").fill("Bille Strom")
    page.get_by_role("button", name="Found operator").click()
    expect(page.get_by_text("Your operator is founded.")).to_be_visible()


def add_tariff(page: Page) -> None:
    """By the form of figures; then what a stay would cost."""
    page.get_by_role("link", name="Tariffs").click()
    page.get_by_role("link", name="Add a tariff").click()
    page.get_by_label("Name", exact=True).fill("Day price")
    page.get_by_label("VAT (percent)").fill("19")
    page.get_by_label("Energy, per kWh").fill("0.49")
    page.get_by_label("Start fee, per session").fill("1")
    page.get_by_role("button", name="Add tariff").click()
    page.get_by_role("link", name="Day price").click()
    page.get_by_label("Stay (minutes)").fill("60")
    page.get_by_label("Energy (kWh)").fill("20")
    page.get_by_role("button", name="Show price").click()
    expect(page.get_by_role("row", name="Total")).to_contain_text("10.80 EUR")


def add_station(page: Page) -> None:
    page.get_by_role("link", name="Stations").click()
    page.get_by_role("link", name="Add a station").first.click()
    page.get_by_label("Name", exact=True).fill("Bille Bridge")
    page.get_by_label("Address").fill("Billstraße")
    page.get_by_label("Postal code").fill("20539")
    page.get_by_label("City").fill("Hamburg")
    page.get_by_label("Latitude").fill("53.5400")
    page.get_by_label("Longitude").fill("10.0400")
    page.get_by_label("Tariff").select_option(label="Day price")
    page.get_by_role("button", name="Add station").click()
    expect(page.get_by_role("heading", name="Bille Bridge")).to_be_visible()


def set_hours(page: Page) -> None:
    page.get_by_role("link", name="Opening hours").click()
    page.get_by_label("Open day and night").uncheck()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        page.get_by_label(day).fill("07:00–20:00")
    page.get_by_role("button", name="Save hours").click()


def add_evse(page: Page, sign: str) -> None:
    page.get_by_role("link", name="Add an EVSE").click()
    page.get_by_label("Sign at the charger").fill(sign)
    page.get_by_label("Power (kW)").first.fill("22")
    page.get_by_role("button", name="Add EVSE").click()
    expect(page.get_by_role("cell", name=sign, exact=True)).to_be_visible()


def set_terms(page: Page) -> None:
    page.get_by_role("link", name="Edit booking terms").click()
    page.get_by_label("No-show fee").fill("4")
    page.get_by_role("button", name="Save terms").click()


def submit(page: Page) -> None:
    page.get_by_role("button", name="Submit station").click()
    expect(page.get_by_text("The station is submitted.")).to_be_visible()


def reject(page: Page) -> None:
    page.goto("/console/")
    page.get_by_role("link", name="Bille Bridge").click()
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Reject station").click()
    expect(page.get_by_role("main")).to_contain_text("Rejected")


def mend(page: Page) -> None:
    page.reload()
    expect(page.get_by_text(REASON).first).to_be_visible()
    page.get_by_role("link", name="Edit place and price").click()
    page.get_by_label("Address").fill("Billstraße 87")
    page.get_by_role("button", name="Save station").click()


def approve(page: Page) -> None:
    page.goto("/console/")
    page.get_by_role("link", name="Bille Bridge").click()
    page.get_by_role("button", name="Approve station").click()
    expect(page.get_by_text("Bille Bridge is approved and bookable.")).to_be_visible()


def hold_slot(page: Page) -> None:
    page.goto("/")
    page.get_by_role("listitem").get_by_role("link", name="Bille Bridge").click()
    page.get_by_role("button", name="12:00 11.78").click()
    expect(page.get_by_role("main")).to_contain_text("costs 4.00 EUR")
    page.get_by_role("button", name="Hold this slot").click()
    expect(page.locator("[data-countdown]")).to_be_visible()


def suspend(page: Page) -> None:
    page.get_by_label("Reason").fill("A cable lies bare.")
    page.get_by_role("button", name="Suspend station").click()
    expect(page.get_by_role("button", name="Lift the suspension")).to_be_visible()


def test_a_new_operators_station_is_sent_back_approved_booked_and_suspended(
    visitors: Visitors, administrator: User, driver: User
) -> None:
    operator, console, car = visitors.arrive(), visitors.arrive(administrator), visitors.arrive(driver)
    sign_up(operator)
    found_operator(operator)
    add_tariff(operator)
    add_station(operator)
    set_hours(operator)
    add_evse(operator, "A")
    add_evse(operator, "B")
    set_terms(operator)
    submit(operator)
    reject(console)
    mend(operator)
    submit(operator)
    approve(console)
    hold_slot(car)
    suspend(console)
    car.goto("/")
    expect(car.get_by_text("No station fits this search")).to_be_visible()
    [booking] = Booking.objects.select_related("station")
    assert (booking.driver, booking.status) == (driver, "HELD")
    assert booking.station.approval == Station.Approval.SUSPENDED
    steps = booking.station.approval_steps.order_by("at").values_list("to_state", flat=True)
    assert list(steps) == ["SUBMITTED", "REJECTED", "SUBMITTED", "APPROVED", "SUSPENDED"]
