"""How many bookings a driver may have open: live holds, at one station, and in all."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection

from accounts.models import User
from bookings.services.deal import Deal
from evbooking.core.errors import Invalid

# the index booking_open_of_driver holds just these rows
_COUNTS: Final = """
SELECT count(*) FILTER (WHERE status = 'HELD'), count(*) FILTER (WHERE station_id = %(station)s), count(*)
FROM bookings_booking
WHERE driver_id = %(driver)s AND status IN ('HELD', 'PENDING', 'RESERVED', 'FULFILLED')
  AND (status <> 'HELD' OR hold_expires_at > %(now)s)
"""


def check_caps(driver: User, deal: Deal, now: datetime) -> None:
    """Raises Invalid `too_many_bookings` when one more would be too many. Exact under `lock_driver` only."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"driver": driver.pk, "station": deal.offer.id, "now": now})
        counts = cursor.fetchone()
    limits = (
        (settings.EVB_MAX_LIVE_HOLDS, "unconfirmed bookings"),
        (deal.terms.max_open_bookings_per_driver, "open bookings at this station"),
        (settings.EVB_MAX_OPEN_BOOKINGS, "open bookings"),
    )
    for count, (limit, what) in zip(counts, limits, strict=True):
        if count >= limit:
            raise Invalid.one("station", "too_many_bookings", f"You may have at most {limit} {what}.")
