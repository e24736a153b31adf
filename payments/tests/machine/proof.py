"""What must hold of a driver's money: at any moment, and when everything has come to its end."""

from datetime import datetime
from decimal import Decimal

from accounts.models import User
from bookings.models import BLOCKING, Booking
from charging.models import CDR
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S
from payments.gateway import money_of
from payments.ledger import conceded
from payments.ledger.checking import check_ledger
from payments.models import BookingAccount, Customer, Dispute, Payment
from payments.sandbox.tests.running import Running


def check_security(driver: User) -> None:
    """No slot paid online is RESERVED without a card saved, an authorisation, or money taken."""
    for booking in Booking.objects.filter(driver=driver, replaces=None, status=S.RESERVED):
        account = BookingAccount.objects.get(booking=booking)
        secured = account.payments.filter(status__in=Payment.SECURING).exists()
        assert secured or account.grace_until is not None, f"{booking} has nothing that secures it"


def check_end(running: Running, driver: User, now: datetime) -> list[str]:
    """Money equals bills, nothing is reserved, nobody was charged twice, and the books are right.

    Returns how each booking ended: its state, what became of its payment, and its disputes.
    """
    ends = []
    for booking in Booking.objects.filter(driver=driver, replaces=None):
        assert booking.status not in BLOCKING, f"{booking} is {booking.status}"
        disputes = Dispute.objects.filter(payment__account__booking=booking)
        _check_money(running, booking, list(disputes))
        judged = sorted(one.status for one in disputes)
        ends.append(" ".join([booking.status, booking.payment_status, *judged]))
    unfinished = (*Payment.OPEN, Payment.Status.AUTHORISED)
    assert not Payment.objects.filter(driver=driver, status__in=unfinished).exists()
    assert reserved_at_stripe(running, driver) == []
    assert [str(one) for one in check_ledger(now)] == []
    return ends


def reserved_at_stripe(running: Running, driver: User) -> list[str]:
    """The intents of the driver for which a card still keeps money."""
    customer = Customer.objects.filter(driver=driver).exclude(stripe_id=None).first()
    if customer is None:
        return []
    made = running.client().v1.payment_intents.list({"customer": str(customer.stripe_id), "limit": 100})
    return [one.id for one in made.auto_paging_iter() if one.status == "requires_capture"]


def _check_money(running: Running, booking: Booking, disputes: list[Dispute]) -> None:
    bills = CDR.objects.filter(booking_reference=booking.reference)
    owed = Money.total((Money(bill.total_after_taxes, bill.currency) for bill in bills), booking.currency)
    charged, charges = _at_stripe(running, booking)
    kept = charged - Money.total(map(conceded, disputes), booking.currency)
    account = BookingAccount.objects.filter(booking=booking).first()
    if account is None:
        assert not kept
    elif account.state == BookingAccount.State.UNPAID:
        assert Money.zero(booking.currency) <= kept < owed
    else:
        seen = (booking.status, booking.payment_status, account.state, account.last_error)
        assert account.state == BookingAccount.State.SETTLED, seen
        assert kept == owed, (*seen, kept, owed)
    assert len(charges) == len(set(charges)), "a card was charged twice for one payment"


def _at_stripe(running: Running, booking: Booking) -> tuple[Money, list[str]]:
    """What Stripe has taken for the booking and not given back, and the intents with a captured charge."""
    api = running.client().v1
    kept, intents = Money(Decimal(0), booking.currency), []
    for payment in Payment.objects.filter(account__booking=booking, stripe_id__startswith="pi_"):
        for charge in api.charges.list({"payment_intent": str(payment.stripe_id)}).data:
            if charge.captured and charge.amount_captured:
                kept += money_of(charge.amount_captured, charge.currency)
                intents.append(str(payment.stripe_id))
        for refund in api.refunds.list({"payment_intent": str(payment.stripe_id)}).data:
            if refund.status in {"succeeded", "pending"}:
                kept -= money_of(refund.amount, refund.currency)
    return kept, intents
