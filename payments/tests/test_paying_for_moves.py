"""A dearer slot of a booking paid online: the difference is secured first, and then the booking moves."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
import stripe
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.errors import HoldExpired
from bookings.models import Booking
from bookings.services.reschedule import reschedule
from evbooking.core.errors import WrongState
from evbooking.core.models import DomainEvent
from payments.errors import AlreadySecured, PaymentProviderUnavailable
from payments.models import BookingAccount, Payment, Refund
from payments.sandbox.tests.running import Running
from payments.services.checkout import Checkout, start_checkout
from payments.services.replacements import let_replacement_go
from payments.services.sweeping import sweep_holds, sweep_payments
from payments.services.sync import sync_payment
from payments.tests.paying import NOW, clear_faults
from tests.factories import make_booking

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Online = Callable[..., Booking]
Pay = Callable[..., str]
LATER = NOW + timedelta(minutes=41)


def paid(booking: Booking, pay: Pay, *, now: object = NOW) -> Booking:
    checkout = start_checkout(booking, now=NOW)
    pay(checkout)
    sync_payment(checkout.payment, now=NOW)
    return Booking.objects.get(pk=booking.pk)


def wish(booking: Booking, driver: User, *, hours: int = 2, starts_in: timedelta | None = None) -> Booking:
    """Ask for a longer slot; what is returned keeps it."""
    start = booking.start if starts_in is None else NOW + starts_in
    return reschedule(booking, start=start, end=start + hours * HOUR, actor=driver, now=NOW)


def synced(checkout: Checkout, now: object = NOW) -> Payment:
    return sync_payment(Payment.objects.get(pk=checkout.payment.pk), now=now)  # type: ignore[arg-type]


def place(booking: Booking) -> tuple[str, object, object, str, Decimal]:
    row = Booking.objects.get(pk=booking.pk)
    return row.status, row.start, row.end, row.payment_status, row.secured_amount


def test_the_difference_is_authorised_and_then_the_booking_moves(
    online_booking: Online, pay: Pay, driver: User
) -> None:
    booking = paid(online_booking(), pay)
    helper = wish(booking, driver)
    checkout = start_checkout(booking, now=NOW)
    assert (checkout.kind, str(checkout.amount)) == ("payment_intent", "6.60 EUR")
    assert checkout.hold_expires_at == helper.hold_expires_at
    assert Booking.objects.get(pk=helper.pk).payment_status == "processing"
    assert place(booking)[2] == booking.end
    pay(checkout)
    assert synced(checkout).purpose == "RESCHEDULE"
    assert place(booking) == ("RESERVED", helper.start, helper.end, "secured", Decimal("13.20"))
    account = BookingAccount.objects.get()
    assert (account.estimate_amount, account.state) == (Decimal("13.20"), "OPEN")
    with pytest.raises(AlreadySecured):
        start_checkout(Booking.objects.get(pk=booking.pk), now=NOW)


def test_of_a_prepayment_the_difference_is_taken(online_booking: Online, pay: Pay, driver: User) -> None:
    booking = paid(online_booking(security="PREPAYMENT"), pay)
    wish(booking, driver)
    checkout = start_checkout(booking, now=NOW)
    assert str(checkout.amount) == "5.50 EUR"
    pay(checkout)
    synced(checkout)
    assert place(booking)[3:] == ("captured", Decimal("11.00"))


def test_where_only_the_card_is_saved_the_driver_agrees_to_the_dearer_slot(
    online_booking: Online, pay: Pay, driver: User
) -> None:
    booking = paid(online_booking(starts_in=timedelta(days=10)), pay)
    helper = wish(booking, driver, starts_in=timedelta(days=12))
    checkout = start_checkout(booking, now=NOW)
    assert (checkout.kind, str(checkout.amount)) == ("setup_intent", "0.00 EUR")
    pay(checkout)
    synced(checkout)
    assert place(booking)[:3] == ("RESERVED", helper.start, helper.end)
    account = BookingAccount.objects.get()
    assert (account.estimate_amount, account.authorise_at) == (Decimal("13.20"), helper.start - 48 * HOUR)


def test_a_saved_card_moved_near_is_authorised_for_all_of_it(
    online_booking: Online, pay: Pay, driver: User
) -> None:
    booking = paid(online_booking(starts_in=timedelta(days=10)), pay)
    wish(booking, driver, starts_in=timedelta(days=2))
    checkout = start_checkout(booking, now=NOW)
    assert (checkout.kind, str(checkout.amount)) == ("payment_intent", "13.20 EUR")
    pay(checkout)
    synced(checkout)
    assert BookingAccount.objects.get().strategy == "AUTHORISE"
    assert place(booking)[3:] == ("secured", Decimal("13.20"))


def test_without_the_money_the_old_slot_stands(
    online_booking: Online, pay: Pay, driver: User, sandbox: Running
) -> None:
    booking = paid(online_booking(), pay)
    helper = wish(booking, driver)
    checkout = start_checkout(booking, now=NOW)
    ended = NOW + timedelta(minutes=10)
    with pytest.raises(HoldExpired):
        start_checkout(booking, now=ended)
    assert sweep_holds(ended) == 1
    assert Booking.objects.get(pk=helper.pk).status == "EXPIRED"
    assert Payment.objects.get(pk=checkout.payment.pk).status == "CANCELED"
    assert place(booking) == ("RESERVED", booking.start, booking.end, "secured", Decimal("6.60"))


def test_paid_in_time_but_told_by_nobody_it_still_moves(
    online_booking: Online, pay: Pay, driver: User
) -> None:
    booking = paid(online_booking(), pay)
    helper = wish(booking, driver)
    pay(start_checkout(booking, now=NOW))
    assert sweep_holds(NOW + timedelta(minutes=10)) == 1
    assert place(booking)[:3] == ("RESERVED", helper.start, helper.end)


def late_and_gone(booking: Booking, pay: Pay, driver: User, stranger: User) -> Checkout:
    """The difference is paid when somebody else has the slot."""
    helper = wish(booking, driver, starts_in=timedelta(hours=8))
    checkout = start_checkout(booking, now=NOW)
    Booking.objects.filter(pk=helper.pk).update(status="EXPIRED")
    make_booking(helper.evse, stranger, start=helper.start, now=NOW)
    pay(checkout)
    return checkout


def test_an_authorisation_for_a_slot_that_is_gone_is_released_at_once(
    online_booking: Online, pay: Pay, driver: User, stranger: User
) -> None:
    booking = paid(online_booking(), pay)
    payment = synced(late_and_gone(booking, pay, driver, stranger), LATER)
    assert (payment.status, payment.failure_code) == ("CANCELED", "slot_taken")
    assert place(booking) == ("RESERVED", booking.start, booking.end, "secured", Decimal("6.60"))
    assert BookingAccount.objects.get().state == "OPEN"
    assert DomainEvent.objects.get(type="payment.returned").data["amount"] == "6.60"


def test_a_charge_for_a_slot_that_is_gone_goes_back_at_once(
    online_booking: Online, pay: Pay, driver: User, stranger: User
) -> None:
    booking = paid(online_booking(security="PREPAYMENT"), pay)
    payment = synced(late_and_gone(booking, pay, driver, stranger), LATER)
    refund = Refund.objects.get()
    assert (payment.captured_amount, refund.amount, refund.status, refund.reason) == (
        Decimal("5.50"),
        Decimal("5.50"),
        "SUCCEEDED",
        "NO_SLOT",
    )
    assert place(booking)[:3] == ("RESERVED", booking.start, booking.end)


def test_what_could_not_go_back_at_once_goes_back_with_the_sweeper(
    online_booking: Online, pay: Pay, driver: User, stranger: User, sandbox: Running
) -> None:
    booking = paid(online_booking(), pay)
    checkout = late_and_gone(booking, pay, driver, stranger)
    sandbox.control("faults", target="api", kind="error", match="/cancel", times=20, status=500)
    assert sweep_payments(LATER) == 0
    assert Payment.objects.get(pk=checkout.payment.pk).status == "AUTHORISED"
    clear_faults(sandbox)
    assert sweep_payments(LATER)
    assert Payment.objects.get(pk=checkout.payment.pk).status == "CANCELED"


def test_a_slot_let_go_is_free_again_and_nobody_can_pay_for_it(
    online_booking: Online, pay: Pay, driver: User, sandbox: Running
) -> None:
    booking = paid(online_booking(), pay)
    helper = wish(booking, driver)
    checkout = start_checkout(booking, now=NOW)
    before = place(booking)
    assert let_replacement_go(booking, now=NOW) is True
    assert Booking.objects.get(pk=helper.pk).status == "EXPIRED"
    assert (synced(checkout).status, place(booking)) == ("CANCELED", before)
    with pytest.raises(stripe.InvalidRequestError):
        pay(checkout)
    assert let_replacement_go(booking, now=NOW) is False
    with pytest.raises(AlreadySecured):
        start_checkout(booking, now=NOW)
    assert wish(booking, driver).status == "HELD"


def test_a_slot_nobody_began_to_pay_for_is_let_go(online_booking: Online, pay: Pay, driver: User) -> None:
    booking = paid(online_booking(), pay)
    helper = wish(booking, driver)
    assert let_replacement_go(booking, now=NOW) is True
    assert Booking.objects.get(pk=helper.pk).status == "EXPIRED"
    assert Payment.objects.filter(purpose="RESCHEDULE").count() == 0


def test_what_was_reserved_for_a_slot_let_go_is_released(
    online_booking: Online, pay: Pay, driver: User
) -> None:
    booking = paid(online_booking(), pay)
    wish(booking, driver)
    before = place(booking)
    checkout = start_checkout(booking, now=NOW)
    assert pay(checkout) == "requires_capture"
    assert let_replacement_go(booking, now=NOW) is True
    assert (synced(checkout).status, place(booking)) == ("CANCELED", before)


def test_a_slot_whose_difference_was_taken_is_not_let_go(
    online_booking: Online, pay: Pay, driver: User
) -> None:
    booking = paid(online_booking(security="PREPAYMENT"), pay)
    helper = wish(booking, driver)
    assert pay(start_checkout(booking, now=NOW)) == "succeeded"
    with pytest.raises(WrongState):
        let_replacement_go(booking, now=NOW)
    assert place(booking) == ("RESERVED", helper.start, helper.end, "captured", Decimal("11.00"))


def test_while_stripe_is_away_the_slot_stays_kept(
    online_booking: Online, pay: Pay, driver: User, sandbox: Running
) -> None:
    booking = paid(online_booking(), pay)
    helper = wish(booking, driver)
    start_checkout(booking, now=NOW)
    sandbox.control("faults", target="api", kind="error", status=500, when="before", times=5)
    with pytest.raises(PaymentProviderUnavailable):
        let_replacement_go(booking, now=NOW)
    clear_faults(sandbox)
    assert Booking.objects.get(pk=helper.pk).status == "HELD"


def test_the_pages_button_and_the_api_let_it_go(
    online_booking: Online, pay: Pay, driver: User, client: Client
) -> None:
    booking = paid(online_booking(), pay)
    helper = wish(booking, driver)
    client.force_login(driver)
    stay = reverse("payments:stay", args=[booking.reference])
    page = reverse("bookings:detail", args=[booking.reference])
    assert stay in client.get(page).content.decode()
    answer = client.post(stay, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "Your booking stays where it is." in answer.content.decode()
    assert stay not in answer.content.decode()
    assert Booking.objects.get(pk=helper.pk).status == "EXPIRED"

    again = wish(booking, driver)
    path = f"/api/v1/bookings/{booking.reference}/replacement"
    assert [client.delete(path).status_code for _ in range(2)] == [204, 204]
    assert Booking.objects.get(pk=again.pk).status == "EXPIRED"
