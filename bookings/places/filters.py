"""Which stations a search is about, as one SQL condition on s = stations_station."""

# ruff: noqa: S608 - every value is a parameter, the text is only put together from constants
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

_PUBLIC: Final = """s.approval = 'APPROVED'
    AND s.operator_id NOT IN (SELECT id FROM accounts_operator WHERE status <> 'ACTIVE')"""
_WAS_PUBLIC: Final = "s.approval IN ('APPROVED', 'SUSPENDED')"
_TEXT: Final = (
    "(w.name || ' ' || w.address || ' ' || w.city || ' ' || w.postal_code)"  # the index station_words
)
_WORD: Final = f"""s.id IN (
    SELECT w.id FROM stations_station w WHERE {_TEXT} ILIKE %(q{{i}})s
    UNION ALL SELECT w.id FROM stations_station w JOIN accounts_operator o ON o.id = w.operator_id
    WHERE o.name ILIKE %(q{{i}})s)"""
_MAX_WORDS: Final = 8

_EVSE: Final = (
    "EXISTS (SELECT FROM stations_evse e WHERE e.station_id = s.id AND e.removed_at IS NULL AND {})"
)
_PLUG: Final = _EVSE.format("EXISTS (SELECT FROM stations_connector c WHERE c.evse_id = e.id AND {})")
_DISABLED_BAY: Final = _EVSE.format(
    "EXISTS (SELECT FROM stations_evse_parking_places ep JOIN stations_parkingplace p ON p.id = ep.parkingplace_id"
    " WHERE ep.evse_id = e.id AND 'DISABLED' = ANY (p.vehicle_types))"
)


@dataclass(frozen=True, slots=True)
class StationFilter:
    """The search parameters of api.md that are facts of a station; None and "" ask for nothing.

    `updated_since` also finds stations that are public no longer, so that a client learns of it.
    """

    q: str = ""
    connector: str | None = None
    min_power_kw: Decimal | None = None
    operator: UUID | None = None
    facility: str | None = None
    disabled_bay: bool | None = None
    updated_since: datetime | None = None

    @property
    def condition(self) -> str:
        """SQL whose values are `params`; it holds no text of the caller."""
        return " AND ".join(
            [
                _PUBLIC
                if self.updated_since is None
                else f"{_WAS_PUBLIC} AND s.last_updated >= %(updated_since)s",
                *(_WORD.format(i=i) for i in range(len(self._words))),
                *([_PLUG.format(" AND ".join(self._plug))] if self._plug else []),
                *(["s.operator_id = %(operator)s"] if self.operator else []),
                *(["%(facility)s = ANY (s.facilities)"] if self.facility else []),
                *(
                    []
                    if self.disabled_bay is None
                    else [_DISABLED_BAY if self.disabled_bay else f"NOT {_DISABLED_BAY}"]
                ),
            ]
        )

    @property
    def finds_few(self) -> bool:
        """Whether it is likely to choose so few stations that all of them are sorted before a circle grows."""
        return bool(self.q or self.operator or self.updated_since)

    @property
    def params(self) -> dict[str, Any]:
        return {
            "updated_since": self.updated_since,
            "connector": self.connector,
            "min_power": self.min_power_kw and self.min_power_kw * 1000,
            "operator": self.operator,
            "facility": self.facility,
            **{f"q{i}": f"%{_escaped(word)}%" for i, word in enumerate(self._words)},
        }

    @property
    def _words(self) -> list[str]:
        return self.q.split()[:_MAX_WORDS]

    @property
    def _plug(self) -> list[str]:
        return [
            *(["c.standard = %(connector)s"] if self.connector else []),
            *(["c.max_electric_power >= %(min_power)s"] if self.min_power_kw is not None else []),
        ]


def _escaped(word: str) -> str:
    """A word in which LIKE sees nothing special."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
