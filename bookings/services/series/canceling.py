"""Canceling what is left of a series: each date by its own terms, the fees summed up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from bookings.models import Booking, LaterDate, Series
from bookings.selectors.series import dates_of, day_of
from bookings.series_acts import act_on_series
from bookings.services.cancel import CANCELABLE, Cancellation, cancel, cancellation_quote
from bookings.services.series.later import waiting_of, withdraw
from bookings.services.series.telling import tell_series
from evbooking.core.errors import DomainError, WrongState
from evbooking.core.money import Money
from evbooking.core.ocpi import CanceledReason


@dataclass(frozen=True, slots=True)
class DateCanceled:
    """One date: what canceling it costs, or why it stays."""

    booking: Booking
    cancellation: Cancellation | None = None
    problem: DomainError | None = None


@dataclass(frozen=True, slots=True)
class SeriesCancellation:
    """The dates that are open, in order, and the `later` ones that are withdrawn before they were booked."""

    dates: Sequence[DateCanceled]
    later: Sequence[LaterDate] = ()

    @property
    def canceled(self) -> list[DateCanceled]:
        return [one for one in self.dates if one.cancellation]

    @property
    def count(self) -> int:
        """How many dates the driver is rid of."""
        return len(self.canceled) + len(self.later)

    @property
    def fee(self) -> Money:
        """What canceling costs together."""
        return self._sum(one.cancellation.fee for one in self.dates if one.cancellation)

    @property
    def refund(self) -> Money:
        """What comes back of what was secured."""
        return self._sum(
            one.cancellation.refund for one in self.dates if one.cancellation and one.cancellation.refund
        )

    def _sum(self, parts: Iterable[Money]) -> Money:
        currency = self.dates[0].booking.currency if self.dates else self.later[0].currency
        return Money.total(parts, currency)


def series_cancellation(series: Series, *, since: date | None = None, now: datetime) -> SeriesCancellation:
    """What canceling the dates from the day `since` on (None: all that are open) would cost. Raises WrongState."""
    found, later = _cancelable(series, since), waiting_of(series, since)
    _require_any(found, later)
    return SeriesCancellation([_quoted(booking, now) for booking in found], later)


def cancel_series(
    series: Series,
    *,
    since: date | None = None,
    actor: User,
    now: datetime,
    reason: CanceledReason = CanceledReason.NO_CANCELED,
) -> SeriesCancellation:
    """Cancel them, each by itself: one that the terms keep stops no other, and is told of. Raises WrongState."""
    later = withdraw(waiting_of(series, since), now=now)
    found = _cancelable(series, since)  # looked at last: a date that was booked meanwhile waits no more
    _require_any(found, later)
    with act_on_series(series.pk):
        done = SeriesCancellation([_canceled(booking, actor, reason, now) for booking in found], later)
    if done.canceled:
        with transaction.atomic():
            Series.objects.filter(pk=series.pk).update(last_updated=now)
            dates = [one.booking for one in done.canceled]
            tell_series(series, "canceled", dates, actor=actor, now=now, fee=done.fee)
    return done


def _cancelable(series: Series, since: date | None) -> list[Booking]:
    found = dates_of(series).filter(status__in=CANCELABLE)
    return [booking for booking in found if since is None or day_of(booking) >= since]


def _require_any(dates: Sequence[Booking], later: Sequence[LaterDate]) -> None:
    if not dates and not later:
        raise WrongState("No date of this series is left to cancel.")


def _quoted(booking: Booking, now: datetime) -> DateCanceled:
    try:
        return DateCanceled(booking, cancellation_quote(booking, now))
    except DomainError as problem:
        return DateCanceled(booking, problem=problem)


def _canceled(booking: Booking, actor: User, reason: CanceledReason, now: datetime) -> DateCanceled:
    try:
        return DateCanceled(booking, cancel(booking, actor=actor, now=now, reason=reason))
    except DomainError as problem:
        return DateCanceled(booking, problem=problem)
