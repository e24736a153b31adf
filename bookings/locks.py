"""The locks of slot writes, in the one order of `evbooking.core.locks`.

the line of a station, driver and station, then booking rows, then EVSEs in sorted order, the wish of an entry of the
waiting list, then event subjects (by `publish`).
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from evbooking.core.locks import advisory_xact_lock, try_advisory_xact_lock


def lock_driver(driver_id: UUID) -> None:
    """Holds of one driver run one after another, so that nobody counts bookings while another is made."""
    advisory_xact_lock(f"driver:{driver_id}")


def lock_line(station_id: UUID) -> None:
    """Offers to those who wait at a station are made one after another, so that nobody is overtaken."""
    advisory_xact_lock(f"line:{station_id}")


def share_station(station_id: UUID) -> int | None:
    """Keep the station's offer as it is until this transaction ends; its revision, None if it is gone.

    A closure, a suspension or an inhibit raises the revision by trigger, so it waits for the holds under way,
    and the holds that come later see it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT revision FROM stations_station WHERE id = %s FOR SHARE", [station_id])
        row = cursor.fetchone()
    return row[0] if row else None


def lock_evses(*evse_ids: UUID) -> None:
    """Writers of slots of these EVSEs run one after another instead of deadlocking in the constraint."""
    advisory_xact_lock(*(f"evse:{evse_id}" for evse_id in evse_ids))


def lock_first_idle(evse_ids: Sequence[UUID]) -> UUID:
    """Lock the first of these EVSEs nobody is writing to, so that a crowd spreads; else wait for the first."""
    for evse_id in evse_ids:
        if try_advisory_xact_lock(f"evse:{evse_id}"):
            return evse_id
    lock_evses(evse_ids[0])
    return evse_ids[0]
