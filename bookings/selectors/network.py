"""Where the network is, for who has not said where they are."""

from typing import Final

from django.core.cache import cache
from django.db import connection

from bookings.places import Place

_KEY: Final = "bookings.network_centre"
_KEPT_S: Final = 600

# the median, not the mean: a few far stations do not pull it out of town
_CENTRE: Final = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY s.latitude),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY s.longitude)
FROM stations_station s JOIN accounts_operator o ON o.id = s.operator_id
WHERE s.approval = 'APPROVED' AND o.status = 'ACTIVE'
"""


def network_centre() -> Place | None:
    """The middle of all public stations, at most ten minutes old; None while there are none."""
    found: tuple[float | None, float | None] | None = cache.get(_KEY)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(_CENTRE)
            found = cursor.fetchone()
        cache.set(_KEY, found, _KEPT_S)
    latitude, longitude = found or (None, None)
    return None if latitude is None or longitude is None else Place(latitude, longitude)
