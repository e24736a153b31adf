"""What a visit means for charging: its session, and its bill. Called within the booking's own move.

Until chargers report, a session is the declared start and stop of the booking. It ends with the slot at the
latest: what our clock or somebody's button is late by is billed to nobody.
"""

from datetime import datetime

from accounts.models import User
from bookings.models import Booking
from bookings.terms import AcceptedTerms
from charging.models import Session
from charging.selectors import session_of_booking
from charging.services.bills import issue_cancellation_cdr, issue_cdr, issue_no_show_cdr
from charging.services.sessions import start_session, stop_session
from evbooking.core.money import Money


def begin_session(booking: Booking, *, start: datetime, actor: User | None, now: datetime) -> Session:
    """The session of a booking whose driver plugged in at `start`."""
    return start_session(
        booking.driver,
        evse=booking.evse,
        connector=booking.connector,
        start=start,
        planned_kwh=booking.energy_kwh,
        power_kw=booking.power_kw,
        tariff_version=booking.tariff_version,
        currency=booking.currency,
        booking_reference=booking.reference,
        reserved_from=booking.start,
        actor=actor,
        now=now,
    )


def end_session(booking: Booking, *, end: datetime, actor: User | None, now: datetime) -> None:
    """End the booking's session and bill it; one that has none yet began when the driver arrived."""
    session = session_of_booking(booking.reference or "")
    if session is None:
        began = booking.arrived_at or booking.start
        session = begin_session(booking, start=began, actor=actor, now=now)
    stop_session(session, end=min(end, booking.end), actor=actor, now=now)
    issue_cdr(session, actor=actor, now=now)


def bill_cancellation(booking: Booking, *, fee: Money, actor: User | None, now: datetime) -> None:
    """Bill the fee of a booking that was canceled late."""
    issue_cancellation_cdr(
        booking.driver,
        booking_reference=booking.reference or "",
        evse=booking.evse,
        start=booking.start,
        end=booking.end,
        tariff_version=booking.tariff_version,
        fee=fee.amount,
        actor=actor,
        now=now,
    )


def bill_no_show(booking: Booking, *, actor: User | None, now: datetime) -> None:
    """Bill a booking nobody came for: the EVSE was kept from the slot's start until the driver could no longer come."""
    terms = AcceptedTerms.from_json(booking.terms)
    issue_no_show_cdr(
        booking.driver,
        booking_reference=booking.reference or "",
        evse=booking.evse,
        reserved_from=booking.start,
        released_at=terms.released_at(booking.start, booking.end),
        tariff_version=booking.tariff_version,
        noshow_fee=terms.noshow_fee_amount,
        actor=actor,
        now=now,
    )
