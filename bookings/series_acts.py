"""What is done to many dates of a series at once is told once: by the series, not by each of its bookings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

_acted_on: Final[ContextVar[UUID | None]] = ContextVar("series_acted_on", default=None)


@contextmanager
def act_on_series(series_id: UUID) -> Iterator[None]:
    """Events of its bookings within say `told_with_series`, and an event of the series follows."""
    token = _acted_on.set(series_id)
    try:
        yield
    finally:
        _acted_on.reset(token)


def series_data(series_id: UUID | None) -> dict[str, Any]:
    """What the event of a booking says of its series; nothing where it is of none."""
    if series_id is None:
        return {}
    return {"series": series_id, "told_with_series": _acted_on.get() == series_id}
