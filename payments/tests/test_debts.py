"""What a driver owes after the end is paid by the same checkout."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from bookings.models import Booking
from payments.errors import PaymentNotRequired
from payments.models import BookingAccount, Customer, OperatorAccount, Payment
from payments.presentation.checkout import checkout_page
from payments.sandbox.tests.running import Running
from payments.services.cards import cards_of
from payments.services.checkout import start_checkout
from payments.services.settling import settle_account
from payments.services.sync import sync_payment
from payments.tests.bills import END, billed_visit
from payments.tests.settling.till import Till
from stations.models import Station

pytestmark = pytest.mark.django_db
Owing = Callable[..., BookingAccount]


@pytest.fixture
def owing(station: Station, driver: User, ready_operator: OperatorAccount) -> Owing:
    """A visit of 5.50 EUR, billed and not paid."""

    def make(**fields: Any) -> BookingAccount:
        evse = station.evses.earliest("uid")
        destination = str(ready_operator.stripe_id)
        account, _ = billed_visit(evse, driver, destination=destination, **fields)
        return account

    return make


def test_what_is_owed_is_charged_and_the_account_is_due_again(
    owing: Owing, pay: Callable[..., str], sandbox: Running
) -> None:
    account = owing(state="UNPAID")
    checkout = start_checkout(account.booking, now=END)
    assert (checkout.kind, str(checkout.amount), checkout.hold_expires_at) == (
        "payment_intent",
        "5.50 EUR",
        None,
    )
    consent = "your card is charged with 5.50 EUR, and saved to be offered the next time you pay"
    assert consent in checkout_page(account.booking, now=END).consent
    pay(checkout)
    payment = sync_payment(checkout.payment, now=END + timedelta(minutes=1))
    assert (payment.status, payment.captured_amount, payment.purpose) == (
        "CAPTURED",
        Decimal("5.50"),
        "CHECKOUT",
    )
    assert (payment.agreed_to, [card.last4 for card in cards_of(payment.driver)]) == ("debt-2", ["4242"])
    account.refresh_from_db()
    assert (account.state, account.due_at) == ("DUE", END + timedelta(minutes=1))
    account.booking.refresh_from_db()
    assert account.booking.status == "COMPLETED"


@pytest.mark.parametrize("status", ["CANCELED", "NO_SHOW"])
def test_a_fee_that_is_owed_is_paid_by_checkout_too(
    owing: Owing, pay: Callable[..., str], sandbox: Running, status: str
) -> None:
    """A booking that was canceled has no slot to pay for, and a bill all the same."""
    account = owing(state="UNPAID")
    Booking.objects.update(status=status)
    account.booking.refresh_from_db()
    checkout = start_checkout(account.booking, now=END)
    assert start_checkout(account.booking, now=END).client_secret == checkout.client_secret
    pay(checkout)
    assert sync_payment(checkout.payment, now=END).status == "CAPTURED"
    settled = settle_account(BookingAccount.objects.get(), now=END)
    assert (settled.state, Booking.objects.get().status) == ("SETTLED", status)


def test_the_fee_of_a_debt_is_what_the_other_payments_left_of_it(
    owing: Owing, pay: Callable[..., str], sandbox: Running, driver: User, ready_operator: OperatorAccount
) -> None:
    """5 % of 4.45 EUR and of 1.05 EUR, each rounded, are a cent less than 5 % of 5.50 EUR."""
    account = owing()
    evse = account.booking.evse
    till = Till(sandbox, sandbox.client(), str(ready_operator.stripe_id), driver, evse)
    till.charge(account, "4.45", fee="0.22")
    till.saved(account, "")
    assert till.settle(account).state == "UNPAID"
    checkout = start_checkout(account.booking, now=END)
    pay(checkout)
    sync_payment(checkout.payment, now=END)
    assert till.settle(account).state == "SETTLED"
    assert [one.application_fee for one in account.payments.order_by("amount")] == [
        Decimal("0.06"),
        Decimal("0.22"),
    ]
    assert (till.fee_at_stripe(account), till.operator_has(account)) == (Decimal("0.28"), Decimal("5.22"))


@pytest.mark.parametrize("state", ["OPEN", "SETTLED"])
def test_nothing_is_asked_where_nothing_is_owed_or_settling_is_under_way(
    state: str, owing: Owing, sandbox: Running
) -> None:
    account = owing(state=state)
    with pytest.raises(PaymentNotRequired):
        start_checkout(account.booking, now=END)
    assert (Payment.objects.count(), Customer.objects.count()) == (0, 0)
