"""The words of a station in its address: from its name and city, once and for ever."""

from collections.abc import Collection, Iterable, Iterator

from django.utils.crypto import get_random_string
from django.utils.text import slugify

from stations.models import Station

_LONGEST = 120
_NUMBERED = 100
_SPELLED = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "þ": "th",
        "Þ": "Th",
        "ı": "i",
    }
)


def candidate_slugs(name: str, city: str) -> Iterator[str]:
    """Slugs to try: `name-city`, with a number where that is taken; then, without end, with random letters.

    Only saving tells whether another transaction was faster.
    """
    base = slug_words(name, city)
    taken = set(Station.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    yield _first_free(base, taken)
    while True:
        yield _random(base)


def give_slugs(stations: Iterable[Station]) -> None:
    """Set the slugs of many unsaved stations, by the same rule, asking the database once."""
    taken = set(Station.objects.values_list("slug", flat=True))
    for station in stations:
        station.slug = _first_free(slug_words(station.name, station.city), taken)
        taken.add(station.slug)


def slug_words(*parts: str) -> str:
    """The parts in Latin letters, joined by hyphens; `station` where nothing of them is left."""
    return slugify(" ".join(parts).translate(_SPELLED))[:_LONGEST].strip("-") or "station"


def _first_free(base: str, taken: Collection[str]) -> str:
    numbered = (base, *(f"{base}-{number}" for number in range(2, _NUMBERED)))
    return next((slug for slug in numbered if slug not in taken), _random(base))


def _random(base: str) -> str:
    return f"{base}-{get_random_string(8).lower()}"
