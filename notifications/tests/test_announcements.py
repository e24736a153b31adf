"""Announcements: to whom, once each, in batches, behind everything that is for somebody alone."""

import os
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from accounts.models import Membership, Operator, User
from evbooking.core.errors import Invalid, RateLimited
from evbooking.core.models import AuditEntry, DomainEvent
from notifications import pumps
from notifications.models import Announcement, Notification
from notifications.services import announcing
from notifications.services.announcing import Draft, announce, count_recipients, tell_next
from notifications.services.preferences import set_preferences, unsubscribe
from notifications.services.sending import BULK_BATCH, send_bulk, send_due
from notifications.tests.conftest import Tell
from notifications.tests.running import Running
from stations.models import Station
from tests.factories import make_booking, make_evse, make_operator, make_station, make_user

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
WORDS: dict[str, Any] = {"title": "Works at the harbour", "body": "Please come by Quay Street.\n\nThank you."}
GERMAN: dict[str, Any] = {"title_de": "Bauarbeiten am Hafen", "body_de": "Bitte über die Kaistraße kommen."}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def booked(station: Station, *, name: str = "", ahead: timedelta = timedelta(hours=3), **more: Any) -> User:
    """Somebody with a booking at the station."""
    user = make_user(name=name, **{key: more.pop(key) for key in ("locale",) if key in more})
    make_booking(make_evse(station), user, start=NOON + ahead, **more)
    return user


def tell_all() -> int:
    batches = 0
    while tell_next():
        batches += 1
    return batches


def told() -> set[Any]:
    return set(Notification.objects.filter(channel="inbox").values_list("recipient", flat=True))


def to_booked(*stations: Station, **words: Any) -> Draft:
    return Draft("BOOKED", station_ids=[station.pk for station in stations], **{**WORDS, **words})


def test_who_has_a_booking_to_come_is_told_and_nobody_else(
    station: Station, operator: Operator, owner: User
) -> None:
    first, second = booked(station), booked(make_station(operator))
    booked(station, ahead=-timedelta(hours=3))
    booked(station, status="CANCELED")
    booked(station, status="HELD")
    booked(make_station())
    closed = booked(station)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    make = announce(to_booked(), operator=operator, actor=owner, now=NOON)
    assert (make.expected, make.state) == (2, "SENDING")
    tell_all()
    assert told() == {first.pk, second.pk}
    make.refresh_from_db()
    assert (make.told, make.state, make.finished_at) == (2, "SENT", NOON)


def test_chosen_stations_narrow_it(station: Station, operator: Operator, owner: User) -> None:
    here = booked(station)
    booked(make_station(operator))
    assert count_recipients(to_booked(), operator=operator, now=NOON) == 2
    assert count_recipients(to_booked(station), operator=operator, now=NOON) == 1
    announce(to_booked(station), operator=operator, actor=owner, now=NOON)
    tell_all()
    assert told() == {here.pk}


def test_each_reads_it_in_their_language_from_whom_it_comes(
    station: Station, operator: Operator, owner: User
) -> None:
    booked(station, locale="de")
    booked(station, locale="en")
    announce(to_booked(**GERMAN), operator=operator, actor=owner, now=NOON)
    tell_all()
    texts = dict(Notification.objects.filter(channel="inbox").values_list("recipient__locale", "title"))
    assert texts == {
        "de": "Nordstrom Charging: Bauarbeiten am Hafen",
        "en": "Nordstrom Charging: Works at the harbour",
    }
    english = Notification.objects.get(channel="email", recipient__locale="en")
    assert (english.text, english.path) == ("Please come by Quay Street. Thank you.", "/bookings/")


def test_without_german_words_everybody_reads_the_english(
    station: Station, operator: Operator, owner: User
) -> None:
    booked(station, locale="de")
    announce(to_booked(), operator=operator, actor=owner, now=NOON)
    tell_all()
    assert Notification.objects.get(channel="inbox").text == "Please come by Quay Street. Thank you."


def test_administrators_reach_everybody_or_the_people_of_operators(
    station: Station, owner: User, driver: User, administrator: User
) -> None:
    announce(Draft("OPERATORS", **WORDS), operator=None, actor=administrator, now=NOON)
    tell_all()
    assert told() == {owner.pk}
    announce(Draft("USERS", **WORDS), operator=None, actor=administrator, now=NOON)
    tell_all()
    assert told() == {owner.pk, driver.pk, administrator.pk}
    assert Notification.objects.filter(channel="inbox").latest("created_at").title.startswith("evbooking: ")


def test_mails_of_it_can_be_stopped_but_not_of_what_must_be_read(driver: User, administrator: User) -> None:
    unsubscribe(driver, kind="")
    for essential in (False, True):
        draft = Draft("USERS", is_essential=essential, **WORDS)
        announce(draft, operator=None, actor=administrator, now=NOON)
    tell_all()
    mails = Notification.objects.filter(channel="email", recipient=driver)
    assert [mail.kind for mail in mails] == ["service_announcement"]
    assert Notification.objects.filter(channel="inbox", recipient=driver).count() == 2
    with pytest.raises(Invalid):
        set_preferences(driver, switches={"service_announcement": {"email": False}})


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        (Draft("BOOKED", title=" ", body="x"), "title", "required"),
        (Draft("BOOKED", title="x", body=""), "body", "required"),
        (Draft("BOOKED", title="x" * 101, body="x"), "title", "too_long_text"),
        (Draft("BOOKED", title="x", body="x" * 2001), "body", "too_long_text"),
        (Draft("BOOKED", title="x", body="x", title_de="x"), "body_de", "required"),
        (Draft("BOOKED", title="x", body="x", body_de="x"), "title_de", "required"),
        (Draft("USERS", title="x", body="x"), "audience", "invalid"),
        (Draft("BOOKED", title="x", body="x", is_essential=True), "is_essential", "invalid"),
    ],
)
def test_what_cannot_be_announced_is_refused_and_nothing_is_kept(
    draft: Draft, field: str, code: str, station: Station, operator: Operator, owner: User
) -> None:
    booked(station)
    with pytest.raises(Invalid) as refused:
        announce(draft, operator=operator, actor=owner, now=NOON)
    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]
    assert not Announcement.objects.exists()


def test_stations_of_others_and_nobody_are_refused(station: Station, operator: Operator, owner: User) -> None:
    booked(station)
    for draft, code in (
        (to_booked(make_station()), "unknown_station"),
        (to_booked(make_station(operator)), "invalid"),
    ):
        with pytest.raises(Invalid) as refused:
            announce(draft, operator=operator, actor=owner, now=NOON)
        assert [(error.field, error.code) for error in refused.value.errors] == [("stations", code)]
    assert not Announcement.objects.exists()
    assert not DomainEvent.objects.filter(type="announcement.made").exists()


def test_an_operator_announces_three_times_a_day(
    station: Station, operator: Operator, owner: User, administrator: User, _noon: Any
) -> None:
    booked(station, ahead=timedelta(days=3))
    for hour in range(3):
        announce(to_booked(), operator=operator, actor=owner, now=NOON + timedelta(hours=hour))
    with pytest.raises(RateLimited) as refused:
        announce(to_booked(), operator=operator, actor=owner, now=NOON + timedelta(hours=3))
    assert refused.value.retry_after == 21 * 3600
    assert AuditEntry.objects.filter(action="announcement.make").count() == 3
    announce(to_booked(), operator=operator, actor=owner, now=NOON + timedelta(hours=25))
    other = make_operator()
    booked(make_station(other))
    announce(to_booked(), operator=other, actor=owner, now=NOON)
    for _ in range(4):
        announce(Draft("USERS", **WORDS), operator=None, actor=administrator, now=NOON)


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch, administrator: User) -> list[User]:
    """Twelve people beside the administrator, told in batches of five."""
    monkeypatch.setattr(announcing, "BATCH", 5)
    return [make_user() for _ in range(12)] + [administrator]


def test_thousands_are_told_in_batches_that_are_transactions_of_their_own(
    crowd: list[User], administrator: User
) -> None:
    row = announce(Draft("USERS", **WORDS), operator=None, actor=administrator, now=NOON)
    seen = []
    while tell_next():
        row.refresh_from_db()
        seen.append((row.told, row.state, len(told())))
    assert seen == [(5, "SENDING", 5), (10, "SENDING", 10), (13, "SENT", 13)]
    assert told() == {user.pk for user in crowd}
    assert tell_next() == 0


def test_a_batch_that_is_told_again_tells_nobody_twice(crowd: list[User], administrator: User) -> None:
    announce(Draft("USERS", **WORDS), operator=None, actor=administrator, now=NOON)
    tell_all()
    before = Notification.objects.count()
    Announcement.objects.update(reached=None, state="SENDING")
    tell_all()
    assert Notification.objects.count() == before


def test_a_reminder_that_comes_later_is_sent_before_the_rest_of_an_announcement(
    crowd: list[User], driver: User, administrator: User, sandbox: Running, say: Tell
) -> None:
    announce(Draft("USERS", **WORDS), operator=None, actor=administrator, now=NOON)
    tell_all()
    assert send_bulk("email") == BULK_BATCH
    say(driver, kind="reminder_day", cancel_until="2026-12-01T10:00:00Z", now=NOON)
    assert send_due("email") == 1
    mails = sandbox.received()["mails"]
    assert (len(mails), mails[0]["to"]) == (BULK_BATCH + 1, driver.email)
    assert Notification.objects.filter(channel="email", state="QUEUED").count() == 14 - BULK_BATCH
    assert send_due("email") == 0
    while send_bulk("email"):
        pass
    assert not Notification.objects.filter(channel="email", state="QUEUED").exists()


def test_without_priorities_the_reminder_would_wait_for_all_of_it(
    crowd: list[User], driver: User, administrator: User, sandbox: Running, say: Tell
) -> None:
    announce(Draft("USERS", **WORDS), operator=None, actor=administrator, now=NOON)
    tell_all()
    Notification.objects.update(priority=Notification.Priority.NORMAL)
    say(driver, kind="reminder_day", cancel_until="2026-12-01T10:00:00Z", now=NOON + timedelta(seconds=1))
    with time_machine.travel(NOON + timedelta(seconds=2), tick=False):
        send_due("email")
    assert sandbox.received()["mails"][0]["to"] == driver.email  # the last to arrive
    assert len(sandbox.received()["mails"]) == 15


def test_the_oldest_announcement_is_told_first(crowd: list[User], administrator: User) -> None:
    second = announce(
        Draft("USERS", **WORDS), operator=None, actor=administrator, now=NOON + timedelta(seconds=1)
    )
    first = announce(Draft("USERS", **WORDS), operator=None, actor=administrator, now=NOON)
    tell_next()
    for row in (first, second):
        row.refresh_from_db()
    assert (first.told, second.told) == (5, 0)


@pytest.mark.django_db(transaction=True)
def test_who_is_killed_in_the_middle_of_a_batch_leaves_none_of_it(
    crowd: list[User], administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = announce(Draft("USERS", **WORDS), operator=None, actor=administrator, now=timezone.now())
    tell_next()
    connections.close_all()
    with monkeypatch.context() as patch:
        patch.setattr(Announcement, "save", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        child = os.fork()
        if child == 0:
            tell_next()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
    row.refresh_from_db()
    assert (row.told, len(told())) == (5, 5)
    tell_all()
    assert told() == {user.pk for user in crowd}
    assert Notification.objects.filter(channel="inbox").count() == len(crowd)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_each_person_once(crowd: list[User], administrator: User) -> None:
    announce(Draft("USERS", **WORDS), operator=None, actor=administrator, now=timezone.now())
    connections.close_all()
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            tell_all()
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    tell_all()
    assert Notification.objects.filter(channel="inbox").count() == len(crowd)
    assert Announcement.objects.get().told == len(crowd)


def test_people_who_left_an_operator_are_no_longer_its_people(
    operator: Operator, owner: User, administrator: User
) -> None:
    Membership.objects.filter(user=owner).delete()
    with pytest.raises(Invalid):
        announce(Draft("OPERATORS", **WORDS), operator=None, actor=administrator, now=NOON)
    assert not Announcement.objects.exists()


def test_what_thousands_get_rests_nine_times_as_long_as_it_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    clock = iter([10.0, 10.1, 20.0, 22.0, 30.0, 31.0])
    monkeypatch.setattr(pumps, "thread_time", lambda: next(clock))
    monkeypatch.setattr(pumps, "sleep", rests.append)
    work = iter([200, 200, 0])
    gentle = pumps.gently(lambda: next(work))
    assert [gentle(), gentle(), gentle()] == [200, 200, 0]
    assert rests == [pytest.approx(0.9), 2.0]


def test_in_a_digest_it_stands_with_the_rest_of_the_day(
    driver: User, administrator: User, sandbox: Running, say: Tell, _noon: Any
) -> None:
    set_preferences(driver, switches={}, digest=True)
    announce(Draft("USERS", **WORDS), operator=None, actor=administrator, now=NOON)
    tell_all()
    say(driver, kind="noshow_marked")
    _noon.shift(timedelta(days=1))
    assert send_due("email") == 2
    (mail,) = sandbox.received()["mails"]
    assert (mail["to"], mail["subject"]) == (driver.email, "2 news from evbooking")
