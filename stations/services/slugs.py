"""The words of a station in its address: from its name and city, once and for ever."""

from collections.abc import Collection, Iterable

from django.utils.crypto import get_random_string
from django.utils.text import slugify

from stations.models import Station

_LONGEST = 120
_NUMBERED = 100


def free_slug(name: str, city: str) -> str:
    """A slug nobody has at this moment: `name-city`, else with a number, else with random letters.

    Names without Latin letters become `station`. Only saving tells whether another transaction was faster.
    """
    base = _words(name, city)
    taken = set(Station.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return _first_free(base, taken)


def give_slugs(stations: Iterable[Station]) -> None:
    """Set the slugs of many unsaved stations, by the same rule, asking the database once."""
    taken = set(Station.objects.values_list("slug", flat=True))
    for station in stations:
        station.slug = _first_free(_words(station.name, station.city), taken)
        taken.add(station.slug)


def _words(name: str, city: str) -> str:
    return slugify(f"{name} {city}")[:_LONGEST].strip("-") or "station"


def _first_free(base: str, taken: Collection[str]) -> str:
    numbered = (base, *(f"{base}-{number}" for number in range(2, _NUMBERED)))
    return next((slug for slug in numbered if slug not in taken), f"{base}-{get_random_string(8).lower()}")
