"""The best slots above the search list: by keyboard, on a phone, without scripts, each booked as it stands."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Operator, User
from bookings.models import Booking, RecommendationShown
from stations.models import EVSE
from tests import factories
from tests.browser.accessibility import faults_of
from tests.browser.keyboard import choose
from tests.browser.visitors import PHONE, Visitors
from tests.world import NOW

pytestmark = pytest.mark.browser

SEARCH = "/?lat=53.55&lon=9.99&radius_km=5"


@pytest.fixture(autouse=True)
def _two_stations(visitors: Visitors, operator: Operator, driver: User) -> None:
    factories.make_vehicle(driver)
    factories.make_station(operator, name="Harbour", slug="harbour", latitude=53.555)
    factories.make_station(operator, name="Market", slug="market", latitude=53.565)


def slots(page: Page) -> list[str]:
    """The first words of each slot that stands open: when, and for how much."""
    found = page.locator("#best > .best .slot")
    expect(found).to_have_count(3)
    return [re.sub(r"\s+", " ", text).strip()[:31] for text in found.all_inner_texts()]


def hold(page: Page) -> None:
    expect(page.get_by_role("heading", name="Your slot", exact=True)).to_be_visible()
    choose(page, page.get_by_role("button", name="Hold this slot"))
    expect(page.locator("[data-countdown]")).to_be_visible()


def test_a_recommended_slot_is_found_and_held_by_keyboard_in_place(visitors: Visitors, driver: User) -> None:
    page = visitors.arrive(driver)
    page.goto(SEARCH)
    expect(page.locator(".pin, .cluster").first).to_be_visible()
    choose(page, page.get_by_role("link", name="Cheapest"))
    assert slots(page)[0] == "Tue 1 Dec 09:00–11:00 11.00 EUR"
    expect(page).to_have_url(re.compile(r"&prefer=cheapest$"))
    expect(page.get_by_role("link", name="Cheapest")).to_be_focused()
    expect(page.locator(".pin, .cluster").first).to_be_visible()  # the map is still the same one
    choose(page, page.get_by_role("link", name="Earliest"))
    expect(page.get_by_text("The earliest start first, then the nearest.")).to_be_visible()
    choose(page, page.locator("#best .slot").first)
    hold(page)
    booking, shown = Booking.objects.get(), RecommendationShown.objects.latest("at")
    assert (booking.station.slug, f"{booking.start:%H:%M}", f"{booking.end:%H:%M}") == (
        "harbour",
        "08:00",
        "10:00",
    )
    assert shown.shown[0]["evse_uid"] == booking.evse.uid


def test_the_slots_are_accessible_and_fit_a_phone(visitors: Visitors, driver: User) -> None:
    page = visitors.arrive(driver, viewport=PHONE)
    page.goto(f"{SEARCH}&prefer=fastest")
    assert len(slots(page)) == 3
    page.locator("#best summary").click()
    assert faults_of(page) == []
    for evse in EVSE.objects.all():
        factories.make_booking(evse, driver, start=NOW, minutes=2 * 24 * 60)
    page.reload()
    expect(page.get_by_text("Nothing here is free to book then.")).to_be_visible()
    assert faults_of(page) == []


def test_without_scripts_the_ways_are_links_and_the_search_form_keeps_them(
    visitors: Visitors, driver: User
) -> None:
    page = visitors.arrive(driver, java_script_enabled=False)
    page.goto(SEARCH)
    page.get_by_role("link", name="Fastest").click()
    assert slots(page)[0] == "Tue 1 Dec 09:00–11:00 11.00 EUR"
    page.get_by_text("When and what").click()
    page.get_by_label("How long").select_option(label="1 h")
    page.get_by_role("button", name="Show stations").click()
    assert slots(page)[0] == "Tue 1 Dec 09:00–10:00 5.50 EUR "
    page.locator("#best .slot").first.click()
    hold(page)
    assert Booking.objects.get().station.slug == "harbour"
