"""The rules of recurrence: what is read, what is refused, and that days and clocks are those of RFC 5545."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.recurrence import DAYS, MOST, Occurrence, Rule, at_site, expand, parse_rule
from evbooking.core.errors import Invalid

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
TUESDAY = datetime(2026, 12, 1, 8, 30)  # noqa: DTZ001 - the site's wall clock


def starts(text: str, first: datetime = TUESDAY, zone: ZoneInfo = BERLIN) -> list[str]:
    found = expand(parse_rule(text), first, zone)
    return [f"{one.start:%m-%d %H:%M}" if one.start else f"{one.wall:%m-%d} skipped" for one in found]


def test_every_tuesday_for_a_month_is_four_tuesdays() -> None:
    assert starts("FREQ=WEEKLY;BYDAY=TU;COUNT=4") == [
        "12-01 07:30",
        "12-08 07:30",
        "12-15 07:30",
        "12-22 07:30",
    ]


def test_every_other_week_on_two_days_counts_weeks_from_monday() -> None:
    # the first Monday lies before the first occurrence, so the first week has only its Tuesday
    assert starts("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU;COUNT=3") == [
        "12-01 07:30",
        "12-14 07:30",
        "12-15 07:30",
    ]


def test_until_takes_its_day_in() -> None:
    assert starts("FREQ=DAILY;INTERVAL=2;UNTIL=20261205") == ["12-01 07:30", "12-03 07:30", "12-05 07:30"]


def test_until_an_instant_takes_the_start_at_it_in_and_none_after() -> None:
    assert starts("FREQ=DAILY;UNTIL=20261202T073000Z") == ["12-01 07:30", "12-02 07:30"]
    assert starts("FREQ=DAILY;UNTIL=20261202T072959Z") == ["12-01 07:30"]


def test_the_wall_time_stays_over_a_change_of_the_clocks() -> None:
    first = datetime(2027, 3, 21, 8, 30)  # noqa: DTZ001
    assert starts("FREQ=WEEKLY;COUNT=2", first) == ["03-21 07:30", "03-28 06:30"]


def test_a_wall_time_that_the_clocks_skip_is_named_and_not_counted() -> None:
    first = datetime(2027, 3, 27, 2, 30)  # noqa: DTZ001
    assert starts("FREQ=DAILY;COUNT=2", first) == ["03-27 01:30", "03-28 skipped", "03-29 00:30"]


def test_a_wall_time_that_comes_twice_is_the_first_of_them() -> None:
    first = datetime(2026, 10, 24, 2, 30)  # noqa: DTZ001
    assert starts("FREQ=DAILY;COUNT=2", first) == ["10-24 00:30", "10-25 00:30"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "FREQ=WEEKLY;BYDAY=TU;COUNT=4"),
        ("FREQ=MONTHLY;COUNT=2", "FREQ must be"),
        ("FREQ=WEEKLY", "COUNT or by UNTIL"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20261231", "COUNT or by UNTIL"),
        ("FREQ=WEEKLY;COUNT=53", "COUNT must be a number from 1 to 52"),
        ("FREQ=WEEKLY;COUNT=0", "COUNT must be"),
        ("FREQ=WEEKLY;COUNT=²", "COUNT must be"),
        ("FREQ=WEEKLY;INTERVAL=-1;COUNT=2", "INTERVAL must be"),
        ("FREQ=WEEKLY;BYDAY=1TU;COUNT=2", "BYDAY must be"),
        ("FREQ=WEEKLY;UNTIL=20260230", "UNTIL must be"),
        ("FREQ=WEEKLY;UNTIL=20261231T100000", "UNTIL must be"),
        ("FREQ=WEEKLY;COUNT=2;BYMONTH=3", "BYMONTH is not supported"),
        ("FREQ=WEEKLY;FREQ=DAILY;COUNT=2", "FREQ stands there twice"),
        ("FREQ=WEEKLY;COUNT=2;" + "X" * 200, "shorter"),
    ],
)
def test_any_other_rule_is_refused_by_the_name_of_its_part(text: str, named: str) -> None:
    with pytest.raises(Invalid, match=named) as refused:
        parse_rule(text)
    assert [error.field for error in refused.value.field_errors] == ["rrule"]


def test_more_than_52_dates_are_refused() -> None:
    assert len(starts("FREQ=DAILY;UNTIL=20270121")) == MOST == 52
    with pytest.raises(Invalid, match="more than 52"):
        starts("FREQ=DAILY;UNTIL=20270122")


def test_a_rule_that_meets_no_date_is_refused() -> None:
    with pytest.raises(Invalid, match="meets no date"):
        starts("FREQ=DAILY;UNTIL=20261130")


def test_a_rule_is_written_in_one_form() -> None:
    assert str(parse_rule("rrule:freq=weekly".upper() + ";COUNT=3;BYDAY=FR,MO;INTERVAL=1")) == (
        "FREQ=WEEKLY;BYDAY=MO,FR;COUNT=3"
    )
    assert str(Rule("DAILY", 3, until=date(2026, 12, 31))) == "FREQ=DAILY;INTERVAL=3;UNTIL=20261231"


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY"]))
    days = draw(st.frozensets(st.integers(0, 6), max_size=7))
    interval = draw(st.integers(1, 6))
    return Rule(frequency, interval, days, count=draw(st.integers(1, MOST)))  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(rules(), st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)), st.sampled_from(ZONES))  # noqa: DTZ001
def test_the_dates_are_those_of_dateutil_without_what_the_clocks_skip(
    rule: Rule, first: datetime, zone: ZoneInfo
) -> None:
    first = first.replace(second=0, microsecond=0)
    endless = rrulestr(str(rule).rpartition(";")[0], dtstart=first)
    walls = [wall for wall in endless.xafter(first, count=4 * MOST, inc=True) if exists(wall, zone)]
    within = [wall for wall in walls if wall < first + timedelta(days=3 * 366)][: rule.count]
    if not within:
        with pytest.raises(Invalid):
            expand(rule, first, zone)
        return
    found = [one for one in expand(rule, first, zone) if one.start]
    assert [one.wall for one in found] == within
    assert all(one == Occurrence(one.wall, at_site(one.wall, zone)) for one in found)


def exists(wall: datetime, zone: ZoneInfo) -> bool:
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) == wall


def test_the_weekdays_are_those_of_python() -> None:
    assert [DAYS[date(2026, 11, day).weekday()] for day in range(23, 30)] == list(DAYS)
