"""The words of a station in its address: from its name and city, once and for ever."""

from collections.abc import Iterator

from django.utils.crypto import get_random_string
from django.utils.text import slugify

from stations.models import Station

_LONGEST = 120
_NUMBERED = 100


def candidate_slugs(name: str, city: str) -> Iterator[str]:
    """Slugs to try: `name-city`, with a number where that is taken; then, without end, with random letters.

    Names without Latin letters become `station`. Only saving tells whether another transaction was faster.
    """
    base = slugify(f"{name} {city}")[:_LONGEST].strip("-") or "station"
    taken = set(Station.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (base, *(f"{base}-{number}" for number in range(2, _NUMBERED)))
    yield from [slug for slug in numbered if slug not in taken][:1]
    while True:
        yield f"{base}-{get_random_string(8).lower()}"
