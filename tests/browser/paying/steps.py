"""What browser tests of payments share: a sandbox, a station that is paid there, slots to pay for, and cards."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from bookings.models import Booking

Holding = Callable[..., Booking]
GOOD, BAD, ASKS = "4242 4242 4242 4242", "4000 0000 0000 0002", "4000 0027 6000 3184"


def go_to_checkout(page: Page, booking: Booking) -> None:
    page.goto(f"/bookings/{booking.reference}/")
    page.get_by_role("link", name="Pay and book").click()
    expect(page.get_by_role("heading", name="Pay, and the slot is yours")).to_be_visible()


def enter_card(page: Page, number: str) -> None:
    """On the sandbox's page."""
    expect(page.get_by_text("SANDBOX: no real money")).to_be_visible()
    page.get_by_label("Card number").fill(number)
    page.get_by_role("button", name=re.compile("^(Pay|Save)")).click()
