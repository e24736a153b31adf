"""A driver signs up, finds a station, books a slot, moves it and cancels it."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.catalogue import load_catalogue
from accounts.models import Operator, User
from bookings.models import Booking
from stations.models import Station
from tests import factories
from tests.browser.keyboard import choose, tab_to, write
from tests.browser.visitors import PHONE, WIDE, Visitors

pytestmark = pytest.mark.browser

PASSWORD = "a long password of mine"
NEAREST = ("10:00–11:00", "12:00–13:00", "09:45–10:45")
CAR = "Volkswagen ID.3 Pro"


@pytest.fixture
def harbour(visitors: Visitors, operator: Operator) -> Station:
    """11 kW, 0.50 EUR/kWh; canceled in the last hour a booking costs 40 % of its price."""
    load_catalogue()
    terms = {"late_cancel_share": 40}
    return factories.make_station(operator, name="Harbour", slug="harbour", terms=terms, evses=2)


def slot(page: Page, text: str) -> Locator:
    """A slot's button by how its name begins: the time, and in the grid the price."""
    return page.get_by_role("button", name=re.compile(f"^{text}"))


def go_to(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()


def sign_up(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Sign up").click()
    page.get_by_label("Email").fill("dora@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("link", name="Bookings")).to_be_visible()


def add_car(page: Page) -> None:
    go_to(page, "Account")
    page.get_by_role("link", name="Cars").click()
    page.get_by_role("link", name="Add a car").click()
    page.get_by_label("Common cars").select_option(label=CAR)
    page.get_by_role("button", name="Fill in its figures").click()
    expect(page.get_by_label("Battery, usable (kWh)")).to_have_value("58.0")
    page.get_by_role("button", name="Add car").click()
    expect(page.get_by_role("heading", name=CAR)).to_be_visible()


def find_on_map(page: Page) -> None:
    go_to(page, "Find")
    page.locator(".pin").click()
    page.locator(".leaflet-popup").get_by_role("link", name="Harbour").click()


def find_in_list(page: Page) -> None:
    go_to(page, "Find")
    page.get_by_role("listitem").get_by_role("link", name="Harbour").click()


def choose_duration(page: Page) -> None:
    slider = page.get_by_label("How long")
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    expect(page.locator("output")).to_have_text("1 h 30 min, about 17 kWh")
    expect(page.get_by_text("Starts in Berlin time for 1 h 30 min.")).to_be_visible()


def hold(page: Page) -> None:
    """Everything there is to know stands before the one button."""
    expect(page.get_by_role("heading", name="Your slot", exact=True)).to_be_visible()
    facts = page.get_by_role("main")
    for text in ("11:00–12:30", "16.5 kWh", "8.25 EUR", "after that canceling costs 3.30 EUR", CAR):
        expect(facts).to_contain_text(text)
    page.get_by_role("button", name="Hold this slot").click()
    expect(page.locator("[data-countdown] time")).to_have_text(re.compile(r"^(10:00|9:\d\d)$"))


def confirm(page: Page) -> None:
    page.get_by_role("button", name="Confirm booking").click()
    expect(page.get_by_role("heading", name="Your slot is reserved")).to_be_visible()


def move(page: Page) -> None:
    go_to(page, "Bookings")
    page.get_by_role("link", name="Tue 1 Dec, 11:00–12:30").click()
    page.get_by_role("link", name="Move it").click()
    slot(page, "09:30 8.25").click()
    expect(page.get_by_text("The price stays the same.")).to_be_visible()
    page.get_by_role("button", name="Move booking").click()
    expect(page.get_by_text("Your booking is moved.")).to_be_visible()
    expect(page.locator(".when__time")).to_have_text("09:30–11:00")


def cancel(page: Page) -> None:
    page.get_by_role("link", name="Cancel booking").click()
    expect(page.get_by_text("3.30 EUR").first).to_be_visible()
    page.get_by_role("button", name="Cancel booking for 3.30 EUR").click()
    expect(page.get_by_text("Your booking is canceled. The fee is 3.30 EUR.")).to_be_visible()


@pytest.mark.parametrize(
    ("viewport", "find"), [(WIDE, find_on_map), (PHONE, find_in_list)], ids=["wide", "phone"]
)
def test_a_new_driver_books_moves_and_cancels(
    viewport: dict[str, int], find: Callable[[Page], None], visitors: Visitors, harbour: Station
) -> None:
    page = visitors.arrive(viewport=viewport)
    sign_up(page)
    add_car(page)
    find(page)
    choose_duration(page)
    slot(page, "11:00 8.25").click()
    hold(page)
    confirm(page)
    move(page)
    cancel(page)
    [booking] = Booking.objects.all()
    assert (booking.status, booking.fee_amount, booking.driver.email) == (
        "CANCELED",
        Decimal("3.30"),
        "dora@example.com",
    )


def test_who_comes_second_is_told_so_and_offered_what_is_free(
    visitors: Visitors, driver: User, stranger: User, operator: Operator
) -> None:
    factories.make_station(operator, name="Harbour", slug="harbour", evses=1)
    first, second = visitors.arrive(driver), visitors.arrive(stranger)
    for page in (first, second):
        page.goto("/stations/harbour/?minutes=60")
        slot(page, "11:00 5.50").click()
    first.get_by_role("button", name="Hold this slot").click()
    expect(first.locator("[data-countdown]")).to_be_visible()
    second.get_by_role("button", name="Hold this slot").click()
    expect(second.get_by_role("alert")).to_have_text(
        "Someone took this slot a moment ago. These are the nearest:"
    )
    others = second.get_by_role("main").get_by_role("listitem").get_by_role("button")
    expect(others).to_have_text([re.compile(rf"^Tue 1 Dec {time} Harbour 5.50 EUR$") for time in NEAREST])
    others.first.click()
    second.get_by_role("button", name="Hold this slot").click()
    expect(second.locator("[data-countdown]")).to_be_visible()
    held = Booking.objects.order_by("start").values_list("driver__email", "start__hour")
    assert list(held) == [(stranger.email, 9), (driver.email, 10)]


def test_a_slot_is_booked_moved_and_canceled_without_scripts(
    visitors: Visitors, driver: User, harbour: Station
) -> None:
    page = visitors.arrive(java_script_enabled=False)
    page.goto("/accounts/login/?next=/")
    page.get_by_label("Email").fill(driver.email)
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Harbour").click()
    page.get_by_role("combobox", name="How long").select_option(label="1 h 30 min")
    page.get_by_role("button", name="Show times").click()
    slot(page, "11:00 8.25").click()
    page.get_by_role("button", name="Hold this slot").click()
    expect(page.locator("[data-countdown] time")).to_have_text("until 09:00")
    confirm(page)
    move(page)
    cancel(page)
    assert [booking.status for booking in Booking.objects.all()] == ["CANCELED"]


def test_a_slot_is_booked_by_keyboard_alone(visitors: Visitors, driver: User, harbour: Station) -> None:
    page = visitors.arrive()
    page.goto("/accounts/login/?next=/")
    write(page, page.get_by_label("Email"), driver.email)
    write(page, page.get_by_label("Password"), factories.PASSWORD)
    page.keyboard.press("Enter")
    choose(page, page.get_by_role("listitem").get_by_role("link", name="Harbour"))
    tab_to(page, page.get_by_label("How long"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Starts in Berlin time for 1 h 15 min.")).to_be_visible()
    choose(page, slot(page, "09:00 6.88"))
    choose(page, page.get_by_role("button", name="Hold this slot"))
    choose(page, page.get_by_role("button", name="Confirm booking"))
    expect(page.get_by_role("heading", name="Your slot is reserved")).to_be_visible()
    assert [booking.status for booking in Booking.objects.all()] == ["RESERVED"]
