"""Making a watch, pausing it, ending it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from accounts.models import User
from evbooking.core.errors import FieldError, Invalid
from evbooking.core.locks import advisory_xact_lock
from evbooking.core.plain_text import clean
from notifications.models import Watch
from notifications.models.watch import LONGEST_PLACE
from notifications.selectors.watches import find_free, name_near
from notifications.sighting import first_sight
from stations.models import Station

USUAL_LIFE: Final = timedelta(days=30)
LONGEST_LIFE: Final = timedelta(days=90)
LONGEST_WINDOW: Final = timedelta(days=14)
MOST_KM: Final = 50.0
KEPT: Final = timedelta(days=7)
_MOST_MINUTES: Final = 2880


@dataclass(frozen=True, slots=True)
class Area:
    """Degrees, and how far around; `place` is what the person calls it, else it is called by what is near."""

    latitude: float
    longitude: float
    radius_km: float
    place: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot that starts in [earliest, latest)."""

    earliest: datetime
    latest: datetime
    duration_minutes: int


def watch(
    user: User,
    where: Station | Area,
    *,
    connector: str = "",
    slot: Slot | None = None,
    expires_at: datetime | None = None,
    now: datetime,
) -> Watch:
    """Tell the person when it is free there: now, or for a slot. Who watches just that already gets that watch.

    Raises Invalid: end_before_start, in_the_past, range_too_long (14 days), out_of_range, too_many_watches
    (EVB_MAX_WATCHES).
    """
    asked = {**_place(where), **_times(slot), "connector": connector}
    until = min(expires_at or now + USUAL_LIFE, slot.latest if slot else now + LONGEST_LIFE)
    with transaction.atomic():
        advisory_xact_lock(f"watches:{user.pk}")
        mine = Watch.objects.filter(user=user, expires_at__gt=now)
        known = mine.filter(**asked).first()
        if known is not None:
            return known
        errors = [*_place_errors(where), *_slot_errors(slot, now), *_life_errors(expires_at, now)]
        if mine.count() >= settings.EVB_MAX_WATCHES:
            words = f"You may have {settings.EVB_MAX_WATCHES} watches at once. Delete one first."
            errors.append(FieldError("station", "too_many_watches", words))
        if errors:
            raise Invalid(errors)
        made = Watch.objects.create(
            user=user, **asked, place=_called(where), expires_at=until, created_at=now
        )
        return _look_first(made, now)


def pause(watched: Watch, *, paused: bool, now: datetime) -> Watch:
    """Tell nothing for a while, or begin again as if it were new."""
    if paused == (watched.paused_at is not None):
        return watched
    watched.paused_at = now if paused else None
    watched.save(update_fields=["paused_at"])
    return watched if paused else _look_first(watched, now)


def forget_expired(now: datetime) -> int:
    """Delete the watches that ended a week ago; returns how many."""
    deleted, _ = Watch.objects.filter(expires_at__lt=now - KEPT).delete()
    return deleted


def _look_first(watched: Watch, now: datetime) -> Watch:
    free = watched.pk in find_free([watched], now)
    watched.armed, watched.free_since, watched.none_since = first_sight(free, now)
    watched.save(update_fields=["armed", "free_since", "none_since"])
    return watched


def _place(where: Station | Area) -> dict[str, object]:
    if isinstance(where, Station):
        return {"station": where, "latitude": None, "longitude": None, "radius_km": None}
    place = {"latitude": where.latitude, "longitude": where.longitude, "radius_km": where.radius_km}
    return {"station": None, **place}


def _called(where: Station | Area) -> str:
    """The words that were searched for; else the nearest station with its city, empty where there is none."""
    if isinstance(where, Station):
        return ""
    longest = LONGEST_PLACE - 2  # what runs from right to left is set between two marks
    near = clean(where.place, longest=longest)
    return near or clean(name_near(where.latitude, where.longitude), longest=longest)


def _times(slot: Slot | None) -> dict[str, object]:
    return {
        "earliest": slot.earliest if slot else None,
        "latest": slot.latest if slot else None,
        "duration_minutes": slot.duration_minutes if slot else None,
    }


def _place_errors(where: Station | Area) -> Iterator[FieldError]:
    if isinstance(where, Area) and not 0 < where.radius_km <= MOST_KM:
        yield FieldError("radius_km", "out_of_range", f"An area reaches at most {MOST_KM:g} km.")


def _slot_errors(slot: Slot | None, now: datetime) -> Iterator[FieldError]:
    if slot is None:
        return
    if slot.latest <= slot.earliest:
        yield FieldError("latest", "end_before_start", "The window must end after it begins.")
    elif slot.latest <= now:
        yield FieldError("latest", "in_the_past", "The window has passed.")
    elif slot.latest - slot.earliest > LONGEST_WINDOW:
        yield FieldError("latest", "range_too_long", f"At most {LONGEST_WINDOW.days} days at once.")
    if not 1 <= slot.duration_minutes <= _MOST_MINUTES:
        yield FieldError("duration_minutes", "out_of_range", f"1 to {_MOST_MINUTES} minutes.")


def _life_errors(expires_at: datetime | None, now: datetime) -> Iterator[FieldError]:
    if expires_at is None:
        return
    if expires_at <= now:
        yield FieldError("expires_at", "in_the_past", "This has passed.")
    elif expires_at - now > LONGEST_LIFE:
        yield FieldError("expires_at", "range_too_long", f"A watch lasts at most {LONGEST_LIFE.days} days.")
