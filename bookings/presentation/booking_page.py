"""One booking as its driver sees it: what it is, what can be done now, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bookings.errors import TooLateToCancel
from bookings.holds import awaits_payment, has_run_out
from bookings.models import Booking
from bookings.presentation.words import site_clock, site_day, site_range, site_time
from bookings.quoting import no_show_cost
from bookings.services.cancel import CANCELABLE, Cancellation, cancellation_quote
from bookings.terms import AcceptedTerms
from bookings.transitions import CHANGEABLE
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S

_PRICED: Final = (S.HELD, S.PENDING, S.RESERVED, S.FULFILLED, S.COMPLETED)


@dataclass(frozen=True, slots=True)
class BookingPage:
    """A booking at an instant; of the dates of a series one may stand for `others`, too."""

    booking: Booking
    now: datetime
    others: int = 0

    @property
    def state(self) -> S:
        """Its state; a hold that has run out is EXPIRED, whether or not the clock has marked it yet."""
        return S.EXPIRED if has_run_out(self.booking, self.now) else S(self.booking.status)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.booking.station.time_zone)

    @property
    def terms(self) -> AcceptedTerms:
        return AcceptedTerms.from_json(self.booking.terms)

    @property
    def total(self) -> Money:
        return Money(self.booking.total_amount, self.booking.currency)

    @property
    def fee(self) -> Money:
        return Money(self.booking.fee_amount, self.booking.currency)

    @property
    def to_pay(self) -> bool:
        """Whether a payment, and no button, makes the slot the driver's."""
        return self.state == S.HELD and awaits_payment(self.booking)

    @property
    def is_being_paid(self) -> bool:
        return self.booking.payment_status == Booking.PaymentStatus.PROCESSING

    @property
    def no_show(self) -> Money:
        """What it costs not to come."""
        booking = self.booking
        slot = {"start": booking.start, "end": booking.end}
        return no_show_cost(booking.tariff_version, self.terms, zone=self.zone, **slot)

    @property
    def owed(self) -> Money:
        """What it comes to: the price of a slot that is used or still to come, else the fee."""
        return self.total if self.state in _PRICED else self.fee

    @property
    def price_title(self) -> str:
        return "What it costs" if self.state in _PRICED else "What it would have cost"

    @property
    def day(self) -> str:
        return site_day(self.booking.start, self.zone)

    @property
    def time(self) -> str:
        return site_range(self.booking.start, self.booking.end, self.zone)

    @property
    def arrival_opens(self) -> datetime:
        return self.terms.arrival_from(self.booking.start)

    @property
    def arrival_closes(self) -> datetime:
        return self.terms.arrival_until(self.booking.start)

    @property
    def can_start(self) -> bool:
        """Whether "I have plugged in" works now."""
        return self.state == S.RESERVED and self.arrival_opens <= self.now <= self.arrival_closes

    @property
    def why_not_start(self) -> str:
        """Empty while it can be started."""
        if self.state != S.RESERVED or self.can_start:
            return ""
        if self.now < self.arrival_opens:
            return f"Plug in from {site_time(self.arrival_opens, self.zone)} on, then press the button."
        return (
            f"You could plug in until {site_clock(self.arrival_closes, self.zone)}. The slot is given away."
        )

    @property
    def can_change(self) -> bool:
        return self.state in CHANGEABLE and self.now <= self.terms.change_until(self.booking.start)

    @property
    def why_not_change(self) -> str:
        if self.state not in CHANGEABLE or self.can_change:
            return ""
        until = site_time(self.terms.change_until(self.booking.start), self.zone)
        return f"It could be moved until {until}."

    @property
    def cancellation(self) -> Cancellation | None:
        """What canceling costs now; None where it is over or too late."""
        if self.state not in CANCELABLE:
            return None
        try:
            return cancellation_quote(self.booking, self.now)
        except TooLateToCancel:
            return None
