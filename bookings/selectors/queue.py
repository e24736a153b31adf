"""How an operator's lines do: their length now, and of those that ended, how many got a slot and how soon."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, Count, DurationField, F, Q, QuerySet

from accounts.models import Operator
from bookings.models import WaitlistEntry
from bookings.selectors.utilisation import instant_of
from bookings.waiting import OPEN, S
from stations.models import Station

_NOBODY: Final[dict[str, Any]] = {"ended": 0, "accepted": 0, "median": None, "open_now": 0}


class _Median(Aggregate):
    """Of durations (PostgreSQL, ordered-set aggregate)."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class QueueUse:
    """One station's line. `waiting` is now; the rest is of the places that ended in the window.

    `conversion` is accepted over ended, None where nothing ended; `median_wait_minutes` of those accepted, from
    joining to accepting.
    """

    station_id: UUID
    name: str
    waiting: int
    ended: int
    accepted: int
    conversion: Decimal | None
    median_wait_minutes: int | None


def queues(operator: Operator, *, since: datetime | date, before: datetime | date) -> list[QueueUse]:
    """The line of each station, by name; ended in [since, before), days begin at midnight of each site."""
    stations = list(Station.objects.filter(operator=operator).order_by("name", "pk"))
    figures: dict[UUID, dict[str, Any]] = {}
    for name in {station.time_zone for station in stations}:
        zone = ZoneInfo(name)
        theirs = WaitlistEntry.objects.filter(station__operator=operator, station__time_zone=name)
        figures |= _figures(theirs, instant_of(since, zone), instant_of(before, zone))
    return [_use(station, figures.get(station.pk, _NOBODY)) for station in stations]


def _figures(entries: QuerySet[WaitlistEntry], start: datetime, end: datetime) -> dict[UUID, dict[str, Any]]:
    ended = Q(ended_at__gte=start, ended_at__lt=end)
    accepted = ended & Q(status=S.ACCEPTED)
    rows = (
        entries.order_by()
        .values("station_id")
        .annotate(
            open_now=Count("pk", filter=Q(status__in=OPEN)),
            ended=Count("pk", filter=ended),
            accepted=Count("pk", filter=accepted),
            median=_Median(F("ended_at") - F("joined_at"), filter=accepted),
        )
    )
    return {row["station_id"]: dict(row) for row in rows}


def _use(station: Station, row: dict[str, Any]) -> QueueUse:
    ended, accepted = row["ended"], row["accepted"]
    median: timedelta | None = row["median"]
    return QueueUse(
        station_id=station.pk,
        name=station.name,
        waiting=row["open_now"],
        ended=ended,
        accepted=accepted,
        conversion=(Decimal(accepted) / ended).quantize(Decimal("0.0001")) if ended else None,
        median_wait_minutes=None if median is None else median // timedelta(minutes=1),
    )
