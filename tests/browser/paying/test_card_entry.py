"""Card entry on our own page, with Stripe's keys: our script, its policy, and a stand-in for Stripe's script."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django import Settings

from accounts.models import User
from payments.models import Payment
from payments.sandbox.tests.running import Running
from tests.browser.accessibility import faults_of
from tests.browser.paying.steps import Holding
from tests.browser.visitors import Visitors

pytestmark = pytest.mark.browser
STAND_IN = Path(__file__).with_name("stripe_stand_in.js").read_text()


def answer_as_stripe(context: BrowserContext, sandbox: Running) -> None:
    """Have the sandbox answer what the browser asks of Stripe."""

    def forward(route: Route) -> None:
        asked = route.request
        answer = httpx.request(
            asked.method,
            asked.url.replace("https://api.stripe.com", sandbox.url),
            content=asked.post_data_buffer,
            headers={
                "Authorization": asked.headers["authorization"],
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        route.fulfill(
            status=answer.status_code, body=answer.content, headers={"Access-Control-Allow-Origin": "*"}
        )

    context.route(
        "https://js.stripe.com/**", lambda route: route.fulfill(body=STAND_IN, content_type="text/javascript")
    )
    context.route("https://api.stripe.com/**", forward)


@pytest.fixture
def window(visitors: Visitors, sandbox: Running, settings: Settings, driver: User) -> Page:
    settings.STRIPE_SANDBOX_URL = ""
    page = visitors.arrive(driver)
    answer_as_stripe(page.context, sandbox)
    return page


def test_a_card_is_entered_on_our_page(window: Page, holding: Holding) -> None:
    booking = holding()
    window.goto(f"/bookings/{booking.reference}/checkout/")
    window.get_by_role("textbox", name="Card").fill("pm_card_visa")
    assert faults_of(window) == []
    window.get_by_role("button", name="Pay and book").click()
    expect(window.get_by_role("heading", name="Your slot is reserved")).to_be_visible()
    booking.refresh_from_db()
    assert booking.status == "RESERVED"


def test_the_element_is_told_what_will_be_asked(window: Page, holding: Holding) -> None:
    window.goto(f"/bookings/{holding().reference}/checkout/")
    window.get_by_role("textbox", name="Card").wait_for()
    told = window.evaluate("window.stripeOptions")
    assert {
        name: told[name] for name in ("mode", "amount", "currency", "captureMethod", "setupFutureUsage")
    } == {
        "mode": "payment",
        "amount": 660,
        "currency": "eur",
        "captureMethod": "manual",
        "setupFutureUsage": "off_session",
    }


def test_a_card_is_saved_for_a_start_far_ahead(window: Page, holding: Holding) -> None:
    booking = holding(hours=24 * 9)
    window.goto(f"/bookings/{booking.reference}/checkout/")
    window.get_by_role("textbox", name="Card").fill("pm_card_visa")
    window.get_by_role("button", name="Save card and book").click()
    expect(window.get_by_role("heading", name="Your slot is reserved")).to_be_visible()
    assert Payment.objects.get().status == "SAVED"


def test_what_is_wrong_is_said_beside_the_button_and_can_be_put_right(window: Page, holding: Holding) -> None:
    booking = holding()
    window.goto(f"/bookings/{booking.reference}/checkout/")
    pay = window.get_by_role("button", name="Pay and book")
    pay.click()
    expect(window.get_by_role("alert")).to_have_text("Your card number is incomplete.")
    assert not Payment.objects.exists()
    window.get_by_role("textbox", name="Card").fill("pm_card_visa_chargeDeclined")
    pay.click()
    expect(window.get_by_role("alert")).to_have_text("Your card was declined.")
    assert faults_of(window) == []
    window.get_by_role("textbox", name="Card").fill("pm_card_visa")
    pay.click()
    expect(window.get_by_role("heading", name="Your slot is reserved")).to_be_visible()
    booking.refresh_from_db()
    assert booking.status == "RESERVED"


def test_where_stripes_script_cannot_be_had_the_page_says_so(
    window: Page, holding: Holding, visitors: Visitors
) -> None:
    window.context.route("https://js.stripe.com/**", lambda route: route.abort())
    window.goto(f"/bookings/{holding().reference}/checkout/")
    expect(window.get_by_role("alert")).to_contain_text("could not be loaded")
    assert ["ERR_FAILED" in one for one in visitors.complaints] == [True]
    visitors.complaints.clear()
