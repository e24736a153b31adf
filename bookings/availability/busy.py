"""Which units are taken when: one scan of the bookings for all units asked about.

A hold that has run out takes nothing: the booking that overlaps it clears it away (bookings.services.hold).
"""

# ruff: noqa: S608 - every value is a parameter, the text is only put together from constants

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db import connection

from bookings.holds import STANDS

Ints = npt.NDArray[np.int64]

# the index booking_busy holds evse, start and blocked_until of the blocking states
_SCAN: Final = f"""
SELECT unit.position - 1, floor(date_part('epoch', b.start))::bigint,
       ceil(date_part('epoch', b.blocked_until))::bigint
FROM unnest(%(units)s::uuid[]) WITH ORDINALITY AS unit(id, position)
JOIN bookings_booking b ON b.evse_id = unit.id
WHERE b.status IN ('HELD', 'PENDING', 'RESERVED', 'FULFILLED') AND b.start < %(high)s AND b.blocked_until > %(low)s
  AND {STANDS} AND coalesce(b.replaces_id, b.id) IS DISTINCT FROM %(ignoring)s
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
    units = ",".join([unit_id.hex for unit_id in unit_ids])
    asked: dict[str, Any] = {
        "units": f"{{{units}}}",
        "low": low,
        "high": high,
        "now": now,
        "ignoring": ignoring,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SCAN, asked)
        rows = cursor.fetchall()
    return Busy(*np.array(rows, dtype=np.int64).reshape(-1, 3).T)
