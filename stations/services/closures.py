"""Closures: planned windows in which a station or one of its EVSEs cannot be booked.

What happens to bookings inside such a window is decided by the bookings app, which hears `station.closed`.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from evbooking.core.errors import FieldError, WrongState
from stations.models import EVSE, Closure, Station
from stations.services.journal import Change, announce_station, as_json, record
from stations.services.locks import lock_station
from stations.services.validation import check_model, refuse_if

_LONGEST: Final = timedelta(days=366)


@transaction.atomic
def close(
    station: Station,
    *,
    start: datetime,
    end: datetime,
    reason: str,
    actor: User | None,
    evse: EVSE | None = None,
) -> Closure:
    """Close the station, or one EVSE of it, during [start, end). Raises Invalid."""
    now = timezone.now()
    locked = lock_station(station)
    closure = Closure(station=locked, evse=evse, start=start, end=end, reason=reason, created_by=actor)
    refuse_if(_errors(closure, now))
    closure.save(force_insert=True)
    after = _described(closure)
    more = {"closure": str(closure.pk), "start": after["start"], "end": after["end"]}
    change = Change(locked, "closure.add", actor, now, {}, after, evse=evse, reason=closure.reason, more=more)
    record(change, target=closure)
    announce_station("station.closed", change)
    return closure


@transaction.atomic
def cancel_closure(closure: Closure, *, actor: User | None) -> Closure:
    """Open again what the closure closes from now on. Raises WrongState where it is over or canceled."""
    now = timezone.now()
    station = lock_station(closure.station)
    live = Closure.objects.filter(pk=closure.pk, canceled_at=None, end__gt=now)
    if not live.update(canceled_at=now):
        raise WrongState("This closure is over or has been canceled.")
    closure.canceled_at = now
    values = ({"canceled_at": None}, {"canceled_at": as_json(now)})
    more = {"closure": str(closure.pk)}
    change = Change(station, "closure.cancel", actor, now, *values, evse=closure.evse, more=more)
    record(change, target=closure)
    announce_station("station.changed", change)
    return closure


def _errors(closure: Closure, now: datetime) -> list[FieldError]:
    errors = []
    if closure.evse and (closure.evse.station_id != closure.station_id or closure.evse.removed_at):
        errors.append(FieldError("evse_uid", "invalid", "Name an EVSE of this station."))
    if closure.end <= closure.start:
        errors.append(FieldError("end", "end_before_start", "The end must come after the start."))
    elif closure.end <= now:
        errors.append(FieldError("end", "in_the_past", "This window is over already."))
    elif closure.end - closure.start > _LONGEST:
        errors.append(FieldError("end", "range_too_long", "A closure lasts at most 366 days."))
    return errors + check_model(closure, only={"reason"})


def _described(closure: Closure) -> dict[str, Any]:
    return {
        "evse": closure.evse and closure.evse.uid,
        "start": as_json(closure.start),
        "end": as_json(closure.end),
        "reason": closure.reason,
    }
