"""Watchers are told once of each change of what an EVSE shows, also when only the clock made it."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from bookings.services.telling import tell_changed_statuses
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import ReservationStatus
from stations.models import EVSE, Station
from tests import factories

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def evse(station: Station) -> EVSE:
    """An EVSE whose status has been noted once."""
    evse: EVSE = station.evses.all()[0]
    tell_changed_statuses(NOW)
    return evse


def told() -> list[tuple[str, str, str]]:
    events = DomainEvent.objects.filter(type="evse.status").order_by("id")
    return [(one.subject, one.data["before"]["status"], one.data["after"]["status"]) for one in events]


def test_the_first_look_is_noted_but_not_told(evse: EVSE) -> None:
    evse.refresh_from_db()
    assert evse.shown_status == "AVAILABLE"
    assert told() == []


def test_a_booked_window_that_begins_and_ends_is_told_once_each(evse: EVSE, driver: User) -> None:
    factories.make_booking(evse, driver, start=NOW + timedelta(hours=1))
    subject = f"evse:{evse.uid}"
    assert tell_changed_statuses(NOW + timedelta(minutes=59)) == 0
    assert tell_changed_statuses(NOW + timedelta(minutes=60)) == 1
    assert tell_changed_statuses(NOW + timedelta(minutes=61)) == 0
    assert tell_changed_statuses(NOW + timedelta(hours=2)) == 1
    assert told() == [(subject, "AVAILABLE", "RESERVED"), (subject, "RESERVED", "AVAILABLE")]


def test_the_instant_of_the_change_is_kept(evse: EVSE, driver: User) -> None:
    factories.make_booking(evse, driver, start=NOW, status=ReservationStatus.FULFILLED)
    tell_changed_statuses(NOW + timedelta(minutes=3))
    evse.refresh_from_db()
    assert (evse.shown_status, evse.status_since) == ("CHARGING", NOW + timedelta(minutes=3))


def test_only_the_evses_asked_about_are_looked_at(station: Station, evse: EVSE, driver: User) -> None:
    other = station.evses.exclude(pk=evse.pk).get()
    for one in (evse, other):
        factories.make_booking(one, driver, start=NOW)
    assert tell_changed_statuses(NOW, [other.pk]) == 1
    assert told() == [(f"evse:{other.uid}", "AVAILABLE", "RESERVED")]
