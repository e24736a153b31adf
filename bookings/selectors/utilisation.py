"""How much an operator's stations were used: booked hours against the hours in which they could be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Greatest, Least

from accounts.models import Operator
from bookings.models import Booking
from evbooking.core.ocpi import ReservationStatus as S
from stations.grid import local_midnight
from stations.hours import Hours, open_intervals
from stations.models import Station

USED = (S.RESERVED, S.FULFILLED, S.COMPLETED, S.NO_SHOW)
_HUNDREDTH = Decimal("0.01")
NOTHING: Final[dict[str, Any]] = {
    "booked": None,
    "bookings": 0,
    "completed": 0,
    "no_shows": 0,
    "canceled": 0,
}


@dataclass(frozen=True, slots=True)
class StationUse:
    """One station in a window. Hours are EVSE hours; `utilisation` is booked over open, None where never open.

    `bookings` began or went on in the window and kept an EVSE; the other counts are of those that began in it.
    """

    station_id: UUID
    name: str
    evse_count: int
    open_hours: Decimal
    booked_hours: Decimal
    utilisation: Decimal | None
    bookings: int
    completed: int
    no_shows: int
    canceled: int


def utilisation(operator: Operator, *, since: datetime | date, before: datetime | date) -> list[StationUse]:
    """The use of each station in [since, before), by name; days begin at midnight of each site."""
    stations = Station.objects.filter(operator=operator).annotate(
        evse_count=Count("evses", filter=Q(evses__removed_at=None))
    )
    by_zone: dict[str, list[Station]] = {}
    for station in stations:
        by_zone.setdefault(station.time_zone, []).append(station)
    found = [use for name, members in by_zone.items() for use in _in_zone(name, members, since, before)]
    return sorted(found, key=lambda use: (use.name, use.station_id))


def _in_zone(
    name: str, stations: list[Station], since: datetime | date, before: datetime | date
) -> Iterator[StationUse]:
    zone = ZoneInfo(name)
    start, end = instant_of(since, zone), instant_of(before, zone)
    figures = count_use(Booking.objects.filter(station__in=stations), "station_id", start, end)
    for station in stations:
        count: int = station.evse_count  # type: ignore[attr-defined]
        row = figures.get(station.pk, NOTHING)
        opened = open_time(station, zone, start, end) * count
        booked = row["booked"] or timedelta()
        yield StationUse(
            station_id=station.pk,
            name=station.name,
            evse_count=count,
            open_hours=hours_in(opened),
            booked_hours=hours_in(booked),
            utilisation=share(booked, opened),
            **{key: row[key] for key in ("bookings", "completed", "no_shows", "canceled")},
        )


def count_use(
    bookings: QuerySet[Booking], by: str, start: datetime, end: datetime
) -> dict[UUID, dict[str, Any]]:
    """The figures of NOTHING in [start, end) for each value of the column `by` that has any."""
    overlap = ExpressionWrapper(
        Least(F("end"), Value(end)) - Greatest(F("start"), Value(start)), output_field=DurationField()
    )
    used, began = Q(status__in=USED), Q(start__gte=start)
    rows = (
        bookings.filter(start__lt=end, end__gt=start, reference__isnull=False)
        .order_by()
        .values(by)
        .annotate(
            booked=Sum(overlap, filter=used),
            bookings=Count("pk", filter=used),
            completed=Count("pk", filter=began & Q(status=S.COMPLETED)),
            no_shows=Count("pk", filter=began & Q(status=S.NO_SHOW)),
            canceled=Count("pk", filter=began & Q(status=S.CANCELED)),
        )
    )
    return {row[by]: dict(row) for row in rows}


def open_time(station: Station, zone: ZoneInfo, start: datetime, end: datetime) -> timedelta:
    """For how long the site is open within [start, end)."""
    intervals = open_intervals(Hours.from_ocpi(station.opening_times), zone, start, end)
    return sum((until - begin for begin, until in intervals), timedelta())


def instant_of(edge: datetime | date, zone: ZoneInfo) -> datetime:
    """An instant as it is; of a day, its first instant at the site."""
    return edge if isinstance(edge, datetime) else local_midnight(zone, edge)


def share(part: timedelta, whole: timedelta) -> Decimal | None:
    """`part` of `whole` to four places; None of nothing."""
    return Decimal(part / whole).quantize(Decimal("0.0001")) if whole else None


def hours_in(time: timedelta) -> Decimal:
    """Hours to two places."""
    return (Decimal(time // timedelta(seconds=1)) / 3600).quantize(_HUNDREDTH)
