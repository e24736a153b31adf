"""When a site is closed by its opening hours, as epoch seconds, remembered per range of days."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from stations.hours import Hours, open_intervals
from stations.local_time import DAY_S, epoch_seconds, instant_at

Span = tuple[int, int]


class OpeningCalendar:
    """The opening hours of all sites that share one document and zone."""

    def __init__(self, document: dict[str, Any], zone: ZoneInfo) -> None:
        self.document = document
        self.hours = hours = Hours.from_ocpi(document)
        self.zone = zone
        self._never_closed = hours.twentyfourseven and not hours.exceptional_closings
        self._gaps: dict[Span, tuple[Span, ...]] = {}

    def gaps(self, low: int, high: int) -> tuple[Span, ...]:
        """Closed spans [begin, end) in epoch seconds that cover every closed instant of [low, high).

        Whole UTC days are expanded, so the spans may reach beyond the range asked about.
        """
        if self._never_closed:
            return ()
        days = (low // DAY_S, -(-high // DAY_S))
        found = self._gaps.get(days)
        if found is None:
            if len(self._gaps) >= _REMEMBERED_RANGES:
                self._gaps.clear()
            found = self._gaps[days] = self._expand(days[0] * DAY_S, days[1] * DAY_S)
        return found

    def _expand(self, low: int, high: int) -> tuple[Span, ...]:
        opened = open_intervals(self.hours, self.zone, instant_at(low), instant_at(high))
        edges = [low, *(second for begin, end in opened for second in (_up(begin), epoch_seconds(end))), high]
        spans = zip(edges[::2], edges[1::2], strict=True)
        return tuple((begin, end) for begin, end in spans if begin < end)


_REMEMBERED_RANGES = 64


@lru_cache(maxsize=4096)
def calendar_of(document: str, zone: ZoneInfo) -> OpeningCalendar:
    """The calendar of an OCPI Hours document, as JSON text, at a zone; equal texts share one."""
    return OpeningCalendar(json.loads(document), zone)


def _up(instant: datetime) -> int:
    return epoch_seconds(instant) + bool(instant.microsecond)
