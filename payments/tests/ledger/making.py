"""What the books are tested with: a booking paid online, its bills and what moved at Stripe, written to the tables."""

import itertools
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from bookings.models import Booking
from charging.models import CDR
from charging.services.bills import issue_cdr
from charging.services.sessions import start_session, stop_session
from evbooking.core.ocpi import ConnectorType, ReservationStatus
from payments.models import BookingAccount, Dispute, OperatorAccount, Payment, Payout, Refund
from stations.models import EVSE
from tests.factories import make_booking

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
_serial = itertools.count(1)


def paid_online(evse: EVSE, driver: User, *, currency: str = "EUR", **fields: Any) -> BookingAccount:
    """The account of a completed booking of `evse` at START; the platform gets 5 percent."""
    booking = make_booking(evse, driver, start=START, status=ReservationStatus.COMPLETED, currency=currency)
    values: dict[str, Any] = {
        "strategy": BookingAccount.Strategy.AUTHORISE,
        "estimate_amount": Decimal(20),
        "fee_share": Decimal(5),
        **fields,
    }
    return BookingAccount.objects.create(
        booking=booking,
        operator=evse.station.operator,
        currency=currency,
        created_at=START,
        last_updated=START,
        **values,
    )


def bill(booking: Booking, *, end: datetime) -> CDR:
    """The CDR of a session from the booking's start until `end`."""
    session = start_session(
        booking.driver,
        evse=booking.evse,
        connector=ConnectorType.IEC_62196_T2,
        start=booking.start,
        planned_kwh=booking.energy_kwh,
        power_kw=booking.power_kw,
        tariff_version=booking.tariff_version,
        currency=booking.currency,
        booking_reference=booking.reference,
        actor=None,
        now=booking.start,
    )
    stop_session(session, end=end, actor=None, now=end)
    return issue_cdr(session, actor=None, now=end)


def captured(account: BookingAccount, amount: str, **fields: Any) -> Payment:
    serial = next(_serial)
    values: dict[str, Any] = {
        "kind": Payment.Kind.AUTHORISATION,
        "purpose": Payment.Purpose.CHECKOUT,
        "status": Payment.Status.CAPTURED,
        "captured_amount": Decimal(amount),
        "stripe_id": f"pi_{serial}",
        "charge_id": f"ch_{serial}",
        "captured_at": START,
        **fields,
    }
    return Payment.objects.create(
        account=account,
        driver=account.booking.driver,
        currency=account.currency,
        amount=Decimal(amount),
        created_at=START,
        last_updated=START,
        **values,
    )


def refunded(payment: Payment, amount: str, **fields: Any) -> Refund:
    values: dict[str, Any] = {
        "status": Refund.Status.SUCCEEDED,
        "reason": Refund.Reason.CORRECTION,
        "stripe_id": f"re_{next(_serial)}",
        **fields,
    }
    return Refund.objects.create(
        payment=payment,
        amount=Decimal(amount),
        currency=payment.currency,
        created_at=START,
        last_updated=START,
        **values,
    )


def disputed(payment: Payment, amount: str, **fields: Any) -> Dispute:
    return Dispute.objects.create(
        payment=payment,
        stripe_id=f"du_{next(_serial)}",
        amount=Decimal(amount),
        currency=payment.currency,
        created_at=START,
        last_updated=START,
        **fields,
    )


def paid_out(account: OperatorAccount, amount: str, **fields: Any) -> Payout:
    values: dict[str, Any] = {"currency": "EUR", "status": Payout.Status.PAID, **fields}
    return Payout.objects.create(
        account=account,
        amount=Decimal(amount),
        stripe_id=f"po_{next(_serial)}",
        created_at=START,
        last_updated=START,
        **values,
    )
