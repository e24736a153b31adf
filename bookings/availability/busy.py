"""Which units are taken when: one scan of the bookings for all units asked about.

An expired hold takes nothing: the booking that overlaps it clears it away (bookings.services.hold).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connection

Ints = npt.NDArray[np.int64]

# the index booking_busy holds evse, start and blocked_until of the blocking states
_SCAN: Final = """
SELECT unit.position - 1, floor(date_part('epoch', b.start))::bigint,
       ceil(date_part('epoch', b.blocked_until))::bigint
FROM unnest(%s::uuid[]) WITH ORDINALITY AS unit(id, position)
JOIN bookings_booking b ON b.evse_id = unit.id
WHERE b.status IN ('HELD', 'PENDING', 'RESERVED', 'FULFILLED') AND b.start < %s AND b.blocked_until > %s
  AND (b.status <> 'HELD' OR b.hold_expires_at > %s) AND b.id IS DISTINCT FROM %s
ORDER BY 1, 2
"""


class Busy(NamedTuple):
    """Taken spans, sorted: positions into the units asked about, epoch seconds [begin, end); shapes (n,)."""

    unit: Ints
    begin: Ints
    end: Ints

    @property
    def fingerprint(self) -> bytes:
        """16 bytes that differ when the spans do."""
        return blake2b(np.concatenate(self).tobytes(), digest_size=16).digest()


def busy_spans(
    unit_ids: Sequence[UUID], low: datetime, high: datetime, *, now: datetime, ignoring: UUID | None = None
) -> Busy:
    """What is taken of these EVSEs in [low, high), buffers included; `ignoring` is a booking to be moved."""
    if not unit_ids:
        return Busy(*np.empty((3, 0), dtype=np.int64))
    with connection.cursor() as cursor:
        units = ",".join([unit_id.hex for unit_id in unit_ids])
        cursor.execute(_SCAN, [f"{{{units}}}", high, low, now, ignoring])
        rows = cursor.fetchall()
    return Busy(*np.array(rows, dtype=np.int64).reshape(-1, 3).T)
