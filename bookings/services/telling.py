"""Noticing that an EVSE's shown status has changed, by an event or by the clock alone, and telling it once.

A booked window that begins or ends changes what is shown although no row changes; so the status last told is
kept on the EVSE, compared with the present one, and each difference becomes an `evse.status` event.
"""

# ruff: noqa: S608 - every value is a parameter, the text is only put together from constants
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from bookings.selectors.statuses import OCCUPYING, SHOWN, clock
from evbooking.core import events
from stations.models import EVSE

_BATCH: Final = 500
# one scan of what occupies now, not one for each EVSE: every round of the clock asks about all of them;
# NO KEY: bookings refer to these rows, and a hold must not wait for the batch of a relay
_CHANGED: Final = f"""
SELECT e.id, e.uid, e.station_id, e.shown_status, {SHOWN} AS shown
FROM stations_evse e
LEFT JOIN (
    SELECT evse_id, bool_or(status = 'FULFILLED') AS charging, max(coalesce(arrived_at, start)) AS since
    FROM bookings_booking WHERE (%(ids)s::uuid[] IS NULL OR evse_id = ANY (%(ids)s)) AND {OCCUPYING}
    GROUP BY evse_id
) b ON b.evse_id = e.id
WHERE e.removed_at IS NULL AND (%(ids)s::uuid[] IS NULL OR e.id = ANY (%(ids)s)) AND {SHOWN} <> e.shown_status
ORDER BY e.uid
LIMIT {_BATCH}
FOR NO KEY UPDATE OF e SKIP LOCKED
"""


def tell_changed_statuses(now: datetime, evse_ids: Iterable[UUID] | None = None) -> int:
    """Publish `evse.status` for each EVSE (of these, or of all) that shows something new; returns how many.

    One that was never told about is only noted. Rows in someone else's hands are left to the next round.
    """
    ids = None if evse_ids is None else list(evse_ids)
    told = 0
    while True:
        with transaction.atomic():
            changed = _changed(ids, now)
            for evse_id, uid, station_id, before, after in changed:
                EVSE.objects.filter(pk=evse_id).update(
                    shown_status=after, **({"status_since": now} if before else {})
                )
                if before:
                    _publish(uid, station_id, before, after, now)
                    told += 1
        if len(changed) < _BATCH:
            return told


def _changed(ids: list[UUID] | None, now: datetime) -> list[tuple[UUID, str, UUID, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"ids": ids, **clock(now)})
        rows: list[tuple[UUID, str, UUID, str, str]] = cursor.fetchall()
        return rows


def _publish(uid: str, station_id: UUID, before: str, after: str, now: datetime) -> None:
    data = {
        "station_id": station_id,
        "evse_uid": uid,
        "before": {"status": before},
        "after": {"status": after},
    }
    events.publish("evse.status", subject=f"evse:{uid}", data=data, now=now)
