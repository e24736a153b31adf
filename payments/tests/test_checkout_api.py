"""The API of checkout and saved cards: exact shapes, codes, and whose they are."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking
from evbooking.core.models import IdempotencyKey
from payments.models import Payment
from payments.sandbox.tests.running import Running
from payments.services.checkout import start_checkout
from payments.services.sync import sync_payment
from payments.tests.paying import NOW

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
Online = Callable[..., Booking]


@pytest.fixture(autouse=True)
def _at_now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def post(app: APIClient, booking: Booking, **body: Any) -> Any:
    return app.post(f"/api/v1/bookings/{booking.reference}/checkout", body, format="json")


def pay_for(booking: Booking, pay: Callable[..., str]) -> Payment:
    checkout = start_checkout(booking, now=NOW)
    pay(checkout)
    return sync_payment(checkout.payment, now=NOW)


def test_it_answers_what_a_payment_sheet_needs(api: Api, driver: User, online_booking: Online) -> None:
    booking = online_booking()
    answer = post(api(driver), booking)
    assert answer.status_code == 200
    body = answer.json()
    payment = Payment.objects.get()
    assert body.pop("client_secret").startswith(f"{payment.stripe_id}_secret_")
    assert body.pop("ephemeral_key").startswith("ek_test_")
    assert body.pop("customer").startswith("cus_")
    assert body == {
        "kind": "payment_intent",
        "status": "requires_payment_method",
        "publishable_key": "pk_test_any",
        "amount": {"amount": "6.60", "currency": "EUR"},
        "hold_expires_at": "2026-12-01T08:10:00Z",
    }
    assert Booking.objects.get(pk=booking.pk).payment_status == "processing"


def test_a_kept_answer_holds_no_secret_in_the_table(api: Api, driver: User, online_booking: Online) -> None:
    app, booking = api(driver), online_booking()
    path = f"/api/v1/bookings/{booking.reference}/checkout"
    first, again = (
        app.post(path, {}, format="json", headers={"Idempotency-Key": "6f0c8a52-checkout"}) for _ in range(2)
    )
    assert (again["Idempotent-Replay"], again.content) == ("true", first.content)
    row = IdempotencyKey.objects.get()
    kept = b"".join((bytes(row.body or b""), bytes(row.fingerprint), json.dumps(row.headers).encode()))
    for secret in (first.json()["client_secret"], first.json()["ephemeral_key"], "_secret_", "ek_test_"):
        assert secret.encode() in first.content
        assert secret.encode() not in kept


def test_a_saved_card_needs_no_sheet(
    api: Api, driver: User, online_booking: Online, pay: Callable[..., str]
) -> None:
    card = pay_for(online_booking(), pay).payment_method
    booking = online_booking(starts_in=timedelta(hours=8))
    body = post(api(driver), booking, payment_method=card, return_url="evapp://paid").json()
    assert (body["status"], body["ephemeral_key"]) == ("requires_capture", None)
    assert Booking.objects.get(pk=booking.pk).status == "RESERVED"


def test_a_far_slot_is_a_setup_intent(api: Api, driver: User, online_booking: Online) -> None:
    body = post(api(driver), online_booking(starts_in=timedelta(days=10))).json()
    assert (body["kind"], body["amount"]) == ("setup_intent", {"amount": "0.00", "currency": "EUR"})


def test_refusals_have_their_codes(
    api: Api, driver: User, online_booking: Online, pay: Callable[..., str], station: Any
) -> None:
    app = api(driver)
    paid = online_booking()
    pay_for(paid, pay)
    late = online_booking(starts_in=timedelta(hours=6), now=NOW - timedelta(minutes=15))
    on_site = online_booking(station=station)
    codes = [(post(app, one).status_code, post(app, one).json()["code"]) for one in (paid, late, on_site)]
    assert codes == [(409, "already_secured"), (409, "hold_expired"), (409, "payment_not_required")]
    assert Payment.objects.count() == 1


def test_a_stripe_that_is_away_is_503_with_the_hold_kept(
    api: Api, driver: User, online_booking: Online, settings: Any, sandbox: Running
) -> None:
    booking = online_booking()
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    answer = post(api(driver), booking)
    assert (answer.status_code, answer.json()["code"]) == (503, "payment_provider_unavailable")
    row = Booking.objects.get(pk=booking.pk)
    assert (row.status, row.payment_status) == ("HELD", "required")
    settings.STRIPE_API_BASE = sandbox.url
    assert post(api(driver), booking).status_code == 200


def test_somebody_elses_booking_does_not_exist(
    api: Api, stranger: User, staff: User, online_booking: Online
) -> None:
    booking = online_booking()
    assert [post(api(user), booking).status_code for user in (stranger, staff, None)] == [404, 404, 401]
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"payment_method": "tok_visa"}, "payment_method"),
        ({"payment_method": "pm_unknown"}, "payment_method"),
        ({"return_url": "nowhere"}, "return_url"),
        ({"amount": "1"}, "amount"),
    ],
)
def test_bad_fields_are_named(
    body: dict[str, str], field: str, api: Api, driver: User, online_booking: Online
) -> None:
    booking = online_booking()
    answer = post(api(driver), booking, **body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert Booking.objects.get(pk=booking.pk).secured_amount == Decimal(0)


def test_saved_cards_are_listed_and_forgotten(
    api: Api, driver: User, stranger: User, online_booking: Online, pay: Callable[..., str]
) -> None:
    app = api(driver)
    assert app.get("/api/v1/payment-methods").json()["results"] == []
    booking = online_booking()
    card = pay_for(booking, pay).payment_method
    listed = app.get("/api/v1/payment-methods")
    assert listed.json() == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": card,
                "brand": "Visa",
                "last4": "4242",
                "exp_month": 12,
                "exp_year": 2034,
                "is_default": False,
            }
        ],
    }
    again = app.get("/api/v1/payment-methods", headers={"If-None-Match": listed["ETag"]})
    assert again.status_code == 304
    where = f"/api/v1/payment-methods/{card}"
    assert api(stranger).delete(where).status_code == 404
    needed = app.delete(where)
    assert (needed.status_code, needed.json()["code"]) == (409, "wrong_state")
    assert app.post(f"/api/v1/bookings/{booking.reference}/cancel", {}, format="json").status_code == 200
    settled = booking.account
    settled.state = "SETTLED"
    settled.save()
    assert app.delete(where).status_code == 204
    assert app.get("/api/v1/payment-methods").json()["results"] == []
