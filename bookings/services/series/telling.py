"""Events of a series, each about many of its dates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from bookings.models import Booking, LaterDate, Series
from evbooking.core import audit, events
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S

_PROMISED: Final = (S.PENDING, S.RESERVED)


def tell_series(
    series: Series,
    event: str,
    dates: Sequence[Booking],
    *,
    actor: User | None,
    now: datetime,
    **amounts: Money,
) -> None:
    """Publish `series.<event>` about these dates, with their `total` or `fee`. Needs a transaction."""
    told = {name: f"{money.amount:f}" for name, money in amounts.items()}
    [currency] = {money.currency for money in amounts.values()}
    starts = sorted(booking.start for booking in dates)
    audit.record(
        f"series.{event}", target=series, actor=actor, before=None, after={"dates": len(starts), **told}
    )
    data: dict[str, Any] = {
        "series_id": series.pk,
        "driver_id": series.driver_id,
        "station_id": series.station_id,
        "rrule": series.rrule,
        "starts": starts,
        "currency": currency,
        "actor_id": actor.pk if actor else None,
        **told,
    }
    events.publish(f"series.{event}", subject=f"series:{series.pk}", data=data, actor=actor, now=now)


def tell_missed(later: LaterDate, *, now: datetime) -> None:
    """Publish `series.missed`: a date that was to be booked by itself was not. Needs a transaction."""
    series = later.series
    audit.record("series.missed", target=series, actor=None, before=None, after={"problem": later.problem})
    data: dict[str, Any] = {
        "series_id": series.pk,
        "driver_id": series.driver_id,
        "station_id": series.station_id,
        "rrule": series.rrule,
        "starts": [later.occurrence],
        "problem": later.problem,
        "actor_id": None,
    }
    events.publish("series.missed", subject=f"series:{series.pk}", data=data, actor=None, now=now)


@transaction.atomic
def tell_if_booked(series: Series, *, actor: User | None, now: datetime) -> bool:
    """Tell that it is booked, once: as soon as some of its dates are promised and none waits any more."""
    found = Series.objects.select_for_update().get(pk=series.pk)
    dates = list(found.bookings.filter(status__in=[S.HELD, *_PROMISED]))
    promised = [booking for booking in dates if booking.status in _PROMISED]
    if found.told_at is not None or not promised or len(promised) < len(dates):
        return False
    found.told_at = found.last_updated = now
    found.save(update_fields=["told_at", "last_updated"])
    tell_series(found, "booked", promised, actor=actor, now=now, total=total_of(promised))
    return True


def total_of(dates: Sequence[Booking]) -> Money:
    """What these dates cost together; all are of one station, so of one currency."""
    return Money.total((Money(one.total_amount, one.currency) for one in dates), dates[0].currency)
