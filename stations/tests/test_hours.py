from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stations.hours import (
    ExceptionalPeriod,
    Hours,
    InvalidHours,
    OpeningState,
    RegularHours,
    is_open_throughout,
    open_intervals,
    opening_state,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")]
# UTC weeks that hold a change of the clocks in one of the zones, and one that holds none
WEEKS = [
    datetime(2027, 3, 25, tzinfo=UTC),
    datetime(2026, 10, 22, tzinfo=UTC),
    datetime(2027, 3, 11, tzinfo=UTC),
    datetime(2026, 10, 29, tzinfo=UTC),
    datetime(2026, 10, 1, tzinfo=UTC),
    datetime(2027, 4, 1, tzinfo=UTC),
    datetime(2026, 11, 19, tzinfo=UTC),
]
ALWAYS = Hours(twentyfourseven=True)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def daily(begin: int, end: int) -> Hours:
    return Hours(False, tuple(RegularHours(weekday, begin, end) for weekday in range(1, 8)))


def is_open_by_the_sign(hours: Hours, zone: ZoneInfo, instant: datetime) -> bool:
    """The definition, read literally: closings, openings, then the wall clock against each period."""
    if any(p.begin <= instant < p.end for p in hours.exceptional_closings):
        return False
    if hours.twentyfourseven or any(p.begin <= instant < p.end for p in hours.exceptional_openings):
        return True
    wall = instant.astimezone(zone)
    minute = wall.hour * 60 + wall.minute
    for period in hours.regular_hours:
        over_midnight = period.end <= period.begin
        today = wall.isoweekday() == period.weekday and minute >= period.begin
        if today and (over_midnight or minute < period.end):
            return True
        if over_midnight and wall.isoweekday() == period.weekday % 7 + 1 and minute < period.end:
            return True
    return False


minutes_of_day = st.integers(0, 95).map(lambda quarter: quarter * 15)
regular_periods = st.builds(RegularHours, st.integers(1, 7), minutes_of_day, minutes_of_day)


@st.composite
def exceptional_periods(draw: st.DrawFn, week: datetime) -> ExceptionalPeriod:
    begin = draw(st.integers(-24 * 4, 24 * 4 * 8))
    lasting = draw(st.integers(1, 200))
    return ExceptionalPeriod(
        week + timedelta(minutes=15 * begin), week + timedelta(minutes=15 * (begin + lasting))
    )


@st.composite
def sites(draw: st.DrawFn) -> tuple[Hours, ZoneInfo, datetime]:
    week = draw(st.sampled_from(WEEKS))
    exceptions = st.lists(exceptional_periods(week), max_size=2).map(tuple)
    regular = tuple(draw(st.lists(regular_periods, max_size=8)))
    hours = Hours(draw(st.booleans()), regular, draw(exceptions), draw(exceptions))
    return hours, draw(st.sampled_from(ZONES)), week


@given(sites())
def test_a_site_is_open_exactly_when_its_sign_says_so(site: tuple[Hours, ZoneInfo, datetime]) -> None:
    hours, zone, week = site
    intervals = open_intervals(hours, zone, week, week + timedelta(days=7))
    for quarter in range(7 * 24 * 4):
        instant = week + timedelta(minutes=15 * quarter)
        inside = any(begin <= instant < end for begin, end in intervals)
        assert inside == is_open_by_the_sign(hours, zone, instant)


@given(sites())
def test_intervals_are_ordered_clipped_and_never_touch(site: tuple[Hours, ZoneInfo, datetime]) -> None:
    hours, zone, week = site
    intervals = open_intervals(hours, zone, week, week + timedelta(days=3))
    edges = [edge for interval in intervals for edge in interval]
    assert edges == sorted(set(edges))
    assert all(week <= edge <= week + timedelta(days=3) for edge in edges)


@given(sites(), st.integers(0, 500), st.integers(1, 40))
def test_open_throughout_means_open_in_every_quarter(
    site: tuple[Hours, ZoneInfo, datetime], first: int, quarters: int
) -> None:
    hours, zone, week = site
    start = week + timedelta(minutes=15 * first)
    instants = [start + timedelta(minutes=15 * quarter) for quarter in range(quarters)]
    expected = all(is_open_by_the_sign(hours, zone, instant) for instant in instants)
    assert is_open_throughout(hours, zone, start, start + timedelta(minutes=15 * quarters)) == expected


def test_a_period_that_ends_before_it_begins_runs_over_midnight() -> None:
    saturday_night = Hours(False, (RegularHours(6, 22 * 60, 2 * 60),))
    assert open_intervals(saturday_night, BERLIN, utc("2026-11-16"), utc("2026-11-23")) == [
        (utc("2026-11-21T21:00"), utc("2026-11-22T01:00"))
    ]


def test_days_that_meet_at_midnight_are_one_interval() -> None:
    until_24 = Hours(False, (RegularHours(6, 8 * 60, 24 * 60), RegularHours(7, 0, 12 * 60)))
    assert open_intervals(until_24, BERLIN, utc("2026-11-20"), utc("2026-11-23")) == [
        (utc("2026-11-21T07:00"), utc("2026-11-22T11:00"))
    ]
    all_week = daily(0, 0)
    assert open_intervals(all_week, BERLIN, utc("2026-11-01"), utc("2026-12-01")) == [
        (utc("2026-11-01"), utc("2026-12-01"))
    ]


def test_a_skipped_hour_shortens_the_opening() -> None:
    assert open_intervals(daily(60, 240), BERLIN, utc("2027-03-28"), utc("2027-03-28T12:00")) == [
        (utc("2027-03-28T00:00"), utc("2027-03-28T02:00"))
    ]
    assert open_intervals(daily(135, 165), BERLIN, utc("2027-03-28"), utc("2027-03-28T12:00")) == []


def test_a_repeated_hour_is_open_in_both_passes() -> None:
    assert open_intervals(daily(120, 150), BERLIN, utc("2026-10-25"), utc("2026-10-25T12:00")) == [
        (utc("2026-10-25T00:00"), utc("2026-10-25T00:30")),
        (utc("2026-10-25T01:00"), utc("2026-10-25T01:30")),
    ]


def test_a_closing_wins_over_an_opening_and_over_24_7() -> None:
    closing = ExceptionalPeriod(utc("2026-12-24T12:00"), utc("2026-12-26T12:00"))
    opening = ExceptionalPeriod(utc("2026-12-25T00:00"), utc("2026-12-27T00:00"))
    assert open_intervals(
        Hours(True, exceptional_closings=(closing,)), BERLIN, utc("2026-12-24"), utc("2026-12-27")
    ) == [(utc("2026-12-24"), closing.begin), (closing.end, utc("2026-12-27"))]
    assert open_intervals(
        Hours(False, (RegularHours(1, 60, 120),), (opening,), (closing,)),
        BERLIN,
        utc("2026-12-24"),
        utc("2026-12-27"),
    ) == [(closing.end, opening.end)]


def test_an_empty_range_holds_no_opening() -> None:
    noon = utc("2026-11-21T12:00")
    assert open_intervals(ALWAYS, BERLIN, noon, noon) == []
    assert not is_open_throughout(ALWAYS, BERLIN, noon, noon)
    assert is_open_throughout(ALWAYS, BERLIN, noon, noon + timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("hours", "state"),
    [
        (ALWAYS, OpeningState(True, None)),
        (daily(0, 0), OpeningState(True, None)),
        (daily(8 * 60, 20 * 60), OpeningState(True, utc("2026-11-21T19:00"))),
        (daily(14 * 60, 20 * 60), OpeningState(False, utc("2026-11-21T13:00"))),
        (Hours(False, (RegularHours(5, 480, 600),)), OpeningState(False, utc("2026-11-27T07:00"))),
        (
            Hours(True, exceptional_closings=(ExceptionalPeriod(utc("2027-03-01"), utc("2027-03-02")),)),
            OpeningState(True, utc("2027-03-01")),
        ),
        (
            Hours(True, exceptional_closings=(ExceptionalPeriod(utc("2026-11-01"), utc("2027-03-02")),)),
            OpeningState(False, utc("2027-03-02")),
        ),
        (
            Hours(True, exceptional_closings=(ExceptionalPeriod(utc("2025-11-01"), utc("2025-11-02")),)),
            OpeningState(True, None),
        ),
        (
            Hours(
                False,
                (RegularHours(1, 480, 600),),
                exceptional_openings=(ExceptionalPeriod(utc("2026-11-21"), utc("2026-11-22")),),
            ),
            OpeningState(True, utc("2026-11-22")),
        ),
    ],
)
def test_the_opening_state_tells_the_next_change(hours: Hours, state: OpeningState) -> None:
    assert opening_state(hours, BERLIN, utc("2026-11-21T12:00")) == state


def test_hours_read_from_ocpi_write_the_same_document() -> None:
    document = {
        "twentyfourseven": False,
        "regular_hours": [{"weekday": 1, "period_begin": "07:00", "period_end": "24:00"}],
        "exceptional_openings": [
            {"period_begin": "2026-12-24T08:00:00Z", "period_end": "2026-12-24T12:00:00Z"}
        ],
        "exceptional_closings": [
            {"period_begin": "2026-12-25T00:00:00Z", "period_end": "2026-12-26T00:00:00Z"}
        ],
    }
    hours = Hours.from_ocpi(document)
    assert hours.regular_hours == (RegularHours(1, 420, 1440),)
    assert hours.to_ocpi() == document
    assert Hours.from_ocpi({"twentyfourseven": True}).to_ocpi() == {"twentyfourseven": True}


@pytest.mark.parametrize(
    ("document", "field", "code"),
    [
        ([], "", "invalid"),
        ({}, "twentyfourseven", "required"),
        ({"twentyfourseven": "yes"}, "twentyfourseven", "invalid"),
        ({"twentyfourseven": False}, "regular_hours", "required"),
        ({"twentyfourseven": False, "regular_hours": []}, "regular_hours", "required"),
        ({"twentyfourseven": True, "regular_hours": {}}, "regular_hours", "invalid"),
        ({"twentyfourseven": True, "open": 1}, "open", "unknown_field"),
    ],
)
def test_a_document_that_is_no_hours_object_names_its_field(document: object, field: str, code: str) -> None:
    with pytest.raises(InvalidHours) as refusal:
        Hours.from_ocpi(document)
    assert [(error.field, error.code) for error in refusal.value.errors] == [(field, code)]


def test_every_violated_field_is_named_with_its_path() -> None:
    document = {
        "twentyfourseven": False,
        "regular_hours": [
            {"weekday": 8, "period_begin": "24:00", "period_end": "9:00"},
            {"weekday": 1, "period_begin": "08:00"},
            "monday",
        ],
        "exceptional_closings": [
            {"period_begin": "2026-12-25T00:00:00", "period_end": "2026-12-26T00:00:00Z"},
            {"period_begin": "2026-12-26T00:00:00Z", "period_end": "2026-12-25T00:00:00Z"},
        ],
    }
    with pytest.raises(InvalidHours) as refusal:
        Hours.from_ocpi(document)
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("regular_hours[0].weekday", "out_of_range"),
        ("regular_hours[0].period_begin", "invalid"),
        ("regular_hours[0].period_end", "invalid"),
        ("regular_hours[1].period_end", "required"),
        ("regular_hours[2]", "invalid"),
        ("exceptional_closings[0].period_begin", "naive_time"),
        ("exceptional_closings[1].period_end", "invalid"),
    ]
