"""Bills of bookings that cost nothing when they were made, by terms that are paid online: their drivers owe them."""

from datetime import datetime

from bookings.models import Booking
from bookings.terms import AcceptedTerms
from charging.models import CDR
from evbooking.core.locks import advisory_xact_lock
from payments.models import BookingAccount, LedgerTransaction
from payments.services.marking import mark_due
from payments.services.opening import open_debt


def account_of_bill(cdr: CDR, *, now: datetime) -> BookingAccount | None:
    """The account that a bill belongs to; None where it is paid at the charger.

    A booking has one since its checkout. One that was quoted at nothing gets it with its first bill of something,
    which is due at once, where its terms are paid online and its operator has an account at Stripe. What was once
    booked as paid at the charger stays there. Called by each who handles the bill, in a transaction.
    """
    bill = cdr.credit_of or cdr
    account = _account_of(bill)
    if account is not None or not bill.booking_reference or not bill.total_after_taxes:
        return account
    booking = Booking.objects.select_related("station").get(reference=bill.booking_reference)
    if not AcceptedTerms.from_json(booking.terms).paid_online:
        return None
    advisory_xact_lock(f"checkout:{booking.pk}")
    return _account_of(bill) or _begun(booking, now)


def _account_of(bill: CDR) -> BookingAccount | None:
    return BookingAccount.objects.filter(booking__reference=bill.booking_reference or "").first()


def _begun(booking: Booking, now: datetime) -> BookingAccount | None:
    settled = LedgerTransaction.objects.filter(
        kind=LedgerTransaction.Kind.ON_SITE, booking_reference=booking.reference
    )
    account = None if settled.exists() else open_debt(booking, now=now)
    if account is not None:
        mark_due(booking, now=now)
    return account
