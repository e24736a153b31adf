"""Creating a station and changing what is said about it."""

from itertools import islice
from typing import Unpack

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Operator, User
from accounts.ports import require_room
from evbooking.core.errors import FieldError, Invalid
from stations.countries import countries
from stations.hours import Hours, InvalidHours
from stations.models import BookingTerms, Station
from stations.services.fields import StationFields
from stations.services.journal import Change, announce_station, differing, record, snapshot
from stations.services.locks import lock_station
from stations.services.slugs import candidate_slugs
from stations.services.validation import check_model, document_errors, not_finite, refuse_if

_SLUG_TRIES = 5
_CREATED = StationFields.__annotations__.keys()


@transaction.atomic
def create_station(operator: Operator, *, actor: User | None, **fields: Unpack[StationFields]) -> Station:
    """A DRAFT station of the operator, with the default booking terms and a slug of its own.

    Raises Invalid with every field that is missing or wrong.
    """
    now = timezone.now()
    station = new_station(operator, **fields)
    require_room(operator, "stations", operator.stations.count)
    _insert(station)
    BookingTerms.objects.create(station=station)
    change = Change(station, "station.create", actor, now, {}, snapshot(station, ["slug", *fields]))
    record(change)
    announce_station("station.changed", change)
    return station


def new_station(operator: Operator, **fields: Unpack[StationFields]) -> Station:
    """An unsaved DRAFT station, checked, still without a slug: for who saves many at once. Raises Invalid."""
    station = Station(operator=operator)
    refuse_if(_assign(station, fields, creating=True))
    return station


@transaction.atomic
def update_station(station: Station, *, actor: User | None, **changes: Unpack[StationFields]) -> Station:
    """The station with these fields changed; nothing is written where nothing differs.

    An APPROVED station stays approved. What an importer had assumed and a person now states is no longer
    marked as assumed. Raises Invalid.
    """
    now = timezone.now()
    locked = lock_station(station)
    if "assumed" not in changes:
        changes["assumed"] = [name for name in locked.assumed if name not in changes]
    before = snapshot(locked, changes)
    refuse_if(_assign(locked, changes, creating=False))
    after = snapshot(locked, changes)
    names = differing(before, after)
    if not names:
        return locked
    locked.save(update_fields=[*names, "last_updated"])
    change = Change(
        locked, "station.update", actor, now, {n: before[n] for n in names}, {n: after[n] for n in names}
    )
    record(change)
    announce_station("station.changed", change)
    return locked


def _assign(station: Station, fields: StationFields, *, creating: bool) -> list[FieldError]:
    """Put the values on the station; what is wrong with them."""
    for name, value in fields.items():
        setattr(station, name, value)
    station.facilities = sorted(set(station.facilities))
    errors = check_model(station, only=_CREATED if creating else fields.keys())
    wrong = {error.field for error in errors}
    errors += [error for error in _place_errors(station) if error.field in fields.keys() - wrong]
    if "opening_times" in fields:
        errors += _hours_errors(station)
    return errors + _tariff_errors(station)


def _place_errors(station: Station) -> list[FieldError]:
    errors = not_finite({"latitude": station.latitude, "longitude": station.longitude})
    if station.country not in countries():
        errors.append(
            FieldError("country", "invalid", "This must be an ISO 3166-1 alpha-3 code such as DEU.")
        )
    return errors


def _hours_errors(station: Station) -> list[FieldError]:
    try:
        station.opening_times = Hours.from_ocpi(station.opening_times).to_ocpi()
    except InvalidHours as invalid:
        return document_errors("opening_times", invalid)
    return []


def _tariff_errors(station: Station) -> list[FieldError]:
    if station.tariff is None or station.tariff.operator_id == station.operator_id:
        return []
    return [FieldError("tariff", "invalid", "This is no tariff of the station's operator.")]


def _insert(station: Station) -> None:
    """Save under a free slug; another station that takes it in the same moment makes us try the next."""
    for slug in islice(candidate_slugs(station.name, station.city), _SLUG_TRIES):
        station.slug = slug
        try:
            with transaction.atomic():
                station.save(force_insert=True)
        except IntegrityError as error:
            if "source_id" in str(error):
                raise Invalid.one("source_id", "invalid", "The operator has this place already.") from error
        else:
            return
    raise Invalid.one("name", "invalid", "Too many stations are being given this name. Try again.")
