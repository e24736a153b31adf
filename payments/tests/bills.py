"""A visit that was billed: a booking with its money account, its session and its CDR."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from bookings.models import Booking
from charging.models import CDR
from charging.services.bills import issue_cdr
from charging.services.sessions import start_session, stop_session
from evbooking.core.ocpi import ConnectorType, ReservationStatus
from payments.models import BookingAccount
from stations.models import EVSE
from tests.factories import make_booking

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
END = START + timedelta(hours=1)


def make_account(booking: Booking, **fields: Any) -> BookingAccount:
    """The money of a booking, at 5 % for the platform."""
    values: dict[str, Any] = {
        "strategy": BookingAccount.Strategy.AUTHORISE,
        "currency": booking.currency,
        "estimate_amount": booking.total_amount,
        "fee_share": Decimal(5),
        "created_at": booking.created_at,
        "last_updated": booking.created_at,
        **fields,
    }
    return BookingAccount.objects.create(booking=booking, operator=booking.station.operator, **values)


def billed_visit(
    evse: EVSE, driver: User, *, start: datetime = START, **fields: Any
) -> tuple[BookingAccount, CDR]:
    """An hour at 11 kW that was charged and billed: 11 kWh, at the usual tariff 5.50 EUR with 19 % VAT in it."""
    booking = make_booking(evse, driver, start=start, status=ReservationStatus.COMPLETED)
    account = make_account(booking, **fields)
    session = start_session(
        driver,
        evse=evse,
        connector=ConnectorType.IEC_62196_T2,
        start=start,
        planned_kwh=booking.energy_kwh,
        power_kw=booking.power_kw,
        tariff_version=booking.tariff_version,
        currency=booking.currency,
        booking_reference=booking.reference,
        reserved_from=start,
        actor=driver,
        now=start,
    )
    stop_session(session, end=booking.end, actor=driver, now=booking.end)
    return account, issue_cdr(session, actor=driver, now=booking.end)
