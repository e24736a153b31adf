"""Series of those who may see them, and their dates."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.models import User
from bookings.holds import awaits_payment, has_run_out
from bookings.models import Booking, LaterDate, Series


def series_of(driver: User) -> QuerySet[Series]:
    """A driver's series with their stations, the newest first."""
    booked = Exists(Booking.objects.filter(series=OuterRef("pk")))
    return Series.objects.filter(booked, driver=driver).select_related("station__terms", "evse", "vehicle")


def own_series(driver: User, series_id: UUID) -> Series | None:
    """The driver's series of that id; None for anybody else's."""
    return series_of(driver).filter(pk=series_id).first()


def dates_of(series: Series) -> QuerySet[Booking]:
    """The bookings of a series with what their documents need, in the order of their days."""
    related = ("station", "evse", "vehicle", "tariff_version")
    return Booking.objects.filter(series=series).select_related(*related).order_by("occurrence", "pk")


def later_of(series: Series) -> list[LaterDate]:
    """The dates that wait until they can be booked, could not be, or were withdrawn, in order; booked ones are
    among the bookings."""
    return [one for one in series.later_dates.all() if one.state != LaterDate.State.BOOKED]


def later_on(series: Series, day: date | None) -> LaterDate | None:
    """The later date of that day at the site, whatever became of it; of two the one that was not withdrawn."""
    found = [one for one in series.later_dates.all() if later_day(one, series) == day]
    return min(found, key=lambda one: one.state == LaterDate.State.WITHDRAWN, default=None)


def later_day(later: LaterDate, series: Series) -> date:
    """The day at the site on which the series puts a date that is not booked yet."""
    return later.occurrence.astimezone(ZoneInfo(series.time_zone)).date()


def day_of(booking: Booking) -> date:
    """The day at the site on which the series puts a date."""
    assert booking.occurrence, "a booking of a series has its place in it"
    return booking.occurrence.astimezone(ZoneInfo(booking.station.time_zone)).date()


def is_moved(booking: Booking) -> bool:
    """Whether a date was moved by itself."""
    return booking.start != booking.occurrence


def to_be_paid(dates: list[Booking], now: datetime) -> list[Booking]:
    """The dates that wait for the one checkout of their series."""
    return [one for one in dates if awaits_payment(one) and not has_run_out(one, now)]


def with_dates(found: QuerySet[Series]) -> QuerySet[Series]:
    """The same, the `bookings` of each at hand in the order of their days, and its later dates, in two more queries."""
    dates = Booking.objects.select_related("station", "evse").order_by("occurrence", "pk")
    return found.prefetch_related(Prefetch("bookings", dates), "later_dates")
