"""Who watches is told when it becomes free: once, with what was asked for, and not when it only trembles."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking
from bookings.services.hold import hold_slot
from bookings.services.telling import tell_changed_statuses
from evbooking.core.models import DomainEvent
from notifications import sighting
from notifications.models import Device, Notification, Watch, WatchedChange
from notifications.services.watches.keeping import Area, Slot, pause, watch
from notifications.services.watches.looking import look_at_changes, look_at_everything
from notifications.tests.conftest import berlin
from notifications.tests.watches.conftest import HOUR, MINUTE, NOW, Pass, leave, messages_to, work
from stations.models import EVSE, Station
from stations.services.inhibits import inhibit, release
from tests.factories import make_booking, make_evse, make_station

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_becomes_free_now_is_told_once(
    driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    watched = watch(driver, quay, now=NOW)
    assert (watched.armed, watched.free_since) == (True, None)
    leave(taken, stranger, NOW)
    pass_time(30 * timedelta(seconds=1))
    assert messages_to(driver) == []
    pass_time(MINUTE)
    assert messages_to(driver) == ["Free now: Quay"]
    pass_time(HOUR)
    look_at_everything(timezone.now())
    work()
    assert messages_to(driver) == ["Free now: Quay"]
    watched.refresh_from_db()
    assert watched.told_at == NOW + 90 * timedelta(seconds=1)


def test_what_is_free_already_is_no_news(driver: User, quay: Station, pass_time: Pass) -> None:
    watched = watch(driver, quay, now=NOW)
    assert (watched.armed, watched.free_since) == (False, NOW)
    look_at_everything(NOW)
    pass_time(HOUR)
    look_at_everything(timezone.now())
    work()
    assert messages_to(driver) == []


def flap(evse: EVSE, actor: User, pass_time: Pass, times: int) -> None:
    """Out of service for half a minute and back, again and again."""
    for _ in range(times):
        inhibit(evse, cause="operator", actor=actor)
        tell_changed_statuses(timezone.now())
        pass_time(timedelta(seconds=30))
        release(evse, cause="operator", actor=actor)
        tell_changed_statuses(timezone.now())
        pass_time(timedelta(seconds=30))


def test_flapping_within_the_hysteresis_is_one_message(
    driver: User, stranger: User, owner: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    watch(driver, quay, now=NOW)
    leave(taken, stranger, NOW)
    flap(quay.evses.get(), owner, pass_time, 3)
    pass_time(2 * MINUTE)
    flap(quay.evses.get(), owner, pass_time, 5)
    pass_time(2 * MINUTE)
    assert messages_to(driver) == ["Free now: Quay"]


def test_without_the_hysteresis_flapping_tells_again_and_again(
    driver: User,
    stranger: User,
    owner: User,
    quay: Station,
    taken: Booking,
    pass_time: Pass,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The guard off: with neither wait the same trembling is many messages."""
    monkeypatch.setattr(sighting, "STAYS", timedelta())
    monkeypatch.setattr(sighting, "RESTS", timedelta())
    watch(driver, quay, now=NOW)
    leave(taken, stranger, NOW)
    flap(quay.evses.get(), owner, pass_time, 3)
    assert len(messages_to(driver)) > 1


def test_the_next_edge_after_ten_minutes_is_told_again(
    driver: User, stranger: User, owner: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    watch(driver, quay, now=NOW)
    leave(taken, stranger, NOW)
    pass_time(2 * MINUTE)
    inhibit(quay.evses.get(), cause="operator", actor=owner)
    pass_time(10 * MINUTE)
    release(quay.evses.get(), cause="operator", actor=owner)
    pass_time(2 * MINUTE)
    assert messages_to(driver) == ["Free now: Quay"] * 2


def test_a_slot_in_the_window_is_told_with_its_time(
    driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    window = Slot(NOW + HOUR, NOW + 2 * HOUR, 60)
    watch(driver, quay, slot=window, now=NOW)
    leave(taken, stranger, NOW)
    pass_time(MINUTE)
    assert messages_to(driver) == ["Free: Quay, Tue 1 Dec 11:00–12:00"]
    message = Notification.objects.get(recipient=driver, channel="inbox")
    assert message.path == "/stations/quay/"
    assert message.data["watch"] == str(Watch.objects.get().pk)


def test_a_slot_outside_the_window_is_not_told(
    driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    make_booking(quay.evses.get(), stranger, start=NOW + 5 * HOUR - 5 * MINUTE, minutes=600, now=NOW)
    watch(driver, quay, slot=Slot(NOW + 6 * HOUR, NOW + 7 * HOUR, 60), now=NOW)
    leave(taken, stranger, NOW)
    pass_time(2 * MINUTE)
    assert messages_to(driver) == []


def test_an_area_is_told_of_its_nearest_free_station(
    driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    near = Area(quay.latitude + 0.01, quay.longitude, 5)
    far = Area(quay.latitude + 1, quay.longitude, 5)
    watch(driver, near, now=NOW)
    watch(stranger, far, now=NOW)
    leave(taken, stranger, NOW)
    pass_time(2 * MINUTE)
    assert messages_to(driver) == ["Free now: Quay"]
    assert messages_to(stranger) == []


def test_a_connector_that_is_not_asked_for_is_not_told(
    driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    watch(driver, quay, connector="CHADEMO", now=NOW)
    leave(taken, stranger, NOW)
    pass_time(2 * MINUTE)
    assert messages_to(driver) == []
    make_evse(quay, standard="CHADEMO")
    look_at_everything(timezone.now())
    pass_time(2 * MINUTE)
    assert Notification.objects.get(channel="inbox", kind="watch_free").text == (
        "Free now: Quay, 1 charge point with CHAdeMO."
    )


def test_a_station_that_is_not_public_has_nothing_free(
    driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    watch(driver, quay, now=NOW)
    leave(taken, stranger, NOW)
    Station.objects.filter(pk=quay.pk).update(approval="SUSPENDED")
    pass_time(2 * MINUTE)
    assert messages_to(driver) == []


@pytest.mark.parametrize("why", ["paused", "over", "closed"])
def test_who_does_not_wish_to_be_told_is_not(
    why: str, driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    watched = watch(driver, quay, now=NOW)
    if why == "paused":
        pause(watched, paused=True, now=NOW)
    elif why == "over":
        Watch.objects.update(expires_at=NOW)
    else:
        User.objects.filter(pk=driver.pk).update(is_active=False)
    leave(taken, stranger, NOW)
    pass_time(2 * MINUTE)
    assert messages_to(driver) == []


def test_watches_that_cannot_be_looked_at_wait_for_the_next_sweep(
    driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass, clock: Any
) -> None:
    watch(driver, quay, now=NOW)
    leave(taken, stranger, NOW)
    pass_time(timedelta())
    clock.shift(MINUTE)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE notifications_watch ADD CONSTRAINT broken CHECK (told_at IS NULL) NOT VALID"
        )
    assert look_at_changes() == 0
    assert DomainEvent.objects.filter(type="watch.free").count() == 0
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notifications_watch DROP CONSTRAINT broken")
    assert look_at_changes() == 1
    assert DomainEvent.objects.filter(type="watch.free").count() == 1


def test_a_watch_that_ends_between_seeing_and_telling_tells_nothing(
    driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass, clock: Any
) -> None:
    watch(driver, quay, now=NOW)
    leave(taken, stranger, NOW)
    pass_time(timedelta())
    clock.shift(MINUTE)
    look_at_changes()
    Watch.objects.all().delete()
    work()
    assert DomainEvent.objects.filter(type="watch.free").count() == 1
    assert messages_to(driver) == []


def test_a_resumed_watch_begins_anew(
    driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    watched = pause(watch(driver, quay, now=NOW), paused=True, now=NOW)
    leave(taken, stranger, NOW)
    resumed = pause(watched, paused=False, now=NOW)
    assert (resumed.armed, resumed.free_since, resumed.paused_at) == (False, NOW, None)
    pass_time(2 * MINUTE)
    assert messages_to(driver) == []


def test_several_watches_of_one_person_are_one_message(
    driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    watch(driver, quay, now=NOW)
    watch(driver, Area(quay.latitude, quay.longitude, 3), now=NOW)
    watch(driver, quay, connector="IEC_62196_T2", now=NOW)
    leave(taken, stranger, NOW)
    pass_time(2 * MINUTE)
    assert messages_to(driver) == ["Free now: Quay"]


def test_each_slot_that_somebody_watches_at_one_station_is_told(
    driver: User, stranger: User, quay: Station, taken: Booking, pass_time: Pass
) -> None:
    """What is free now, a slot of two windows, and one of them watched twice: three messages."""
    watch(driver, quay, now=NOW)
    for hours in (1, 3):
        watch(driver, quay, slot=Slot(NOW + hours * HOUR, NOW + (hours + 1) * HOUR, 60), now=NOW)
    around = Area(quay.latitude, quay.longitude, 3)
    watch(driver, around, slot=Slot(NOW + HOUR, NOW + 2 * HOUR, 60), now=NOW)
    leave(taken, stranger, NOW)
    pass_time(2 * MINUTE)
    assert sorted(messages_to(driver)) == [
        "Free now: Quay",
        "Free: Quay, Tue 1 Dec 11:00–12:00",
        "Free: Quay, Tue 1 Dec 13:00–14:00",
    ]
    assert not Watch.objects.filter(armed=True).exists()


def test_in_quiet_hours_the_push_waits_for_its_use_and_the_mail_does_not(
    driver: User, stranger: User, quay: Station, sandbox: Any, clock: time_machine.Traveller
) -> None:
    night = berlin("2026-12-01 23:30")
    clock.move_to(night)
    Device.objects.create(user=driver, **sandbox.control("devices", id="d" * 32))
    booked = make_booking(quay.evses.get(), stranger, start=night - MINUTE, now=night)
    watch(driver, quay, now=night)
    leave_at_night(booked)
    work()
    clock.shift(MINUTE)
    work()
    push = Notification.objects.get(recipient=driver, channel="push")
    mail = Notification.objects.get(recipient=driver, channel="email")
    assert (push.state, push.error) == ("SKIPPED", "It would have come too late.")
    assert (mail.state, mail.due_at) == ("QUEUED", night + MINUTE)


def leave_at_night(booking: Booking) -> None:
    Booking.objects.filter(pk=booking.pk).update(status="CANCELED")
    look_at_everything(timezone.now())


def test_a_hold_takes_and_its_end_frees(driver: User, stranger: User, quay: Station, pass_time: Pass) -> None:
    """A window: what is held is not free, and the clock's end of the hold is the edge."""
    begin = NOW + HOUR
    hold_slot(stranger, station=quay, start=begin, end=begin + HOUR, now=NOW)
    watch(driver, quay, slot=Slot(begin, begin + MINUTE, 60), now=NOW)
    pass_time(11 * MINUTE)
    look_at_everything(timezone.now())
    pass_time(2 * MINUTE)
    assert messages_to(driver) == ["Free: Quay, Tue 1 Dec 11:00–12:00"]


def test_a_station_nobody_watches_costs_no_row(
    stranger: User, quay: Station, taken: Booking, clock: Any
) -> None:
    leave(taken, stranger, NOW)
    work()
    assert not WatchedChange.objects.exists()


def test_times_are_the_sites(driver: User, stranger: User, pass_time: Pass) -> None:
    site = make_station(name="Quay", time_zone="Europe/Lisbon")
    booked = make_booking(site.evses.get(), stranger, start=NOW - 5 * MINUTE, minutes=300, now=NOW - HOUR)
    watch(driver, site, slot=Slot(NOW + HOUR, NOW + 2 * HOUR, 60), now=NOW)
    leave(booked, stranger, NOW)
    pass_time(2 * MINUTE)
    start: datetime = (NOW + HOUR).astimezone(ZoneInfo("Europe/Lisbon"))
    assert messages_to(driver) == [f"Free: Quay, Tue 1 Dec {start:%H:%M}–{start + HOUR:%H:%M} (Lisbon time)"]
