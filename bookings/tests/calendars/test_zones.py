"""VTIMEZONE says of every hour of a year what the IANA database says; an entry lies where the booking does."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Timezone

from bookings.calendars.zones import vtimezone

ZONES = [
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
]


def observed(made: Any, wall: datetime) -> timedelta:
    """UTC's offset at a local time, by RFC 5545, 3.6.5: of the observance with the latest onset not after it."""
    onsets = []
    for part in made.subcomponents:
        dates = part.get("rdate", [])
        lists = dates if isinstance(dates, list) else [dates]
        moments = [part["dtstart"].dt, *(one.dt for each in lists for one in each.dts)]
        onsets += [(moment, part["tzoffsetto"].td) for moment in moments if moment <= wall]
    latest: timedelta = max(onsets)[1]
    return latest


@pytest.mark.parametrize("name", ZONES)
def test_every_hour_of_two_years_has_its_offset(name: str) -> None:
    zone = ZoneInfo(name)
    made: Any = Timezone.from_ical(vtimezone(zone, 2026, 2027).to_ical())
    assert made["tzid"] == name
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    while instant.year < 2028:
        wall = instant.astimezone(zone)
        other = wall.replace(fold=1 - wall.fold)
        if wall.utcoffset() == other.utcoffset():  # an hour that comes once
            assert observed(made, wall.replace(tzinfo=None)) == wall.utcoffset(), wall
        instant += timedelta(minutes=30)


def test_berlin_states_its_onsets_by_the_clock_before() -> None:
    lines = vtimezone(ZoneInfo("Europe/Berlin"), 2026, 2027).to_ical().decode().splitlines()
    summer = lines[lines.index("BEGIN:DAYLIGHT") : lines.index("END:DAYLIGHT")]
    assert summer[1:] == [
        "DTSTART:20260329T020000",
        "RDATE:20270328T020000",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
    ]
    winter = lines[lines.index("END:DAYLIGHT") :]
    assert "DTSTART:20261025T030000" in winter
    assert "RDATE:20271031T030000" in winter


def test_the_last_year_has_all_of_its_changes() -> None:
    """Casablanca leaves its clock for Ramadan, in 2027 from February to March."""
    said = vtimezone(ZoneInfo("Africa/Casablanca"), 2026, 2027).to_ical().decode()
    assert "RDATE:20270207T030000" in said
    assert "RDATE:20270314T020000" in said
