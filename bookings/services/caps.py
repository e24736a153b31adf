"""Whether a driver may book once more: an open account, and not too many open bookings."""

# ruff: noqa: S608 - every value is a parameter, the text is only put together from constants
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection

from accounts.models import User
from bookings.holds import STANDS
from bookings.models import Series
from bookings.services.deal import Deal
from evbooking.core.errors import Forbidden, Invalid

# the index booking_open_of_driver holds just these rows; the dates of a series count as one
_ONE: Final = "DISTINCT coalesce(series_id, id)"
_COUNTS: Final = f"""
SELECT (SELECT is_active FROM accounts_user WHERE id = %(driver)s),
       count({_ONE}) FILTER (WHERE status = 'HELD'), count({_ONE}) FILTER (WHERE station_id = %(station)s),
       count({_ONE}), count(DISTINCT series_id)
FROM bookings_booking
WHERE driver_id = %(driver)s AND status IN ('HELD', 'PENDING', 'RESERVED', 'FULFILLED')
  AND {STANDS} AND replaces_id IS NULL AND (series_id IS NULL OR series_id IS DISTINCT FROM %(series)s)
"""


def check_caps(driver: User, deal: Deal, now: datetime, *, series: Series | None = None) -> None:
    """Raises Invalid `too_many_bookings` when one more would be too many, Forbidden when the account was closed.

    One more date of a `series` counts nothing besides the first. Exact under `lock_driver` only, which who deletes
    an account takes too.
    """
    asked: dict[str, Any] = {
        "driver": driver.pk,
        "station": deal.offer.id,
        "now": now,
        "series": series.pk if series else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, asked)
        is_active, *counts, others = cursor.fetchone()
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
    if series is not None and others >= settings.EVB_MAX_OPEN_SERIES:
        most = settings.EVB_MAX_OPEN_SERIES
        raise Invalid.one("station", "too_many_bookings", f"You may have at most {most} recurring bookings.")
