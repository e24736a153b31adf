"""Who let go of which slot, read from what bookings say themselves, so that it is known as soon as the slot is free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Q

from bookings.models import BLOCKING, Booking
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import ReservationStatus as S
from stations.local_time import epoch_seconds
from stations.models import EVSE

_ENDED: Final = (S.EXPIRED, S.NO_SHOW, S.REJECTED, S.FAILED, S.COMPLETED)
_LET_GO: Final = Q(status__in=_ENDED) | Q(status=S.CANCELED, canceled_by=Booking.CanceledBy.DRIVER)


class LetGo(NamedTuple):
    """Somebody let go of [begin, end), epoch seconds, at an EVSE."""

    evse_id: UUID
    begin: int
    end: int
    at: datetime


def let_go_by(drivers: Collection[UUID], station_id: UUID, now: datetime) -> dict[UUID, list[LetGo]]:
    """What each of these drivers let go at the station that is not past, also by moving a booking away.

    A slot that the station or the system took back was not let go.
    """
    found: dict[UUID, list[LetGo]] = defaultdict(list)
    theirs = Booking.objects.filter(driver__in=drivers, station=station_id, reference__isnull=False)
    ended = theirs.filter(_LET_GO, end__gt=now)
    for driver_id, evse_id, start, end, at in ended.values_list(
        "driver", "evse_id", "start", "end", "last_updated"
    ):
        found[driver_id].append(LetGo(evse_id, epoch_seconds(start), epoch_seconds(end), at))
    standing = theirs.filter(status__in=BLOCKING).values_list("reference", flat=True)
    for driver_id, one in _moved_away([f"booking:{reference}" for reference in standing], station_id, now):
        found[driver_id].append(one)
    return found


def _moved_away(subjects: Collection[str], station_id: UUID, now: datetime) -> Iterator[tuple[UUID, LetGo]]:
    """The places that these bookings had before their drivers moved them."""
    moves = DomainEvent.objects.filter(type="booking.rescheduled", subject__in=subjects) if subjects else ()
    evses: dict[str, UUID] = {}
    for event in moves:
        evses = evses or dict(EVSE.objects.filter(station=station_id).values_list("uid", "pk"))
        before, by_driver = event.data["before"], event.data["actor_id"] == event.data["driver_id"]
        start, end = (datetime.fromisoformat(before[edge]) for edge in ("start", "end"))
        if by_driver and end > now:
            place = LetGo(
                evses[before["evse_uid"]], epoch_seconds(start), epoch_seconds(end), event.occurred_at
            )
            yield UUID(event.data["driver_id"]), place
