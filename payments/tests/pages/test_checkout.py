"""The page on which a booking is paid for: what it says, what its button does, and whom its policy admits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from bookings.models import Booking
from payments.models import BookingAccount, Payment
from payments.sandbox.tests.running import Running
from payments.services.sync import sync_payment
from payments.tests.paying import NOW

pytestmark = pytest.mark.django_db
OnlineBooking = Callable[..., Booking]


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def path(booking: Booking) -> str:
    return f"/bookings/{booking.reference}/checkout/"


def shown(page: Client, booking: Booking) -> str:
    answer = page.get(path(booking))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_near_ahead_the_estimate_is_reserved_line_by_line(
    page: Client, online_booking: OnlineBooking
) -> None:
    text = shown(page, online_booking())
    for part in (
        "5.50 EUR",
        "1.10 EUR",
        "6.60 EUR is reserved, not taken.",
        "Pay and book",
        "is charged to it as well",
    ):
        assert part in text
    assert not Payment.objects.exists()


def test_far_ahead_the_card_is_saved_and_the_page_says_when_it_is_asked(
    page: Client, online_booking: OnlineBooking
) -> None:
    text = shown(page, online_booking(starts_in=timedelta(days=9)))
    assert "On Tue 8 Dec 09:00, 48 hours before the start, 6.60 EUR is reserved on it" in text
    assert "Save card and book" in text


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"security": "PREPAYMENT"}, "5.50 EUR is taken now. What you do not use comes back after charging."),
        ({"security": "DEPOSIT", "deposit_amount": 3}, "3.00 EUR is taken now and counts towards the bill"),
        ({"security": "DEPOSIT", "deposit_amount": 9}, "5.50 EUR is taken now and counts towards the bill"),
    ],
)
def test_what_the_station_asks_at_once_is_said(
    page: Client, online_booking: OnlineBooking, terms: dict[str, Any], words: str
) -> None:
    assert words in shown(page, online_booking(**terms))


def test_the_button_leads_to_the_sandboxs_page_and_back(
    page: Client, online_booking: OnlineBooking, sandbox: Running
) -> None:
    booking = online_booking()
    answer = page.post(path(booking), {})
    assert answer.status_code == 302
    goal = urlsplit(answer["Location"])
    [payment] = Payment.objects.all()
    assert answer["Location"].startswith(f"{sandbox.url}/_sandbox/pay/{payment.stripe_id}_secret_")
    assert parse_qs(goal.query) == {"return_url": [f"http://testserver{path(booking)}return/"]}
    assert page.post(path(booking), {})["Location"] == answer["Location"]


def test_stripes_script_is_told_the_intent(page: Client, online_booking: OnlineBooking) -> None:
    booking = online_booking()
    answer = page.post(path(booking), {}, headers={"Accept": "application/json"})
    told = answer.json()
    assert (told["kind"], told["status"]) == ("payment_intent", "requires_payment_method")
    assert told["client_secret"].startswith(str(Payment.objects.get().stripe_id))
    assert told["return_url"] == f"http://testserver{path(booking)}return/"


def test_stripes_script_is_told_why_not(page: Client, online_booking: OnlineBooking) -> None:
    booking = online_booking()
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        answer = page.post(path(booking), {}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (409, "hold_expired")
    assert not Payment.objects.exists()


def test_while_stripe_is_away_the_slot_stays(
    page: Client, online_booking: OnlineBooking, settings: Settings
) -> None:
    booking = online_booking()
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    answer = page.post(path(booking), {})
    assert answer.status_code == 503
    assert "Your slot is kept. Try again in a moment." in answer.content.decode()
    booking.refresh_from_db()
    assert booking.status == "HELD"


def test_what_is_paid_already_is_not_asked_again(
    page: Client, online_booking: OnlineBooking, pay: Callable[..., str], sandbox: Running
) -> None:
    booking = online_booking()
    told = page.post(path(booking), {}, headers={"Accept": "application/json"}).json()
    payment = Payment.objects.get()
    sandbox.client().v1.payment_intents.confirm(str(payment.stripe_id), {"payment_method": "pm_card_visa"})
    assert told["client_secret"]
    sync_payment(payment, now=NOW)
    for answer in (page.get(path(booking)), page.post(path(booking), {})):
        assert answer.status_code == 302
        assert answer["Location"] == f"/bookings/{booking.reference}/"
    assert Payment.objects.count() == 1


def test_a_booking_paid_at_the_charger_has_no_checkout(page: Client, online_booking: OnlineBooking) -> None:
    booking = online_booking(payment="ON_SITE")
    assert page.get(path(booking))["Location"] == f"/bookings/{booking.reference}/"
    assert not BookingAccount.objects.exists()


def test_somebody_elses_booking_is_not_there(
    client: Client, stranger: User, online_booking: OnlineBooking
) -> None:
    booking = online_booking()
    client.force_login(stranger)
    for answer in (
        client.get(path(booking)),
        client.post(path(booking), {}),
        client.get(f"{path(booking)}return/"),
    ):
        assert answer.status_code == 404
    assert not Payment.objects.exists()


def policy(page: Client, booking: Booking) -> dict[str, str]:
    header = page.get(path(booking))["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in header.split(";"))


def test_with_stripes_keys_the_policy_admits_stripe_here_and_nowhere_else(
    page: Client, online_booking: OnlineBooking, settings: Settings
) -> None:
    booking = online_booking()
    settings.STRIPE_SANDBOX_URL = ""
    directives = policy(page, booking)
    assert directives["script-src"].endswith(" https://js.stripe.com https://*.js.stripe.com")
    assert directives["frame-src"] == "https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com"
    assert directives["connect-src"].endswith(" https://api.stripe.com")
    assert directives["form-action"] == "'self'"
    elsewhere = page.get(f"/bookings/{booking.reference}/")["Content-Security-Policy"]
    assert "stripe.com" not in elsewhere
    text = page.get(path(booking)).content.decode()
    assert 'data-key="pk_test_any"' in text
    assert "no real money" not in text


def test_with_the_sandbox_the_policy_admits_its_page_only(
    page: Client, online_booking: OnlineBooking, sandbox: Running
) -> None:
    directives = policy(page, online_booking())
    assert directives["form-action"] == f"'self' {sandbox.url}"
    assert "stripe.com" not in " ".join(directives.values())
