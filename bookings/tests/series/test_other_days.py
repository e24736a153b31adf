"""All following dates move to other weekdays: conflicts by date, calendars and payments follow, later dates too."""

from datetime import date, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from accounts.models import User
from bookings.models import Booking, Series
from bookings.recurrence import parse_rule
from bookings.selectors.calendars import with_sequence
from bookings.selectors.series import dates_of, is_moved
from bookings.services.series import changing as module
from bookings.services.series.booking import book_series
from bookings.services.series.changes import SeriesChange
from bookings.services.series.changing import change_series, preview_change
from bookings.services.series.following import preview_following
from bookings.services.series.later import book_opened
from bookings.services.series.shifting import days_of, in_order_of_moving, shift_between
from bookings.tests.series.conftest import DAYS, FIRST, HOUR, NOW, WEEK, Ask, events
from bookings.tests.series.conftest import days_of as days_booked
from evbooking.core.errors import Invalid
from stations.models import EVSE, Station
from tests.factories import make_booking, make_evse

DAY = timedelta(days=1)
MO, TU, WE, TH, FR, SA, SU = range(7)


def to(*days: int, since: date = DAYS[1], **more: object) -> SeriesChange:
    return SeriesChange(since=since, days=frozenset(days), **more)  # type: ignore[arg-type]


def starts(series: Series) -> list[str]:
    return [f"{one.start:%d %H:%M}" for one in series.bookings.order_by("start")]


def test_the_first_of_the_old_days_goes_to_the_first_of_the_new() -> None:
    assert shift_between([TU], [WE]) == {TU: 1}
    assert shift_between([MO, FR], {SU, SA}) == {MO: 5, FR: 2}
    assert shift_between([TU, WE], [MO, TU]) == {TU: -1, WE: -1}
    for count, days in ((1, [MO, TU]), (3, [MO])):
        with pytest.raises(Invalid, match="choose as many"):
            shift_between(list(range(count)), days)


def test_the_days_of_a_rule_are_those_it_names_or_that_of_its_first_or_all() -> None:
    assert days_of(parse_rule("FREQ=WEEKLY;BYDAY=FR,MO;COUNT=4"), DAYS[0]) == [MO, FR]
    assert days_of(parse_rule("FREQ=WEEKLY;COUNT=4"), DAYS[0]) == [TU]
    assert days_of(parse_rule("FREQ=DAILY;COUNT=4"), DAYS[0]) == list(range(7))


def test_whoever_stands_where_another_goes_moves_first() -> None:
    forward = [("mo", DAYS[0], DAYS[0] + DAY), ("tu", DAYS[0] + DAY, DAYS[0] + 2 * DAY)]
    backward = [("we", DAYS[1], DAYS[1] - DAY), ("th", DAYS[1] + DAY, DAYS[1])]
    assert in_order_of_moving([*forward, *backward]) == ["tu", "mo", "we", "th"]


@pytest.fixture
def series(ask: Ask, driver: User) -> Series:
    """Four Tuesdays."""
    return book_series(driver, ask(), now=NOW).series


@pytest.fixture
def pairs(ask: Ask, driver: User) -> Series:
    """Two weeks of Tuesdays and Wednesdays."""
    return book_series(driver, ask("FREQ=WEEKLY;BYDAY=TU,WE;COUNT=4"), now=NOW).series


@pytest.mark.django_db
def test_all_following_move_to_another_weekday_and_stay_a_series(series: Series, driver: User) -> None:
    done = change_series(series, to(WE), actor=driver, now=NOW)
    assert [one.moved for one in done] == [True] * 3
    assert starts(series) == ["01 07:30", "09 07:30", "16 07:30", "23 07:30"]
    assert not any(is_moved(one) for one in dates_of(series))
    assert Series.objects.get().rrule == "FREQ=WEEKLY;BYDAY=WE;COUNT=4"
    assert events() == ["series.booked", "series.changed"]


@pytest.mark.django_db
def test_days_and_time_change_together(series: Series, driver: User) -> None:
    change_series(series, to(SU, clock=time(10)), actor=driver, now=NOW)
    assert starts(series) == ["01 07:30", "13 09:00", "20 09:00", "27 09:00"]
    assert Series.objects.get().clock == time(10)


@pytest.mark.django_db
def test_the_entries_in_calendars_move_too(series: Series, driver: User) -> None:
    def sequences() -> list[int]:
        found = with_sequence(Booking.objects.filter(series=series)).order_by("occurrence")
        return [one.sequence for one in found]

    before = sequences()
    change_series(series, to(WE), actor=driver, now=NOW)
    assert [new - old for old, new in zip(before, sequences(), strict=True)] == [0, 1, 1, 1]


@pytest.mark.django_db
def test_a_taken_day_is_said_with_its_date_and_stops_no_other(
    series: Series, driver: User, evse: EVSE, stranger: User
) -> None:
    make_booking(evse, stranger, start=FIRST + 2 * WEEK + DAY)
    codes = ["", "slot_taken", ""]
    found = preview_change(series, to(WE), now=NOW)
    assert [one.problem.code if one.problem else "" for one in found] == codes
    assert starts(series) == ["01 07:30", "08 07:30", "15 07:30", "22 07:30"]
    done = change_series(series, to(WE), actor=driver, now=NOW)
    assert [one.problem.code if one.problem else "" for one in done] == codes
    assert starts(series) == ["01 07:30", "09 07:30", "15 07:30", "23 07:30"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "then"),
    [
        ((WE, TH), ["02 07:30", "03 07:30", "09 07:30", "10 07:30"]),
        ((MO, TU), ["01 07:30", "02 07:30", "07 07:30", "08 07:30"]),  # the first Monday has passed
        ((TU, SA), ["01 07:30", "05 07:30", "08 07:30", "12 07:30"]),
    ],
)
def test_days_that_take_each_others_places_do_so_at_the_only_charge_point(
    pairs: Series, driver: User, days: tuple[int, ...], then: list[str]
) -> None:
    change = to(*days, since=DAYS[0])
    promised = [one.problem is None for one in preview_change(pairs, change, now=NOW)]
    done = change_series(pairs, change, actor=driver, now=NOW)
    assert [one.moved for one in done] == promised
    assert starts(pairs) == then


@pytest.mark.django_db
def test_moved_in_the_order_of_the_calendar_they_would_be_in_each_others_way(
    pairs: Series, driver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard, off."""
    monkeypatch.setattr(module, "in_order_of_moving", lambda moves: [one for one, *_ in moves])
    done = change_series(pairs, to(WE, TH, since=DAYS[0]), actor=driver, now=NOW)
    assert [one.problem.code if one.problem else "" for one in done] == ["slot_taken", "", "slot_taken", ""]


@pytest.mark.django_db
@pytest.mark.parametrize("evses", [1, 2])
def test_a_date_that_stays_is_in_the_way_of_another_even_beside_a_free_charge_point(
    site: Station, pairs: Series, driver: User, stranger: User, evse: EVSE, evses: int
) -> None:
    thursday = FIRST + 2 * DAY
    for unit in [evse, *(make_evse(site) for _ in range(evses - 1))]:
        make_booking(unit, stranger, start=thursday)
    change = to(WE, TH, since=DAYS[0])
    codes = ["slot_taken", "slot_taken", "", ""]
    assert [
        one.problem.code if one.problem else "" for one in preview_change(pairs, change, now=NOW)
    ] == codes
    done = change_series(pairs, change, actor=driver, now=NOW)
    assert [one.problem.code if one.problem else "" for one in done] == codes
    assert starts(pairs) == ["01 07:30", "02 07:30", "09 07:30", "10 07:30"]
    assert all(later - earlier >= HOUR for earlier, later in pairwise(one.start for one in dates_of(pairs)))


@pytest.mark.django_db
def test_more_days_or_fewer_are_refused_and_nothing_moves(series: Series, driver: User) -> None:
    with pytest.raises(Invalid) as refused:
        change_series(series, to(MO, WE), actor=driver, now=NOW)
    assert [(error.field, error.code) for error in refused.value.field_errors] == [("days", "invalid")]
    assert starts(series) == ["01 07:30", "08 07:30", "15 07:30", "22 07:30"]
    assert Series.objects.get().rrule == "FREQ=WEEKLY;BYDAY=TU;COUNT=4"


@pytest.fixture
def waiting(site: Station, ask: Ask, driver: User) -> Series:
    """Four Tuesdays, of which two are booked and two wait until bookings open two weeks before."""
    site.terms.booking_horizon_minutes = 14 * 24 * 60
    site.terms.save()
    return book_series(driver, ask(), now=NOW).series


@pytest.mark.django_db
def test_dates_that_wait_follow_at_the_price_that_was_shown(waiting: Series, driver: User) -> None:
    change = to(WE, clock=time(9), lasting=2 * HOUR)
    shown = preview_following(waiting, change, now=NOW)
    assert [(str(one.slot.total), one.problem) for one in shown] == [("11.00 EUR", None)] * 2
    change_series(waiting, change, actor=driver, now=NOW)
    moved = FIRST + DAY + HOUR / 2
    assert list(waiting.later_dates.values_list("occurrence", "most_amount")) == [
        (moved + week * WEEK, Decimal(11)) for week in (2, 3)
    ]
    assert book_opened(moved) == 1
    third = dates_of(waiting)[2]
    assert (third.start, third.end - third.start) == (moved + 2 * WEEK, 2 * HOUR)
    assert days_booked(waiting.bookings) == [DAYS[0], *(day + DAY for day in DAYS[1:3])]


@pytest.mark.django_db
def test_dates_that_wait_follow_although_none_that_is_booked_can_move(
    waiting: Series, driver: User, evse: EVSE, stranger: User
) -> None:
    make_booking(evse, stranger, start=FIRST + WEEK + DAY)
    [done] = change_series(waiting, to(WE), actor=driver, now=NOW)
    assert done.problem and done.problem.code == "slot_taken"
    assert [one.occurrence for one in waiting.later_dates.all()] == [
        FIRST + week * WEEK + DAY for week in (2, 3)
    ]
    assert Series.objects.get().rrule == "FREQ=WEEKLY;BYDAY=WE;COUNT=4"
    assert events() == ["series.booked"]
