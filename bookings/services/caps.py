"""Whether a driver may book once more: an open account, and not too many open bookings."""

# ruff: noqa: S608 - every value is a parameter, the text is only put together from constants
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection

from accounts.models import User
from bookings.holds import STANDS
from bookings.services.deal import Deal
from evbooking.core.errors import Forbidden, Invalid

# the index booking_open_of_driver holds just these rows
_COUNTS: Final = f"""
SELECT (SELECT is_active FROM accounts_user WHERE id = %(driver)s),
       count(*) FILTER (WHERE status = 'HELD'), count(*) FILTER (WHERE station_id = %(station)s), count(*)
FROM bookings_booking
WHERE driver_id = %(driver)s AND status IN ('HELD', 'PENDING', 'RESERVED', 'FULFILLED')
  AND {STANDS} AND replaces_id IS NULL
"""


def check_caps(driver: User, deal: Deal, now: datetime) -> None:
    """Raises Invalid `too_many_bookings` when one more would be too many, Forbidden when the account was closed.

    Exact under `lock_driver` only, which who deletes an account takes too.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"driver": driver.pk, "station": deal.offer.id, "now": now})
        is_active, *counts = cursor.fetchone()
    if not is_active:
        raise Forbidden("This account is closed.")
    limits = (
        (settings.EVB_MAX_LIVE_HOLDS, "unconfirmed bookings"),
        (deal.terms.max_open_bookings_per_driver, "open bookings at this station"),
        (settings.EVB_MAX_OPEN_BOOKINGS, "open bookings"),
    )
    for count, (limit, what) in zip(counts, limits, strict=True):
        if count >= limit:
            raise Invalid.one("station", "too_many_bookings", f"You may have at most {limit} {what}.")
