"""The day as a table: columns of five minutes, the site's hours across."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from bookings.presentation.timeline import Timeline, lay_out_day
from bookings.selectors.day import SiteDay
from bookings.tests.operator_pages.desk import START
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, Closure, Station
from tests.factories import make_booking

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
DAY = SiteDay.of(BERLIN, date(2026, 12, 1))


@pytest.fixture
def evse(station: Station) -> EVSE:
    return station.evses.all()[0]


def cells(timeline: Timeline) -> list[tuple[int, str]]:
    """Columns and tone of each cell of the first row."""
    return [(cell.columns, cell.mark.tone if cell.mark else "") for cell in timeline.rows[0].cells]


@pytest.mark.parametrize(
    ("zone", "day", "hours", "odd"),
    [
        ("Europe/Berlin", date(2026, 12, 1), 24, None),
        ("Europe/Berlin", date(2026, 3, 29), 23, ("02", [])),
        ("Europe/Berlin", date(2026, 10, 25), 25, ("02", [12, 12])),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5, ("02", [6])),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5, ("01", [12, 6])),
    ],
)
def test_a_day_has_the_hours_of_its_clock(
    zone: str, day: date, hours: float, odd: tuple[str, list[int]] | None
) -> None:
    timeline = lay_out_day(SiteDay.of(ZoneInfo(zone), day), [], [], [], START)
    assert timeline.columns == hours * 12 == sum(head.columns for head in timeline.heads)
    if odd:
        assert [head.columns for head in timeline.heads if head.label == odd[0]] == odd[1]


def test_the_present_hour_is_marked_once_also_when_it_comes_twice() -> None:
    day = SiteDay.of(BERLIN, date(2026, 10, 25))
    second_two_oclock = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    heads = lay_out_day(day, [], [], [], second_two_oclock).heads
    assert [number for number, head in enumerate(heads) if head.is_now] == [3]


@pytest.mark.django_db
def test_bookings_fill_their_minutes(evse: EVSE, driver: User) -> None:
    booked = [
        make_booking(evse, driver, start=START),
        make_booking(evse, driver, start=START + HOUR, minutes=30, status=S.PENDING),
        make_booking(evse, driver, start=START + 2 * HOUR, status=S.CANCELED),
    ]
    timeline = lay_out_day(DAY, [evse], booked, [], START)
    assert cells(timeline) == [(108, ""), (12, "reserved"), (6, "held"), (162, "")]


@pytest.mark.django_db
def test_what_goes_on_over_midnight_is_cut_at_the_day(evse: EVSE, driver: User) -> None:
    booked = [
        make_booking(evse, driver, start=DAY.start - HOUR, minutes=90),
        make_booking(evse, driver, start=DAY.end - HOUR, minutes=90),
    ]
    assert cells(lay_out_day(DAY, [evse], booked, [], START)) == [
        (6, "reserved"),
        (270, ""),
        (12, "reserved"),
    ]


@pytest.mark.django_db
def test_the_rest_of_a_visit_ended_early_belongs_to_the_next(
    evse: EVSE, driver: User, stranger: User
) -> None:
    left = make_booking(
        evse, driver, start=START, status=S.COMPLETED, stopped_at=START + timedelta(minutes=20)
    )
    came = make_booking(evse, stranger, start=START + timedelta(minutes=30), minutes=30)
    row = cells(lay_out_day(DAY, [evse], [left, came], [], START))
    assert row == [(108, ""), (4, "done"), (2, ""), (6, "reserved"), (168, "")]


@pytest.mark.django_db
def test_a_missed_slot_given_away_shows_who_has_it(evse: EVSE, driver: User, stranger: User) -> None:
    missed = make_booking(evse, driver, start=START, status=S.NO_SHOW)
    came = make_booking(evse, stranger, start=START + timedelta(minutes=20), minutes=20)
    row = cells(lay_out_day(DAY, [evse], [came, missed], [], START))
    assert row == [(108, ""), (4, "absent"), (4, "reserved"), (4, "absent"), (168, "")]


@pytest.mark.django_db
def test_a_closure_of_the_station_closes_every_row_of_an_evse_its_own(station: Station) -> None:
    first, second = station.evses.all()
    closures = [
        Closure(station=station, start=DAY.start, end=DAY.start + HOUR, reason="Works"),
        Closure(station=station, evse=second, start=START, end=START + HOUR, reason="Cable"),
    ]
    timeline = lay_out_day(DAY, [first, second], [], closures, START)
    assert cells(timeline) == [(12, "closed"), (276, "")]
    assert [cell.columns for cell in timeline.rows[1].cells] == [12, 96, 12, 168]


@pytest.mark.django_db
def test_a_booking_lies_over_a_closure(evse: EVSE, driver: User) -> None:
    booked = make_booking(evse, driver, start=START)
    closure = Closure(station=evse.station, start=START - HOUR, end=START + 2 * HOUR, reason="Works")
    row = cells(lay_out_day(DAY, [evse], [booked], [closure], START))
    assert row == [(96, ""), (12, "closed"), (12, "reserved"), (12, "closed"), (156, "")]
