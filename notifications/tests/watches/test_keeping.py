"""Making watches: what is refused, the cap, the same wish twice; export and erasure."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services.profile import delete_account, export_data
from evbooking.core.errors import Invalid
from notifications.models import Watch
from notifications.services.watches.keeping import Area, Slot, watch
from notifications.tests.watches.conftest import HOUR, MINUTE, NOW
from stations.models import Station

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def refusal(user: User, where: Station | Area, **how: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        watch(user, where, now=NOW, **how)
    assert not Watch.objects.exists()
    return [(error.field, error.code) for error in refused.value.errors]


@pytest.mark.parametrize(
    ("slot", "found"),
    [
        (Slot(NOW + HOUR, NOW + HOUR, 60), ("latest", "end_before_start")),
        (Slot(NOW - 2 * HOUR, NOW - HOUR, 60), ("latest", "in_the_past")),
        (Slot(NOW, NOW + 14 * DAY + MINUTE, 60), ("latest", "range_too_long")),
        (Slot(NOW, NOW + DAY, 0), ("duration_minutes", "out_of_range")),
    ],
)
def test_a_window_that_is_none_is_refused(
    slot: Slot, found: tuple[str, str], driver: User, quay: Station
) -> None:
    assert refusal(driver, quay, slot=slot) == [found]


@pytest.mark.parametrize(
    ("until", "code"), [(NOW, "in_the_past"), (NOW + 90 * DAY + MINUTE, "range_too_long")]
)
def test_a_watch_lasts_at_most_ninety_days(until: Any, code: str, driver: User, quay: Station) -> None:
    assert refusal(driver, quay, expires_at=until) == [("expires_at", code)]


@pytest.mark.parametrize("radius", [0.0, -1.0, 50.1])
def test_an_area_has_its_size(radius: float, driver: User) -> None:
    assert refusal(driver, Area(53.5, 10, radius)) == [("radius_km", "out_of_range")]


def test_a_watch_ends_after_thirty_days_or_with_its_window(driver: User, quay: Station) -> None:
    assert watch(driver, quay, now=NOW).expires_at == NOW + 30 * DAY
    slot = Slot(NOW, NOW + 3 * HOUR, 60)
    assert watch(driver, quay, slot=slot, now=NOW).expires_at == NOW + 3 * HOUR
    longer = watch(driver, quay, connector="CHADEMO", expires_at=NOW + 90 * DAY, now=NOW)
    assert longer.expires_at == NOW + 90 * DAY


def test_the_same_wish_is_the_same_watch(driver: User, quay: Station) -> None:
    first = watch(driver, quay, now=NOW)
    assert watch(driver, quay, now=NOW + HOUR).pk == first.pk
    assert watch(driver, quay, connector="CHADEMO", now=NOW).pk != first.pk
    assert Watch.objects.count() == 2


def test_a_person_has_twenty_watches_at_most(driver: User, stranger: User) -> None:
    for each in range(20):
        watch(driver, Area(50 + each / 100, 10, 1), now=NOW)
    with pytest.raises(Invalid) as refused:
        watch(driver, Area(40, 10, 1), now=NOW)
    assert refused.value.code == "too_many_watches"
    assert Watch.objects.count() == 20
    watch(stranger, Area(40, 10, 1), now=NOW)
    assert watch(driver, Area(40, 10, 1), now=NOW + 31 * DAY).user == driver  # the others are over


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"latitude": 50.0, "longitude": 8.0},
        {"latitude": 50.0, "longitude": 8.0, "radius_km": 1.0, "earliest": NOW},
        {"latitude": 50.0, "longitude": 8.0, "radius_km": 1.0, "earliest": NOW, "latest": NOW},
    ],
)
def test_the_database_keeps_no_half_watch(fields: dict[str, Any], driver: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.create(user=driver, expires_at=NOW + HOUR, created_at=NOW, **fields)


def test_watches_are_exported_and_go_with_the_account(driver: User, stranger: User, quay: Station) -> None:
    watch(driver, quay, connector="CHADEMO", now=NOW)
    watch(stranger, quay, now=NOW)
    [exported] = export_data(driver, now=NOW)["watches"]
    assert (exported["station_name"], exported["connector"]) == ("Quay", "CHADEMO")
    delete_account(driver, actor=driver, now=NOW)
    assert list(Watch.objects.values_list("user", flat=True)) == [stranger.pk]
