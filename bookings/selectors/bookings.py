"""Bookings of those who may see them: every question is scoped to the asker in the query itself."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db.models import DateField, F, Func, Q, QuerySet
from django.db.models.functions import Cast

from accounts.models import Membership, User
from accounts.selectors import operator_ids
from bookings.models import Booking, BookingTransition

_FARTHEST_ZONE: Final = timedelta(hours=16)  # time zones lie within 14 hours of UTC
_SHOWN = ("station", "evse", "tariff_version")
_DAY_AT_SITE = Cast(Func(F("station__time_zone"), F("start"), function="timezone"), DateField())


def bookings_of(driver: User) -> QuerySet[Booking]:
    """A driver's bookings with what their document needs; rows that only keep a new slot are left out."""
    return Booking.objects.filter(driver=driver, reference__isnull=False).select_related(*_SHOWN)


def bookings_of_operator(operators: Iterable[UUID] | QuerySet[Membership, UUID]) -> QuerySet[Booking]:
    """The bookings at the stations of these operators (ids, or a subquery of them), with their drivers."""
    return all_bookings().filter(station__operator__in=operators)


def bookings_for_staff(user: User) -> QuerySet[Booking]:
    """The bookings at the stations of every operator the person belongs to."""
    return bookings_of_operator(operator_ids(user))


def all_bookings() -> QuerySet[Booking]:
    """Every booking, for administrators."""
    return Booking.objects.filter(reference__isnull=False).select_related(*_SHOWN, "driver")


def history_of(booking: Booking) -> QuerySet[BookingTransition]:
    """The steps of a booking, the oldest first."""
    return booking.transitions.order_by("at", "id")


def filtered(
    bookings: QuerySet[Booking],
    *,
    status: Iterable[str] = (),
    start_from: datetime | date | None = None,
    start_before: datetime | date | None = None,
    updated_since: datetime | None = None,
) -> QuerySet[Booking]:
    """Those in one of the states whose start lies in [start_from, start_before); a day is one of the site's."""
    wanted = Q(status__in=list(status)) if status else Q()
    if updated_since is not None:
        wanted &= Q(last_updated__gte=updated_since)
    for edge, comparison in ((start_from, "gte"), (start_before, "lt")):
        if isinstance(edge, datetime):
            wanted &= Q(**{f"start__{comparison}": edge})
        elif edge is not None:
            bookings = bookings.alias(day_at_site=_DAY_AT_SITE)
            wanted &= Q(
                **{f"day_at_site__{comparison}": edge, f"start__{comparison}": _surely(edge, comparison)}
            )
    return bookings.filter(wanted)


def _surely(day: date, comparison: str) -> datetime:
    """An instant no site's midnight of that day goes beyond: what the indexes on `start` can be asked for."""
    midnight = datetime.combine(day, time(), UTC)
    return midnight - _FARTHEST_ZONE if comparison == "gte" else midnight + _FARTHEST_ZONE
