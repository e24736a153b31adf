from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from stations.grid import INCREMENTS, is_on_grid, local_midnight, start_epochs, starts_between

# the days around which the clocks change, with the length of the local day in hours
CHANGES = [
    ("Europe/Berlin", date(2027, 3, 28), 23),
    ("Europe/Berlin", date(2026, 10, 25), 25),
    ("America/New_York", date(2027, 3, 14), 23),
    ("America/New_York", date(2026, 11, 1), 25),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ("Australia/Lord_Howe", date(2027, 4, 4), 24.5),
    ("Asia/Kolkata", date(2026, 11, 21), 24),
]


def by_stepping(zone: ZoneInfo, increment: int, start: datetime, end: datetime) -> list[datetime]:
    """Every minute whose wall clock is a multiple of the increment: the definition, read literally."""
    minutes = int((end - start) / timedelta(minutes=1))
    instants = [start + timedelta(minutes=minute) for minute in range(minutes)]
    walls = [instant.astimezone(zone) for instant in instants]
    return [
        i for i, wall in zip(instants, walls, strict=True) if (wall.hour * 60 + wall.minute) % increment == 0
    ]


@pytest.mark.parametrize("increment", INCREMENTS)
@pytest.mark.parametrize(("name", "day", "hours"), CHANGES)
def test_the_grid_is_what_stepping_through_the_minutes_finds(
    name: str, day: date, hours: float, increment: int
) -> None:
    zone = ZoneInfo(name)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=18)
    end = start + timedelta(hours=60)
    assert starts_between(zone, increment, start, end) == by_stepping(zone, increment, start, end)


@pytest.mark.parametrize(("name", "day", "hours"), CHANGES)
def test_a_local_day_has_its_real_length(name: str, day: date, hours: float) -> None:
    zone = ZoneInfo(name)
    midnight, next_midnight = local_midnight(zone, day), local_midnight(zone, day + timedelta(days=1))
    assert next_midnight - midnight == timedelta(hours=hours)
    assert len(start_epochs(zone, 30, midnight, next_midnight)) == hours * 2


@pytest.mark.parametrize(
    ("name", "day", "first"),
    [
        ("Europe/Berlin", date(2026, 11, 21), datetime(2026, 11, 20, 23, tzinfo=UTC)),
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC)),  # 00:00 is skipped
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),  # 00:00 comes twice
        ("Pacific/Apia", date(2011, 12, 31), datetime(2011, 12, 30, 10, tzinfo=UTC)),  # the 30th never was
        ("Pacific/Kiritimati", date(2026, 1, 1), datetime(2025, 12, 31, 10, tzinfo=UTC)),
    ],
)
def test_a_date_begins_at_its_first_existing_instant(name: str, day: date, first: datetime) -> None:
    assert local_midnight(ZoneInfo(name), day) == first


def test_wall_times_that_do_not_exist_are_skipped() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    starts = starts_between(
        berlin, 30, datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 2, tzinfo=UTC)
    )
    assert [f"{s.astimezone(berlin):%H:%M}" for s in starts] == ["01:30", "03:00", "03:30"]


def test_repeated_wall_times_are_two_different_starts() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    starts = starts_between(
        lord_howe, 30, datetime(2027, 4, 3, 14, tzinfo=UTC), datetime(2027, 4, 3, 16, tzinfo=UTC)
    )
    assert [f"{s.astimezone(lord_howe):%H:%M}" for s in starts] == ["01:00", "01:30", "01:30", "02:00"]


def test_the_range_is_half_open() -> None:
    utc = ZoneInfo("UTC")
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert starts_between(utc, 60, noon, noon + timedelta(hours=1)) == [noon]
    assert starts_between(utc, 60, noon + timedelta(microseconds=1), noon + timedelta(hours=1)) == []
    assert starts_between(utc, 60, noon, noon) == []
    assert starts_between(utc, 60, noon, noon - timedelta(days=2)) == []


def test_epochs_are_sorted_read_only_int64() -> None:
    start = datetime(2026, 11, 21, 7, 7, tzinfo=UTC)
    epochs = start_epochs(ZoneInfo("Europe/Berlin"), 15, start, start + timedelta(days=3))
    assert epochs.dtype == np.int64
    assert len(epochs) == 288
    assert (np.diff(epochs) == 900).all()
    with pytest.raises(ValueError, match="read-only"):
        epochs[0] = 0


@pytest.mark.parametrize(
    ("name", "increment", "instant", "on_grid"),
    [
        ("Europe/Berlin", 15, datetime(2026, 11, 21, 12, 45, tzinfo=UTC), True),
        ("Europe/Berlin", 15, datetime(2026, 11, 21, 12, 50, tzinfo=UTC), False),
        ("Europe/Berlin", 15, datetime(2026, 11, 21, 12, 45, 1, tzinfo=UTC), False),
        ("Europe/Berlin", 15, datetime(2026, 11, 21, 12, 45, 0, 1, tzinfo=UTC), False),
        ("Asia/Kolkata", 60, datetime(2026, 11, 21, 12, 0, tzinfo=UTC), False),  # 17:30 there
        ("Asia/Kolkata", 60, datetime(2026, 11, 21, 12, 30, tzinfo=UTC), True),
        ("Australia/Lord_Howe", 60, datetime(2027, 4, 3, 15, 0, tzinfo=UTC), False),  # 01:30 again
    ],
)
def test_an_instant_is_on_the_grid_by_the_wall_clock(
    name: str, increment: int, instant: datetime, on_grid: bool
) -> None:
    assert is_on_grid(ZoneInfo(name), increment, instant) is on_grid


def test_an_increment_that_does_not_divide_the_hour_is_refused() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    with pytest.raises(ValueError, match="not 7"):
        start_epochs(ZoneInfo("UTC"), 7, now, now + timedelta(days=1))
    with pytest.raises(ValueError, match="not 0"):
        is_on_grid(ZoneInfo("UTC"), 0, now)
