"""Adding an EVSE to a station, changing and removing it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import User
from evbooking.core.errors import FieldError, Invalid, WrongState
from evbooking.core.ocpi import Status
from stations.hardware import hardware_status
from stations.models import EVSE, Station
from stations.services.editing.connectors import describe_connectors, write_connectors
from stations.services.fields import ConnectorFields, EvseChanges, EvseFields
from stations.services.journal import Change, announce_evse, announce_station, as_json, differing, record
from stations.services.locks import lock_evse, lock_station
from stations.services.validation import check_model, refuse_if

_UID: Final = re.compile(r"[A-Za-z0-9*_.:-]{1,36}")
_UID_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@transaction.atomic
def add_evse(
    station: Station,
    *,
    actor: User | None,
    connectors: Sequence[ConnectorFields] = (),
    **fields: Unpack[EvseFields],
) -> EVSE:
    """A new EVSE of the station. Its uid is unique in the installation and is never given to another.

    Raises Invalid.
    """
    now = timezone.now()
    locked = lock_station(station)
    evse = new_evse(locked, now=now, **fields)
    _insert(evse)
    evse.parking_places.set(fields.get("parking_places", ()))
    write_connectors(evse, connectors)
    change = Change(locked, "evse.add", actor, now, {}, _described(evse), evse=evse)
    record(change)
    announce_station("station.changed", change)
    return evse


@transaction.atomic
def update_evse(
    evse: EVSE,
    *,
    actor: User | None,
    connectors: Sequence[ConnectorFields] | None = None,
    **changes: Unpack[EvseChanges],
) -> EVSE:
    """The EVSE with these fields changed, and its connectors replaced where a list is given.

    Raises Invalid, or WrongState where it has been removed.
    """
    now = timezone.now()
    locked = _present(evse)
    before = _described(locked)
    refuse_if(_assign(locked, changes))
    if "parking_places" in changes:
        locked.parking_places.set(changes["parking_places"])
    if connectors is not None:
        write_connectors(locked, connectors)
    after = _described(locked)
    names = differing(before, after)
    if names:
        locked.save()
        values = ({name: before[name] for name in names}, {name: after[name] for name in names})
        change = Change(locked.station, "evse.update", actor, now, *values, evse=locked)
        record(change)
        announce_station("station.changed", change)
    return locked


@transaction.atomic
def remove_evse(evse: EVSE, *, actor: User | None) -> EVSE:
    """Take the EVSE off its station for ever. The row stays, because bookings name it, and so does its uid.

    Raises WrongState where that was done before.
    """
    now = timezone.now()
    locked = _present(evse)
    before = {"status": hardware_status(locked), "removed_at": None}
    locked.removed_at = locked.status_since = now
    locked.save(update_fields=["removed_at", "status_since", "last_updated"])
    after = {"status": Status.REMOVED, "removed_at": as_json(now)}
    change = Change(locked.station, "evse.remove", actor, now, before, after, evse=locked)
    record(change)
    if not locked.inhibits:
        announce_evse("evse.out_of_service", change)
    announce_evse("evse.status", change)
    announce_station("station.changed", change)
    return locked


def new_evse(station: Station, *, now: datetime, **fields: Unpack[EvseFields]) -> EVSE:
    """An unsaved EVSE, checked but for a uid that others have, for who saves many at once. Raises Invalid.

    Its parking places are the caller's to set.
    """
    evse = EVSE(station=station, uid=fields.get("uid") or _generated_uid(), status_since=now)
    refuse_if(_uid_errors(evse) + _assign(evse, fields))
    return evse


def _present(evse: EVSE) -> EVSE:
    locked = lock_evse(evse)
    if locked.removed_at is not None:
        raise WrongState("This EVSE has been removed.")
    return locked


def _assign(evse: EVSE, fields: EvseChanges) -> list[FieldError]:
    plain = {name: value for name, value in fields.items() if name not in {"uid", "parking_places"}}
    for name, value in plain.items():
        setattr(evse, name, value)
    errors = check_model(evse, only=plain.keys())
    if any(place.station_id != evse.station_id for place in fields.get("parking_places", ())):
        errors.append(FieldError("parking_places", "invalid", "Name parking places of this station."))
    return errors


def _uid_errors(evse: EVSE) -> list[FieldError]:
    if _UID.fullmatch(evse.uid):
        return []
    return [FieldError("uid", "invalid", "Up to 36 letters, digits and the signs * _ . : - are allowed.")]


def _insert(evse: EVSE) -> None:
    try:
        with transaction.atomic():
            evse.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid.one("uid", "invalid", "Another EVSE has or had this uid.") from error


def _generated_uid() -> str:
    """EVB and 12 letters or digits: 60 bits."""
    return f"EVB{get_random_string(12, _UID_LETTERS)}"


def _described(evse: EVSE) -> dict[str, Any]:
    return {
        "uid": evse.uid,
        "evse_id": evse.evse_id,
        "physical_reference": evse.physical_reference,
        "floor_level": evse.floor_level,
        "walk_in_only": evse.walk_in_only,
        "parking_places": sorted(str(place.pk) for place in evse.parking_places.all()),
        "connectors": describe_connectors(evse),
    }
