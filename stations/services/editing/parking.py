"""The parking places of a station, which its EVSEs refer to."""

from typing import Unpack

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from stations.models import ParkingPlace, Station
from stations.services.fields import ParkingFields
from stations.services.journal import Change, announce_station, differing, record, snapshot
from stations.services.locks import lock_station
from stations.services.validation import check_model, refuse_if

_NAMES = (
    "physical_reference",
    "vehicle_types",
    "max_vehicle_height",
    "max_vehicle_length",
    "max_vehicle_width",
)


@transaction.atomic
def add_parking_place(
    station: Station, *, actor: User | None, **fields: Unpack[ParkingFields]
) -> ParkingPlace:
    """A new bay of the station; one for VehicleType DISABLED is a disabled bay. Raises Invalid."""
    locked = lock_station(station)
    place = ParkingPlace(station=locked)
    _assign(place, fields)
    place.save(force_insert=True)
    _record("parking.add", place, actor=actor, before={}, after=snapshot(place, _NAMES))
    return place


@transaction.atomic
def update_parking_place(
    place: ParkingPlace, *, actor: User | None, **changes: Unpack[ParkingFields]
) -> ParkingPlace:
    """The bay with these fields changed. Raises Invalid."""
    place.station = lock_station(place.station)
    place.refresh_from_db(fields=_NAMES)
    before = snapshot(place, _NAMES)
    _assign(place, changes)
    after = snapshot(place, _NAMES)
    names = differing(before, after)
    if names:
        place.save()
        old, new = ({name: values[name] for name in names} for values in (before, after))
        _record("parking.update", place, actor=actor, before=old, after=new)
    return place


@transaction.atomic
def remove_parking_place(place: ParkingPlace, *, actor: User | None) -> None:
    """Forget the bay; its EVSEs no longer refer to it."""
    place.station = lock_station(place.station)
    _record("parking.remove", place, actor=actor, before=snapshot(place, _NAMES), after={})
    place.delete()


def _assign(place: ParkingPlace, fields: ParkingFields) -> None:
    for name, value in fields.items():
        setattr(place, name, value)
    place.vehicle_types = sorted(set(place.vehicle_types))
    refuse_if(check_model(place, only=fields.keys()))


def _record(
    action: str,
    place: ParkingPlace,
    *,
    actor: User | None,
    before: dict[str, object],
    after: dict[str, object],
) -> None:
    more = {"parking_place": str(place.pk)}
    change = Change(place.station, action, actor, timezone.now(), before, after, more=more)
    record(change, target=place)
    announce_station("station.changed", change)
