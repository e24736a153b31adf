"""Time spread over the hours of the week, also where clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bookings.hours_of_week import hours_of_week

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_span_is_cut_at_the_sites_hours() -> None:
    start = datetime(2026, 12, 1, 8, 40, tzinfo=UTC)
    spread = hours_of_week([(start, start + timedelta(minutes=90))], BERLIN)
    assert spread == {(2, 9): 1200, (2, 10): 3600, (2, 11): 600}


def test_an_hour_that_comes_twice_holds_two_and_one_skipped_none() -> None:
    autumn = (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC))
    spring = (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=UTC))
    assert hours_of_week([autumn], BERLIN) == {(7, 0): 3600, (7, 1): 3600, (7, 2): 7200, (7, 3): 3600}
    assert hours_of_week([spring], BERLIN) == {(7, 0): 3600, (7, 1): 3600, (7, 3): 3600, (7, 4): 3600}


def test_a_shift_of_half_an_hour_leaves_half_an_hour() -> None:
    start = datetime(2026, 10, 3, 14, 30, tzinfo=UTC)
    spread = hours_of_week([(start, start + timedelta(hours=2))], LORD_HOWE)
    assert spread == {(7, 1): 3600, (7, 2): 1800, (7, 3): 1800}


@given(
    zone=st.sampled_from([BERLIN, LORD_HOWE, ZoneInfo("Asia/Kathmandu"), ZoneInfo("America/New_York")]),
    offset=st.integers(0, 365 * 86_400),
    lasting=st.integers(0, 3 * 86_400),
)
def test_no_second_is_lost_or_counted_twice(zone: ZoneInfo, offset: int, lasting: int) -> None:
    start = BEGIN + timedelta(seconds=offset)
    spread = hours_of_week([(start, start + timedelta(seconds=lasting))], zone)
    assert sum(spread.values()) == lasting
    assert all(1 <= weekday <= 7 and 0 <= hour < 24 for weekday, hour in spread)
