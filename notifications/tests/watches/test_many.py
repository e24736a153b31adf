"""Ten thousand watches on one station, in batches whose queries do not grow with them; and two who look at once."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from evbooking.core.models import DomainEvent
from evbooking.core.relay import relay
from notifications.models import Notification, Watch
from notifications.selectors import watches
from notifications.services.watches import looking
from notifications.services.watches.keeping import forget_expired
from notifications.services.watches.looking import look_at, look_at_everything
from notifications.tests.watches.conftest import HOUR, MINUTE, NOW
from stations.models import Station
from tests.factories import make_station, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def watch_many(station: Station, number: int, **fields: Any) -> None:
    """Armed watches, twenty for each person, straight into the table; nothing was free for a quarter of an hour."""
    people = [User(email=f"watcher{each}@example.org") for each in range(-(-number // 20))]
    User.objects.bulk_create(people)
    values = {"armed": True, "none_since": NOW - 15 * MINUTE, "expires_at": NOW + 720 * HOUR, **fields}
    Watch.objects.bulk_create(
        (Watch(user=people[each // 20], station=station, created_at=NOW, **values) for each in range(number)),
        batch_size=2000,
    )


def queries_of_a_look(now: datetime) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        look_at_everything(now)
    return len(captured)


@pytest.mark.parametrize("window", [False, True], ids=["now", "a slot"])
def test_a_batch_takes_the_same_queries_whatever_is_in_it(window: bool, quay: Station) -> None:
    slot = {"earliest": NOW + HOUR, "latest": NOW + 2 * HOUR, "duration_minutes": 60} if window else {}
    watch_many(quay, 3, **slot)
    few = queries_of_a_look(NOW)
    Watch.objects.all().delete()
    User.objects.filter(email__startswith="watcher").delete()
    watch_many(quay, looking.BATCH, **slot)
    assert queries_of_a_look(NOW) <= few


def test_ten_thousand_watches_on_one_station_are_told_in_batches(quay: Station) -> None:
    watch_many(quay, 10_000)
    first = queries_of_a_look(NOW)
    second = queries_of_a_look(NOW + MINUTE)
    assert first < 20 * 10
    assert second < 20 * 12
    events = DomainEvent.objects.filter(type="watch.free")
    assert sum(len(event.data["watches"]) for event in events) == 10_000
    assert events.count() == 20
    with CaptureQueriesContext(connection) as captured:
        relay()
    assert len(captured) < 20 * 40
    told = Notification.objects.filter(kind="watch_free", channel="inbox")
    assert told.values("recipient").distinct().count() == 500
    assert not Watch.objects.filter(armed=True).exists()


def look_twice_at_once(ids: list[Any], now: datetime) -> list[int]:
    """Two relay processes that look at the same watches at the same moment."""
    ready, told = threading.Barrier(2), []

    def process() -> None:
        try:
            ready.wait(10)
            told.append(look_at(ids, now))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=process) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def about_to_tell(quay: Station, number: int) -> list[Any]:
    watch_many(quay, number, free_since=NOW - 5 * MINUTE)
    Watch.objects.update(none_since=None)
    return sorted(Watch.objects.values_list("pk", flat=True))


@pytest.mark.race
def test_of_two_who_look_at_once_one_tells(quay: Station) -> None:
    ids = about_to_tell(quay, 300)
    assert sum(look_twice_at_once(ids, NOW)) == 300
    told = [each["watch_id"] for event in DomainEvent.objects.all() for each in event.data["watches"]]
    assert sorted(told) == [str(pk) for pk in ids]


@pytest.mark.race
def test_without_the_lock_both_tell(quay: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard off: each reads that the watch is armed before the other has written that it told."""
    both_have_read = threading.Barrier(2)
    find = watches.find_free

    def unlocked(watches: QuerySet[Watch]) -> QuerySet[Watch]:
        return watches

    def find_together(watches: Any, now: datetime) -> Any:
        both_have_read.wait(10)
        return find(watches, now)

    monkeypatch.setattr(looking, "_locked", unlocked)
    monkeypatch.setattr(looking, "find_free", find_together)
    ids = about_to_tell(quay, 3)
    assert look_twice_at_once(ids, NOW) == [3, 3]


def test_an_area_has_its_nearest_stations(monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest that has something, out of as many as an area may have."""
    near, far = make_station(latitude=50.0, longitude=8.0), make_station(latitude=50.01, longitude=8.0)
    person = make_user()
    area = {"latitude": 50.0, "longitude": 8.0, "radius_km": 5.0}
    watched = Watch.objects.create(
        user=person, **area, armed=True, expires_at=timezone.now() + HOUR, created_at=timezone.now()
    )
    assert watches.find_free([watched], timezone.now())[watched.pk].offer.id == near.pk
    assert watches.watching([far.pk], timezone.now()) == [watched.pk]
    near.evses.update(inhibits=["operator"])
    assert watches.find_free([watched], timezone.now())[watched.pk].offer.id == far.pk
    monkeypatch.setattr(watches, "MOST_STATIONS", 1)
    assert watches.find_free([watched], timezone.now()) == {}


def test_ended_watches_are_forgotten_after_a_week(quay: Station) -> None:
    watch_many(quay, 2, expires_at=NOW)
    assert forget_expired(NOW + timedelta(days=7)) == 0
    assert forget_expired(NOW + timedelta(days=7, seconds=1)) == 2
