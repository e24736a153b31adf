"""A driver pays: a real browser, the real sandbox, cards that pay, decline and ask, and what comes back."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from evbooking.core.relay import relay
from payments.models import BookingAccount, Payment
from payments.services.settling import settle_due
from stations.models import Station
from tests.browser.accessibility import faults_of
from tests.browser.keyboard import choose, tab_to, write
from tests.browser.paying.steps import ASKS, BAD, GOOD, Holding, enter_card, go_to_checkout
from tests.browser.visitors import PHONE, Visitors

pytestmark = pytest.mark.browser


def settle() -> None:
    """What the workers do in between."""
    relay()
    settle_due(timezone.now())
    relay()


def test_everything_is_said_before_the_card_is_asked(
    visitors: Visitors, holding: Holding, driver: User
) -> None:
    page = visitors.arrive(driver)
    go_to_checkout(page, holding())
    facts = page.get_by_role("main")
    for text in (
        "no real money moves here",
        "Harbour",
        "5.50 EUR",
        "1.10 EUR",
        "6.60 EUR",
        "6.60 EUR is reserved, not taken.",
        "after that canceling costs 2.20 EUR",
        "If you do not come",
        "is charged to it as well",
    ):
        expect(facts).to_contain_text(text)
    expect(page.locator("[data-countdown] time")).to_have_text(re.compile(r"^(10:00|9:\d\d)$"))
    assert faults_of(page) == []


def test_paying_with_a_good_card_reserves_the_slot(
    visitors: Visitors, holding: Holding, driver: User
) -> None:
    booking, page = holding(), visitors.arrive(driver, viewport=PHONE)
    go_to_checkout(page, booking)
    page.get_by_role("button", name="Pay and book").click()
    enter_card(page, GOOD)
    expect(page.get_by_role("heading", name="Your slot is reserved")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("6.60 EUR is reserved on Visa")
    assert faults_of(page) == []
    page.get_by_role("link", name="See your booking").click()
    expect(page.get_by_role("main")).to_contain_text("Reserved on your card")
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("RESERVED", "secured")


def test_after_a_declined_card_another_one_pays(visitors: Visitors, holding: Holding, driver: User) -> None:
    booking, page = holding(), visitors.arrive(driver)
    go_to_checkout(page, booking)
    page.get_by_role("button", name="Pay and book").click()
    enter_card(page, BAD)
    expect(page.get_by_text("Your card was declined.")).to_be_visible()
    page.goto(f"/bookings/{booking.reference}/checkout/return/")
    expect(page.get_by_role("heading", name="The card did not work")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Your slot is kept until")
    assert faults_of(page) == []
    page.get_by_role("link", name="Try another card").click()
    page.get_by_role("button", name="Pay and book").click()
    enter_card(page, GOOD)
    expect(page.get_by_role("heading", name="Your slot is reserved")).to_be_visible()
    booking.refresh_from_db()
    assert booking.status == "RESERVED"


@pytest.mark.parametrize(
    ("answer", "heading", "status"),
    [
        ("Complete authentication", "Your slot is reserved", "RESERVED"),
        ("Fail authentication", "The card did not work", "HELD"),
    ],
)
def test_the_bank_asks_and_is_answered(
    answer: str, heading: str, status: str, visitors: Visitors, holding: Holding, driver: User
) -> None:
    booking, page = holding(), visitors.arrive(driver)
    go_to_checkout(page, booking)
    page.get_by_role("button", name="Pay and book").click()
    enter_card(page, ASKS)
    page.get_by_role("button", name=answer).click()
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    booking.refresh_from_db()
    assert booking.status == status


def test_far_ahead_the_card_is_only_saved(visitors: Visitors, holding: Holding, driver: User) -> None:
    booking, page = holding(hours=24 * 9), visitors.arrive(driver)
    go_to_checkout(page, booking)
    expect(page.get_by_role("main")).to_contain_text("48 hours before the start, 6.60 EUR is reserved on it")
    page.get_by_role("button", name="Save card and book").click()
    enter_card(page, GOOD)
    expect(page.get_by_role("heading", name="Your slot is reserved")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Nothing was taken.")
    assert BookingAccount.objects.get(booking=booking).strategy == "SAVE_CARD"


def test_a_saved_card_pays_at_once(visitors: Visitors, holding: Holding, driver: User) -> None:
    first, page = holding(), visitors.arrive(driver)
    go_to_checkout(page, first)
    page.get_by_role("button", name="Pay and book").click()
    enter_card(page, GOOD)
    expect(page.get_by_role("heading", name="Your slot is reserved")).to_be_visible()
    second = holding(hours=8)
    go_to_checkout(page, second)
    expect(page.get_by_label("Visa ending in 4242")).to_be_checked()
    page.get_by_role("button", name="Pay and book").click()
    expect(page.get_by_role("heading", name="Your slot is reserved")).to_be_visible()
    second.refresh_from_db()
    assert second.status == "RESERVED"


def test_canceling_shows_what_is_released(visitors: Visitors, holding: Holding, driver: User) -> None:
    booking, page = holding(), visitors.arrive(driver)
    go_to_checkout(page, booking)
    page.get_by_role("button", name="Pay and book").click()
    enter_card(page, GOOD)
    page.get_by_role("link", name="See your booking").click()
    page.get_by_role("link", name="Cancel booking").click()
    page.get_by_role("button", name="Cancel booking").click()
    expect(page.get_by_text("Your booking is canceled.")).to_be_visible()
    settle()
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Released, never taken")
    assert Payment.objects.get().status == "CANCELED"
    assert faults_of(page) == []


def test_canceling_a_prepaid_booking_shows_the_refund(
    visitors: Visitors, holding: Holding, harbour: Station, driver: User
) -> None:
    harbour.terms.security = "PREPAYMENT"
    harbour.terms.save()
    Station.objects.filter(pk=harbour.pk).update(revision=harbour.revision + 1)
    booking, page = holding(), visitors.arrive(driver)
    go_to_checkout(page, booking)
    expect(page.get_by_role("main")).to_contain_text("5.50 EUR is taken now.")
    page.get_by_role("button", name="Pay and book").click()
    enter_card(page, GOOD)
    page.get_by_role("link", name="See your booking").click()
    page.get_by_role("link", name="Cancel booking").click()
    page.get_by_role("button", name="Cancel booking").click()
    settle()
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Refunded to your card")
    assert faults_of(page) == []


def test_moving_to_a_dearer_slot_pays_the_difference(
    visitors: Visitors, holding: Holding, driver: User
) -> None:
    booking, page = holding(), visitors.arrive(driver)
    go_to_checkout(page, booking)
    page.get_by_role("button", name="Pay and book").click()
    enter_card(page, GOOD)
    page.get_by_role("link", name="See your booking").click()
    page.get_by_role("link", name="Move it").click()
    page.get_by_label("How long").press("ArrowRight")
    page.get_by_label("How long").press("ArrowRight")
    expect(page.get_by_text("Starts in Berlin time for 1 h 30 min.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^14:00")).first.click()
    page.get_by_role("button", name=re.compile("^Pay .* and move")).click()
    expect(page.get_by_role("heading", name=re.compile("^Pay the difference"))).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Your present slot stays yours")
    assert faults_of(page) == []
    page.get_by_role("button", name="Pay and move").click()
    expect(page.get_by_role("heading", name="Your booking is moved")).to_be_visible()
    start = booking.start
    booking.refresh_from_db()
    assert booking.status == "RESERVED"
    assert booking.start != start


def test_paying_by_keyboard_alone(visitors: Visitors, holding: Holding, driver: User) -> None:
    booking, page = holding(), visitors.arrive(driver)
    page.goto(f"/bookings/{booking.reference}/")
    choose(page, page.get_by_role("link", name="Pay and book"))
    choose(page, page.get_by_role("button", name="Pay and book"))
    write(page, page.get_by_label("Card number"), GOOD)
    tab_to(page, page.get_by_role("button", name=re.compile("^Pay")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your slot is reserved")).to_be_visible()


def test_paying_without_javascript(visitors: Visitors, holding: Holding, driver: User) -> None:
    booking, page = holding(), visitors.arrive(driver, java_script_enabled=False)
    go_to_checkout(page, booking)
    expect(page.locator("[data-countdown] time")).to_have_text(re.compile("^until "))
    page.get_by_role("button", name="Pay and book").click()
    enter_card(page, GOOD)
    expect(page.get_by_role("heading", name="Your slot is reserved")).to_be_visible()
