"""Changing and canceling a series from one day on, and one of its dates by itself."""

from datetime import time, timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from bookings.models import Booking, Series
from bookings.selectors.series import dates_of, is_moved
from bookings.services.cancel import cancel
from bookings.services.reschedule import reschedule
from bookings.services.series.booking import book_series
from bookings.services.series.canceling import cancel_series, series_cancellation
from bookings.services.series.changes import SeriesChange
from bookings.services.series.changing import change_series, preview_change
from bookings.tests.series.conftest import DAYS, FIRST, HOUR, NOW, WEEK, Ask, events, statuses
from charging.models import CDR
from evbooking.core.errors import Invalid, WrongState
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, Station
from tests.factories import make_booking, make_evse

pytestmark = pytest.mark.django_db

NINE = SeriesChange(since=DAYS[1], clock=time(9))


@pytest.fixture
def series(ask: Ask, driver: User) -> Series:
    return book_series(driver, ask(), now=NOW).series


def starts(series: Series) -> list[str]:
    return [f"{one.start:%d %H:%M}" for one in dates_of(series)]


def test_all_following_move_and_what_was_before_stays(series: Series, driver: User) -> None:
    done = change_series(series, NINE, actor=driver, now=NOW)
    assert [one.moved for one in done] == [True] * 3
    assert starts(series) == ["01 07:30", "08 08:00", "15 08:00", "22 08:00"]
    assert not any(is_moved(one) for one in dates_of(series))
    assert Series.objects.get().clock == time(9)
    assert events() == ["series.booked", "series.changed"]
    told = DomainEvent.objects.filter(type="booking.rescheduled").values_list(
        "data__told_with_series", flat=True
    )
    assert list(told) == [True] * 3


def test_a_preview_of_a_change_changes_nothing(series: Series, evse: EVSE, stranger: User) -> None:
    make_booking(evse, stranger, start=FIRST + 2 * WEEK + HOUR)
    found = preview_change(series, NINE, now=NOW)
    assert [one.problem.code if one.problem else "" for one in found] == ["", "slot_taken", ""]
    assert starts(series) == ["01 07:30", "08 07:30", "15 07:30", "22 07:30"]
    assert events() == ["series.booked"]


def test_one_that_cannot_move_stops_no_other_and_keeps_its_slot(
    series: Series, driver: User, evse: EVSE, stranger: User
) -> None:
    make_booking(evse, stranger, start=FIRST + 2 * WEEK + HOUR)
    done = change_series(series, NINE, actor=driver, now=NOW)
    assert [(one.moved, one.problem and one.problem.code) for one in done] == [
        (True, None),
        (False, "slot_taken"),
        (True, None),
    ]
    assert starts(series) == ["01 07:30", "08 08:00", "15 07:30", "22 08:00"]


def test_a_longer_stay_costs_more_and_may_be_at_another_charge_point(
    series: Series, driver: User, site: Station
) -> None:
    other = make_evse(site)
    change = SeriesChange(since=DAYS[2], lasting=timedelta(minutes=90), evse=other)
    assert [str(one.more) for one in preview_change(series, change, now=NOW)] == ["2.75 EUR"] * 2
    change_series(series, change, actor=driver, now=NOW)
    assert [(one.evse_id == other.pk, one.total_amount) for one in dates_of(series)] == [
        (False, Decimal("5.50")),
        (False, Decimal("5.50")),
        (True, Decimal("8.25")),
        (True, Decimal("8.25")),
    ]
    assert Series.objects.get().duration_minutes == 90


def test_a_date_too_near_to_be_changed_stays(series: Series, driver: User) -> None:
    now = FIRST + WEEK - timedelta(minutes=5)
    assert Booking.objects.first().terms["change_until_minutes"] > 5
    done = change_series(series, SeriesChange(since=DAYS[1], clock=time(9)), actor=driver, now=now)
    assert [one.problem and one.problem.code for one in done] == ["too_late_to_change", None, None]


def test_a_change_of_nothing_and_of_no_date_is_refused(series: Series, driver: User) -> None:
    with pytest.raises(Invalid, match="what shall change"):
        change_series(series, SeriesChange(since=DAYS[0]), actor=driver, now=NOW)
    with pytest.raises(WrongState, match="left to change"):
        change_series(series, SeriesChange(DAYS[3] + timedelta(days=1), time(9)), actor=driver, now=NOW)
    assert events() == ["series.booked"]


def test_one_date_moved_by_itself_stays_in_the_series_and_is_marked(series: Series, driver: User) -> None:
    second = dates_of(series)[1]
    reschedule(second, start=second.start + HOUR, end=second.end + HOUR, actor=driver, now=NOW)
    assert [is_moved(one) for one in dates_of(series)] == [False, True, False, False]
    assert DomainEvent.objects.get(type="booking.rescheduled").data["told_with_series"] is False


def test_all_following_are_canceled_and_told_once(series: Series, driver: User) -> None:
    done = cancel_series(series, since=DAYS[1], actor=driver, now=NOW)
    assert len(done.canceled) == 3
    assert str(done.fee) == "0.00 EUR"
    assert statuses(series.bookings) == [S.RESERVED, *[S.CANCELED] * 3]
    assert events() == ["series.booked", "series.canceled"]


def test_late_fees_are_summed_to_the_cent_and_billed_by_date(site: Station, ask: Ask, driver: User) -> None:
    site.terms.cancel_until_minutes = 8 * 24 * 60
    site.terms.late_cancel_share = 33
    site.terms.save()
    series = book_series(driver, ask(), now=NOW).series
    quote = series_cancellation(series, now=NOW)
    assert [str(one.cancellation.fee) for one in quote.dates if one.cancellation] == [
        "1.82 EUR",
        "1.82 EUR",
        "0.00 EUR",
        "0.00 EUR",
    ]
    assert str(quote.fee) == "3.64 EUR"
    assert statuses(series.bookings) == [S.RESERVED] * 4
    assert cancel_series(series, actor=driver, now=NOW).fee == quote.fee
    assert sorted(CDR.objects.values_list("total_after_taxes", flat=True)) == [Decimal("1.82")] * 2


def test_a_date_the_terms_keep_stops_no_other(site: Station, ask: Ask, driver: User) -> None:
    site.terms.cancel_until_minutes = 2 * 24 * 60
    site.terms.late_cancel_allowed = False
    site.terms.save()
    series = book_series(driver, ask(), now=NOW).series
    done = cancel_series(series, actor=driver, now=NOW)
    assert [one.problem and one.problem.code for one in done.dates] == [
        "too_late_to_cancel",
        None,
        None,
        None,
    ]
    assert statuses(series.bookings) == [S.RESERVED, *[S.CANCELED] * 3]


def test_a_series_with_nothing_left_cannot_be_canceled(series: Series, driver: User) -> None:
    cancel_series(series, actor=driver, now=NOW)
    with pytest.raises(WrongState):
        cancel_series(series, actor=driver, now=NOW)
    assert events() == ["series.booked", "series.canceled"]


def test_one_date_canceled_by_itself_leaves_the_others(series: Series, driver: User) -> None:
    cancel(dates_of(series)[2], actor=driver, now=NOW)
    assert statuses(series.bookings) == [S.RESERVED, S.RESERVED, S.CANCELED, S.RESERVED]
    assert events() == ["series.booked"]
