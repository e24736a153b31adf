"""Accepted terms: the snapshot of a station's booking terms that stays with a booking for ever."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from evbooking.core.money import Money
from stations.models import BookingTerms


@dataclass(frozen=True, slots=True)
class AcceptedTerms:
    """The terms of one booking (OCPI Bookings, BookingTerms). Durations are minutes, shares percent of the price.

    Amounts are in the currency of the booking's tariff. What stands last was not in the first snapshots: those are
    read with its defaults.
    """

    timeslot_increment_minutes: int
    min_booking_duration: int
    max_booking_duration: int
    booking_horizon_minutes: int
    buffer_minutes: int
    change_until_minutes: int
    cancel_until_minutes: int
    late_cancel_allowed: bool
    late_cancel_share: int
    early_start_time: int
    noshow_timeout: int
    noshow_fee_amount: Decimal
    late_stop_time: int
    payment: str
    approval_required: bool
    answer_within_minutes: int
    max_open_bookings_per_driver: int
    security: str = BookingTerms.Security.AUTHORISATION
    deposit_amount: Decimal = Decimal(0)
    estimate_buffer_share: int = 20

    @classmethod
    def of(cls, terms: BookingTerms) -> Self:
        """A snapshot of a station's terms as they are now."""
        return cls(**{name: getattr(terms, name) for name in _NAMES})

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Reads what `as_json` wrote."""
        amounts = {name: Decimal(document[name]) for name in _AMOUNTS if name in document}
        return cls(**document | amounts)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {name: f"{getattr(self, name):f}" for name in _AMOUNTS}

    def as_offer(self, currency: str) -> dict[str, Any]:
        """The terms as the API shows them: amounts are money objects."""
        amounts = {name: Money(getattr(self, name), currency).as_json() for name in _AMOUNTS}
        return asdict(self) | amounts

    @property
    def paid_online(self) -> bool:
        return self.payment == BookingTerms.Payment.ONLINE

    def to_authorise(self, total: Money) -> Money:
        """What is asked of a card for a price: with the buffer on top, rounded once."""
        return total + total * (Decimal(self.estimate_buffer_share) / 100)

    def no_show_fee(self, currency: str) -> Money:
        """What not coming costs besides what the tariff asks for a reservation, rounded once."""
        return Money(self.noshow_fee_amount, currency)

    def late_cancel_fee(self, total: Money) -> Money:
        """What canceling late costs, rounded once."""
        return total * (Decimal(self.late_cancel_share) / 100)

    def blocked_until(self, end: datetime) -> datetime:
        """Until when a booking that ends then keeps the EVSE: its end and the buffer."""
        return end + timedelta(minutes=self.buffer_minutes)

    def opens_at(self, start: datetime) -> datetime:
        """From when on a slot that starts then can be booked."""
        return start - timedelta(minutes=self.booking_horizon_minutes)

    def change_until(self, start: datetime) -> datetime:
        return start - timedelta(minutes=self.change_until_minutes)

    def cancel_free_until(self, start: datetime) -> datetime:
        return start - timedelta(minutes=self.cancel_until_minutes)

    def arrival_from(self, start: datetime) -> datetime:
        return start - timedelta(minutes=self.early_start_time)

    def arrival_until(self, start: datetime) -> datetime:
        """The last instant of the arrival window, inclusive."""
        return start + timedelta(minutes=self.noshow_timeout)

    def released_at(self, start: datetime, end: datetime) -> datetime:
        """Until when a slot is kept for a driver who does not come."""
        return min(self.arrival_until(start), end)

    def answer_by(self, now: datetime, start: datetime) -> datetime:
        """By when the operator must answer a booking made now: never later than its start."""
        return min(now + timedelta(minutes=self.answer_within_minutes), start)


_AMOUNTS = ("noshow_fee_amount", "deposit_amount")
_NAMES = tuple(field.name for field in fields(AcceptedTerms))
