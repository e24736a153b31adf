"""Bookings in currencies of 0, 2 and 3 decimals, taxes in and on top: from the hold to a refund, to the last coin."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from bookings.models import Booking
from bookings.services.visit import arrive, stop
from charging.models import CDR
from evbooking.core.money import Money
from evbooking.core.relay import relay
from payments.amounts import chargeable_unit
from payments.ledger.checking import check_ledger
from payments.models import BookingAccount, OperatorAccount, Refund
from payments.sandbox.tests.running import Running
from payments.services.checkout import start_checkout
from payments.services.settling import refund_booking, settle_account, settle_due
from payments.services.sync import sync_payment
from payments.tests.paying import NOW
from payments.tests.settling.till import books
from stations.models import Station

pytestmark = pytest.mark.django_db
# what 11 kWh cost: odd prices, so that taxes on top give more digits than the currency has
CASES = [
    ("EUR", "YES", 0.473, "5.20", "AUTHORISATION"),
    ("EUR", "NO", 0.473, "6.19", "PREPAYMENT"),
    ("JPY", "YES", 33.3, "366", "DEPOSIT"),
    ("JPY", "NO", 33.3, "436", "AUTHORISATION"),
    ("KWD", "YES", 0.0977, "1.070", "PREPAYMENT"),
    ("KWD", "NO", 0.0977, "1.270", "DEPOSIT"),
    ("KWD", "NO", 0.0977, "1.270", "AUTHORISATION"),
]


def tariff(currency: str, tax_included: str, price: float) -> dict[str, Any]:
    energy = {"type": "ENERGY", "price": price, "vat": 19, "step_size": 1}
    return {
        "currency": currency,
        "tax_included": tax_included,
        "elements": [{"price_components": [energy]}],
    }


def visited(booking: Booking, driver: User) -> BookingAccount:
    """The driver comes in time, stays until the end, and the money follows the bill."""
    arrive(booking, actor=driver, now=booking.start)
    stop(booking, actor=driver, now=booking.end)
    relay()
    settle_due(booking.end + timedelta(minutes=1))
    return BookingAccount.objects.get(booking=booking)


def billed(account: BookingAccount) -> Money:
    bills = CDR.objects.filter(booking_reference=account.booking.reference)
    return Money.total((Money(bill.total_after_taxes, bill.currency) for bill in bills), account.currency)


def kept(account: BookingAccount) -> Money:
    """What was taken and not given back."""
    taken = sum(one.captured_amount for one in account.payments.all())
    back = sum(one.amount for one in Refund.objects.filter(payment__account=account, status="SUCCEEDED"))
    return Money(Decimal(taken - back), account.currency)


@pytest.mark.parametrize(("currency", "tax_included", "price", "total", "security"), CASES)
def test_every_coin_of_every_currency_is_accounted_for(
    own_sandbox: Running,
    ready_operator: OperatorAccount,
    online_station: Callable[..., Station],
    online_booking: Callable[..., Booking],
    pay: Callable[..., str],
    driver: User,
    owner: User,
    currency: str,
    tax_included: str,
    price: float,
    total: str,
    security: str,
) -> None:
    OperatorAccount.objects.update(currency=currency)
    deposit = {"EUR": "2", "JPY": "100", "KWD": "0.5"}[currency]
    station = online_station(
        tariff=tariff(currency, tax_included, price), security=security, deposit_amount=Decimal(deposit)
    )
    booking = online_booking(station=station)
    checkout = start_checkout(booking, now=NOW)
    pay(checkout)
    sync_payment(checkout.payment, now=NOW)
    account = visited(Booking.objects.get(pk=booking.pk), driver)
    assert (account.state, account.last_error) == ("SETTLED", "")
    assert str(billed(account)) == str(kept(account)) == f"{total} {currency}"
    step = {"EUR": "1.37", "JPY": "37", "KWD": "0.330"}[currency]
    refund_booking(
        account.booking,
        amount=Money(Decimal(step), currency),
        reason=Refund.Reason.GOODWILL,
        words="Sorry.",
        actor=owner,
        now=booking.end,
    )
    settle_account(BookingAccount.objects.get(), now=booking.end + timedelta(minutes=2))
    relay()
    assert billed(account) == kept(account) == Money(Decimal(total) - Decimal(step), currency)
    held = books(account)
    assert "DRIVER_RECEIVABLE" not in held
    assert held["PLATFORM_FEE"] % chargeable_unit(currency) == 0
    assert [str(one) for one in check_ledger(NOW + timedelta(days=1))] == []
