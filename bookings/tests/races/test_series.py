"""Series that want the same slots at the same moment: each slot is had once, and a driver has no series too many."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.conf import settings

from bookings.models import BLOCKING, Booking, Series
from bookings.services import hold
from bookings.tests.races.conftest import World
from bookings.tests.races.crowd import DAMAGE_ROUNDS, Answer, at_once, call, outcome, overlaps
from tests.factories import make_station

pytestmark = pytest.mark.race

CLIENTS = 10
RULE = "FREQ=WEEKLY;COUNT=4"


def at_one_station(world: World) -> list[Answer]:
    """Ten drivers want the same four Tuesdays at the only charge point."""
    wish = {**world.wish(), "rrule": RULE}
    return at_once([call(client, "post", "/api/v1/series", wish) for client in world.clients[:CLIENTS]])


def of_one_driver(world: World) -> list[Answer]:
    """One driver wants ten series at ten stations."""
    client = world.clients[0]
    wishes = [
        {"station": str(make_station(evses=1).pk), **world.times(), "rrule": RULE} for _ in range(CLIENTS)
    ]
    return at_once([call(client, "post", "/api/v1/series", wish) for wish in wishes])


def live_series() -> int:
    found = Booking.objects.filter(status__in=BLOCKING, series__isnull=False)
    return found.values("series").distinct().count()


def test_each_date_is_had_once_by_whoever_was_first(world: World) -> None:
    answers = at_one_station(world)
    booked = [one["start"] for answer in answers if answer.status == 201 for one in answer.body["dates"]]
    assert len(booked) == len(set(booked)) == 4
    assert set(outcome(answers)) <= {(201, ""), (409, "nothing_to_book")}
    assert overlaps() == 0
    assert Series.objects.count() == sum(answer.status == 201 for answer in answers)


def test_a_driver_gets_three_series_and_the_rest_is_refused(world: World) -> None:
    answers = of_one_driver(world)
    assert live_series() == settings.EVB_MAX_OPEN_SERIES == 3
    refused = [answer for answer in answers if answer.status != 201]
    assert {answer.code for answer in refused} == {"nothing_to_book"}
    assert Series.objects.count() == CLIENTS - len(refused)


def test_without_the_lock_on_the_driver_there_are_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard, off."""
    guard: Callable[[UUID], None] = lambda driver_id: None  # noqa: E731
    monkeypatch.setattr(hold, "lock_driver", guard)
    for _ in range(DAMAGE_ROUNDS):
        of_one_driver(world)
        if live_series() > settings.EVB_MAX_OPEN_SERIES:
            return
        Booking.objects.all().delete()
        Series.objects.all().delete()
    pytest.fail("the control showed no damage")
