"""What a search form means: which times, and from where."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bookings.availability import Offer, Window, offers_at
from bookings.forms.search import SearchForm
from bookings.places import Place, find_stations
from bookings.selectors.network import network_centre
from stations.local_time import local_midnight

_LOOK_AHEAD: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)


class Origin(NamedTuple):
    """Where a driver's way begins, and the name of the station that stands for it where no place was said."""

    place: Place
    station: str


def window_of(form: SearchForm, now: datetime) -> Window:
    """The starts searched: seven days from now, a day of each site, or from an hour of the nearest site's clock."""
    day: date | None = form.value("day")
    clock: time | None = form.value("time")
    if clock is None:
        return Window(now, now + _LOOK_AHEAD) if day is None else Window(day, day + _DAY)
    zone = _zone(form)
    earliest = datetime.combine(day or now.astimezone(zone).date(), clock, zone)
    if day is None and earliest < now:
        earliest += _DAY
    return Window(earliest, earliest + _DAY)


def starts_of(form: SearchForm, now: datetime) -> tuple[datetime, datetime]:
    """The starts to recommend, [earliest, latest): those searched, but a day where nothing says when."""
    earliest, before = window_of(form, now)
    if isinstance(earliest, datetime) and isinstance(before, datetime):
        return max(now, earliest), min(before, earliest + _DAY)
    zone = _zone(form)
    return max(now, local_midnight(zone, earliest)), local_midnight(zone, before)


def default_place(form: SearchForm) -> Place | None:
    """Where most stations are; words search by name."""
    return None if form.value("q") else network_centre()


def origin_of(form: SearchForm) -> Origin | None:
    """The place said, else the first station that the words find, else the middle of the network; None: nothing."""
    place = form.place or default_place(form)
    if place is not None:
        return Origin(place, "")
    first = _first(form)
    return Origin(Place(first.latitude, first.longitude), first.name) if first else None


def _zone(form: SearchForm) -> ZoneInfo:
    first = _first(form)
    return first.zone if first else ZoneInfo("UTC")


def _first(form: SearchForm) -> Offer | None:
    near = find_stations(form.station_filter, place=form.place or default_place(form), limit=1)
    return next(iter(offers_at((one.station_id, one.revision) for one in near)), None)
