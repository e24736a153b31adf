"""Several workers that book the later dates of series at the same moment: each date is booked once, and told once."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from bookings.models import BLOCKING, Booking, LaterDate, Series
from bookings.recurrence import parse_rule
from bookings.services.series import later as module
from bookings.services.series.asking import SeriesAsk
from bookings.services.series.booking import book_series
from bookings.services.series.canceling import cancel_series
from bookings.services.series.later import book_later, book_opened
from bookings.tests.races.conftest import World
from bookings.tests.races.crowd import DAMAGE_ROUNDS, at_once, overlaps
from evbooking.core.models import DomainEvent
from stations.models import Station

pytestmark = pytest.mark.race

WORKERS = 8
WEEKS = 4


def begin(world: World) -> datetime:
    """A series whose first date is booked; the others have waited until the instant that is returned."""
    world.station.terms.booking_horizon_minutes = 3 * 24 * 60
    world.station.terms.save()
    world.next_slot()
    rule = parse_rule(f"FREQ=WEEKLY;COUNT={WEEKS}")
    present = Station.objects.get(pk=world.station.pk)  # an older revision would be served newer terms
    ask = SeriesAsk(present, world.slot, world.slot + timedelta(hours=1), rule)
    book_series(world.drivers[0], ask, now=timezone.now())
    assert LaterDate.objects.filter(state="WAITING").count() == WEEKS - 1
    world.station.terms.booking_horizon_minutes = 60 * 24 * 60
    world.station.terms.save()
    return timezone.now()


def test_each_date_is_booked_once_however_many_workers_look(world: World) -> None:
    world.add_evses(2)
    now = begin(world)
    assert sum(at_once([lambda: book_opened(now)] * WORKERS)) == WEEKS - 1
    assert set(LaterDate.objects.values_list("state", flat=True)) == {"BOOKED"}
    assert Booking.objects.count() == WEEKS
    assert not DomainEvent.objects.filter(type="series.missed").exists()
    assert overlaps() == 0


def test_two_series_that_wait_for_one_slot_get_it_once_and_the_other_is_told_once(world: World) -> None:
    now = begin(world)
    first = Series.objects.get()
    at = world.slot + timedelta(hours=2)
    ask = SeriesAsk(
        Station.objects.get(pk=world.station.pk),
        at,
        at + timedelta(hours=1),
        parse_rule("FREQ=DAILY;COUNT=1"),
    )
    other = book_series(world.drivers[1], ask, now=now).series
    rival = [
        LaterDate(
            series=other,
            occurrence=one.occurrence,
            most_amount=one.most_amount,
            currency=one.currency,
            created_at=now,
        )
        for one in first.later_dates.all()
    ]
    LaterDate.objects.bulk_create(rival)
    at_once([lambda: book_opened(now)] * WORKERS)
    states = LaterDate.objects.values_list("state", "problem").order_by("state")
    assert sorted(states) == [("BOOKED", "")] * 3 + [("MISSED", "slot_taken")] * 3
    assert DomainEvent.objects.filter(type="series.missed").count() == WEEKS - 1
    assert overlaps() == 0


def test_a_date_that_is_booked_while_its_series_is_canceled_is_canceled_with_it(world: World) -> None:
    """Whoever is first, nothing that the driver is rid of stays booked."""
    for _ in range(DAMAGE_ROUNDS):
        now = begin(world)
        series = Series.objects.get()
        driver = world.drivers[0]
        workers = [lambda: book_opened(now)] * 2  # noqa: B023 - they run before the next round
        at_once([*workers, lambda: cancel_series(series, actor=driver, now=now).count])  # noqa: B023
        assert not Booking.objects.filter(series=series, status__in=BLOCKING).exists()
        assert not LaterDate.objects.filter(series=series, state="WAITING").exists()
        Booking.objects.all().delete()
        Series.objects.all().delete()


def test_without_the_lock_on_the_date_what_was_booked_is_called_missed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard, off."""

    def unlocked(later_id: int) -> LaterDate:
        related = ("series__driver", "series__station__terms", "series__evse", "series__vehicle")
        return LaterDate.objects.select_related(*related).get(pk=later_id)

    monkeypatch.setattr(module, "locked_later", unlocked)
    for _ in range(DAMAGE_ROUNDS):
        now = begin(world)
        for later_id in LaterDate.objects.filter(state="WAITING").values_list("pk", flat=True):
            at_once([partial(book_later, later_id, now=now)] * 2)
        if LaterDate.objects.filter(state="MISSED").exists():
            return
        Booking.objects.all().delete()
        Series.objects.all().delete()
    pytest.fail("the control showed no damage")
