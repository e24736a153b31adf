"""Dates of a series beyond the horizon of the terms: booked by themselves when they come within, as was agreed."""

import copy
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from bookings.models import Booking, Series
from bookings.selectors.series import dates_of
from bookings.services.cancel import cancel
from bookings.services.hold import hold_once, hold_slot
from bookings.services.series import later as module
from bookings.services.series.asking import preview_series
from bookings.services.series.booking import book_series
from bookings.services.series.canceling import cancel_series
from bookings.services.series.later import book_later, book_opened, forget_unconfirmed, withdraw_date
from bookings.tests.series.conftest import DAYS, FIRST, HOUR, NOW, WEEK, Ask, days_of, events
from evbooking.core.errors import Forbidden, WrongState
from evbooking.core.models import AuditEntry, DomainEvent
from stations.models import EVSE, Closure, Station, TariffVersion
from tests.factories import ENERGY_TARIFF, make_booking, make_evse

pytestmark = pytest.mark.django_db
HORIZON = timedelta(days=14)
LATER = [date(2026, 12, 15), date(2026, 12, 22)]


@pytest.fixture
def site(site: Station) -> Station:
    """Bookings open two weeks ahead."""
    site.terms.booking_horizon_minutes = HORIZON // timedelta(minutes=1)
    site.terms.save()
    return site


@pytest.fixture
def series(site: Station, ask: Ask, driver: User) -> Series:
    """Four Tuesdays, of which two are booked and two wait."""
    return book_series(driver, ask(), now=NOW).series


def opens(week: int) -> datetime:
    """When bookings of the series' date in that week open."""
    return FIRST + week * WEEK - HORIZON


def waiting(series: Series) -> list[tuple[str, str]]:
    """State and problem of each later date, in order."""
    return list(series.later_dates.values_list("state", "problem"))


def test_a_preview_prices_what_is_too_far_ahead_and_says_that_it_waits(site: Station, ask: Ask) -> None:
    preview = preview_series(ask(), now=NOW)
    assert [(slot.free, slot.later) for slot in preview.dates] == [(True, False)] * 2 + [(False, True)] * 2
    assert [slot.problem.field_errors[0].code for slot in preview.later if slot.problem] == [
        "too_far_ahead"
    ] * 2
    assert [str(slot.total) for slot in preview.later] == ["5.50 EUR"] * 2
    assert str(preview.total) == "11.00 EUR"


def test_a_later_date_that_another_rule_forbids_does_not_wait(site: Station, ask: Ask) -> None:
    Closure.objects.create(station=site, start=FIRST + 2 * WEEK, end=FIRST + 2 * WEEK + HOUR)
    dates = preview_series(ask(), now=NOW).dates
    assert [slot.later for slot in dates] == [False, False, False, True]
    assert dates[2].problem and dates[2].problem.field_errors[0].code == "outside_opening_hours"


def test_what_is_bookable_is_booked_at_once_and_the_rest_waits(series: Series) -> None:
    assert days_of(series.bookings) == DAYS[:2]
    assert [(one.occurrence, one.most_amount, one.currency) for one in series.later_dates.all()] == [
        (FIRST + week * WEEK, Decimal("5.50"), "EUR") for week in (2, 3)
    ]
    assert waiting(series) == [("WAITING", "")] * 2


def test_only_the_chosen_of_them_wait(site: Station, ask: Ask, driver: User) -> None:
    series = book_series(driver, ask(), chosen=[DAYS[0], DAYS[3]], now=NOW).series
    assert days_of(series.bookings) == [DAYS[0]]
    assert [one.occurrence for one in series.later_dates.all()] == [FIRST + 3 * WEEK]


def test_a_date_is_booked_as_soon_as_bookings_open_and_not_before(series: Series) -> None:
    assert book_opened(opens(2) - timedelta(seconds=1)) == 0
    assert days_of(series.bookings) == DAYS[:2]
    assert book_opened(opens(2)) == 1
    assert days_of(series.bookings) == DAYS[:3]
    third = dates_of(series)[2]
    assert (third.status, third.occurrence, third.total_amount) == (
        "RESERVED",
        FIRST + 2 * WEEK,
        Decimal("5.50"),
    )
    assert waiting(series) == [("BOOKED", ""), ("WAITING", "")]
    assert book_opened(opens(3)) == 1
    assert days_of(series.bookings) == DAYS


def test_its_driver_is_told_of_each_as_of_any_booking(series: Series) -> None:
    DomainEvent.objects.all().delete()
    book_opened(opens(2))
    told = DomainEvent.objects.order_by("pk").values_list("type", "data__told_with_series")
    assert list(told) == [("booking.held", True), ("booking.reserved", False)]


def test_a_horizon_that_grows_or_shrinks_moves_the_day_of_booking(series: Series, site: Station) -> None:
    site.terms.booking_horizon_minutes //= 2
    site.terms.save()
    assert book_opened(opens(2)) == 0
    assert waiting(series) == [("WAITING", "")] * 2
    site.terms.booking_horizon_minutes *= 4
    site.terms.save()
    assert book_opened(opens(2)) == 2


def test_what_somebody_else_has_is_told_once_and_stops_no_other(
    series: Series, evse: EVSE, stranger: User
) -> None:
    make_booking(evse, stranger, start=FIRST + 2 * WEEK)
    assert book_opened(opens(3)) == 1
    assert days_of(series.bookings) == [*DAYS[:2], DAYS[3]]
    assert waiting(series) == [("MISSED", "slot_taken"), ("BOOKED", "")]
    assert book_opened(opens(3)) == 0
    assert events() == ["series.booked", "series.missed"]
    told = DomainEvent.objects.get(type="series.missed").data
    assert (told["starts"], told["problem"]) == (["2026-12-15T07:30:00Z"], "slot_taken")


def test_another_charge_point_is_as_good_where_any_was_asked_for(
    series: Series, site: Station, evse: EVSE, stranger: User
) -> None:
    other = make_evse(site)
    make_booking(evse, stranger, start=FIRST + 2 * WEEK)
    book_opened(opens(2))
    assert dates_of(series)[2].evse == other


def dearer(site: Station) -> str:
    document = copy.deepcopy(ENERGY_TARIFF)
    document["elements"][0]["price_components"][0]["price"] = 0.51
    assert site.tariff
    site.tariff.current = TariffVersion.objects.create(tariff=site.tariff, number=2, document=document)
    site.tariff.save()
    return "dearer_than_agreed"


def stricter(site: Station) -> str:
    site.terms.late_cancel_share = 90
    site.terms.save()
    return "terms_changed"


def paid_online(site: Station) -> str:
    site.terms.payment = "ONLINE"
    site.terms.save()
    return "terms_changed"


def suspended(site: Station) -> str:
    Station.objects.filter(pk=site.pk).update(approval=Station.Approval.SUSPENDED)
    return "station_not_bookable"


@pytest.mark.parametrize("change", [dearer, stricter, paid_online, suspended])
def test_what_was_not_agreed_to_is_not_booked(
    series: Series, site: Station, change: Callable[[Station], str]
) -> None:
    problem = change(site)
    assert book_opened(opens(2)) == 0
    assert waiting(series) == [("MISSED", problem), ("WAITING", "")]
    assert Booking.objects.count() == 2


@pytest.mark.parametrize("change", [dearer, stricter])
def test_without_the_guard_it_is_booked_all_the_same(
    series: Series, site: Station, change: Callable[[Station], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard, off."""
    monkeypatch.setattr(module, "_require_agreed", lambda later, booking: None)
    change(site)
    assert book_opened(opens(2)) == 1


def test_better_terms_stop_nothing_and_a_longer_horizon_is_no_change(series: Series, site: Station) -> None:
    site.terms.max_open_bookings_per_driver += 1
    site.terms.booking_horizon_minutes += 60
    site.terms.save()
    assert book_opened(opens(2)) == 1


def test_a_date_that_was_booked_and_canceled_is_not_booked_again(series: Series, driver: User) -> None:
    book_opened(opens(2))
    cancel(dates_of(series)[2], actor=driver, now=opens(2))
    assert book_opened(opens(2)) == 0
    later = series.later_dates.first()
    assert later and book_later(later.pk, now=opens(2)) is None
    assert Booking.objects.filter(series=series, occurrence=FIRST + 2 * WEEK).count() == 1


def test_without_the_mark_of_what_was_booked_it_would_be(series: Series, driver: User) -> None:
    """The guard, off."""
    book_opened(opens(2))
    cancel(dates_of(series)[2], actor=driver, now=opens(2))
    series.later_dates.filter(state="BOOKED").update(state="WAITING", ended_at=None)
    assert book_opened(opens(2)) == 1


def test_a_date_that_fails_with_an_error_of_ours_stops_no_other_and_is_tried_again(
    series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = hold_once

    def broken_on_the_15th(driver: User, ask: Any, now: datetime) -> Booking | None:
        if ask.start.date() == LATER[0]:
            raise ZeroDivisionError
        return whole(driver, ask, now)

    monkeypatch.setattr(module, "hold_once", broken_on_the_15th)
    assert book_opened(opens(3)) == 1
    assert waiting(series) == [("WAITING", ""), ("BOOKED", "")]
    monkeypatch.undo()
    assert book_opened(opens(3)) == 1


def test_canceling_all_withdraws_what_waits(series: Series, driver: User) -> None:
    done = cancel_series(series, actor=driver, now=NOW)
    assert (len(done.canceled), len(done.later)) == (2, 2)
    assert waiting(series) == [("WITHDRAWN", "")] * 2
    assert book_opened(opens(3)) == 0
    with pytest.raises(WrongState):
        cancel_series(series, actor=driver, now=NOW)


def test_canceling_from_a_day_on_withdraws_from_that_day_on(series: Series, driver: User) -> None:
    done = cancel_series(series, since=LATER[1], actor=driver, now=NOW)
    assert (done.canceled, str(done.fee)) == ([], "0.00 EUR")
    assert waiting(series) == [("WAITING", ""), ("WITHDRAWN", "")]
    assert events() == ["series.booked"]


def test_one_date_is_withdrawn_once_and_no_other(series: Series, driver: User) -> None:
    first = series.later_dates.all()[0]
    for _ in range(2):
        assert withdraw_date(first, actor=driver, now=NOW).state == "WITHDRAWN"
    assert waiting(series) == [("WITHDRAWN", ""), ("WAITING", "")]
    entry = AuditEntry.objects.get(action="series.withdraw")
    assert (entry.actor, entry.target_id, entry.after) == (driver, str(series.pk), {"date": "2026-12-15"})
    assert events() == ["series.booked"]
    assert book_opened(opens(3)) == 1
    assert days_of(series.bookings) == [*DAYS[:2], DAYS[3]]


def test_what_is_booked_or_missed_is_not_withdrawn(
    series: Series, evse: EVSE, driver: User, stranger: User
) -> None:
    make_booking(evse, stranger, start=FIRST + 2 * WEEK)
    missed, booked = series.later_dates.all()
    book_opened(opens(3))
    for one, words in ((missed, "could not be booked"), (booked, "cancel its booking")):
        with pytest.raises(WrongState, match=words):
            withdraw_date(one, actor=driver, now=opens(3))
    assert waiting(series) == [("MISSED", "slot_taken"), ("BOOKED", "")]
    assert not AuditEntry.objects.filter(action="series.withdraw").exists()


def test_a_series_that_was_never_paid_books_nothing_later_and_is_forgotten(
    site: Station, ask: Ask, driver: User
) -> None:
    site.terms.payment = "ONLINE"
    site.terms.save()
    series = book_series(driver, ask(), now=NOW).series
    assert waiting(series) == [("WAITING", "")] * 2
    assert opens(2) < NOW + timedelta(hours=24)
    assert book_opened(opens(2)) == 0
    assert waiting(series) == [("WAITING", "")] * 2
    assert forget_unconfirmed(NOW + timedelta(hours=24)) == 0
    assert forget_unconfirmed(NOW + timedelta(hours=24, seconds=1)) == 2
    assert waiting(series) == [("WITHDRAWN", "")] * 2


def test_the_dates_of_a_closed_account_are_withdrawn(series: Series, driver: User) -> None:
    User.objects.filter(pk=driver.pk).update(is_active=False)
    assert book_opened(opens(3)) == 0
    assert waiting(series) == [("WITHDRAWN", "")] * 2
    assert events() == ["series.booked"]
    with pytest.raises(Forbidden):
        hold_slot(driver, station=series.station, start=FIRST + HOUR, end=FIRST + 2 * HOUR, now=NOW)
