"""Who is told by which channel, and when."""

from datetime import datetime, time
from typing import Any

import pytest
import time_machine

from accounts.models import User
from evbooking.core.errors import Invalid
from notifications.models import Notification, Preference, Wishes
from notifications.services.preferences import set_preferences, unsubscribe
from notifications.services.reading import mark_read
from notifications.services.telling import News, tell
from notifications.tests.conftest import FACTS, Tell, berlin
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOON, NIGHT = berlin("2026-12-01 12:00"), berlin("2026-12-01 23:00")


def queued() -> dict[str, datetime]:
    """The channels that will send, and when."""
    return dict(Notification.objects.filter(state="QUEUED").values_list("channel", "due_at"))


def test_everyone_is_told_by_the_channels_of_the_kind_that_lead_to_them(reachable: User, say: Tell) -> None:
    say(reachable, now=NOON)
    assert queued() == dict.fromkeys(("email", "sms", "push"), NOON)
    inbox = Notification.objects.get(channel="inbox")
    assert (inbox.state, inbox.title, inbox.path) == (
        "DELIVERED",
        "Reserved: Harbour, Tue 1 Dec 13:00–14:00",
        "/bookings/ABCDEFGH/",
    )


def test_without_number_browser_or_keys_there_is_nothing_to_send_by_those(
    driver: User, say: Tell, settings: Any
) -> None:
    say(driver, now=NOON)
    assert set(queued()) == {"email"}
    driver.phone = "+4915112345678"
    driver.save()
    settings.TWILIO_ACCOUNT_SID = ""
    say(driver, now=NOON)
    assert set(queued()) == {"email"}


def test_an_event_that_is_told_again_tells_nobody_again(reachable: User, say: Tell) -> None:
    event = say(reachable, now=NOON)
    before = set(Notification.objects.values_list("pk", flat=True))
    assert tell(News(event, "booking_reserved", FACTS), [reachable], now=NOON) == 0
    assert tell(News(event, "owner_booking", FACTS | {"driver": "Dana"}), [reachable], now=NOON) == 0
    assert set(Notification.objects.values_list("pk", flat=True)) == before


def test_a_closed_account_is_told_nothing(driver: User, say: Tell) -> None:
    driver.is_active = False
    say(driver, now=NOON)
    assert not Notification.objects.exists()


def test_people_are_told_in_their_own_language(driver: User, say: Tell) -> None:
    german = make_user(name="Greta", locale="de")
    say(driver, german, now=NOON)
    titles = dict(Notification.objects.filter(channel="inbox").values_list("recipient__locale", "title"))
    assert titles == {
        "en": "Reserved: Harbour, Tue 1 Dec 13:00–14:00",
        "de": "Reserviert: Harbour, Di 1. Dez. 13:00–14:00",
    }


def test_at_night_texts_and_pushes_wait_for_the_morning_and_mails_do_not(reachable: User, say: Tell) -> None:
    say(reachable, now=NIGHT)
    morning = berlin("2026-12-02 07:00")
    assert queued() == {"email": NIGHT, "sms": morning, "push": morning}


def test_what_cannot_wait_comes_at_night(reachable: User, say: Tell) -> None:
    say(reachable, kind="noshow_warned", now=NIGHT)
    assert queued() == dict.fromkeys(("email", "sms", "push"), NIGHT)


def test_what_would_be_of_no_use_in_the_morning_is_dropped(reachable: User, say: Tell) -> None:
    say(reachable, kind="hold_expired", now=NIGHT)
    push = Notification.objects.get(channel="push")
    assert (push.state, push.error) == ("SKIPPED", "It would have come too late.")


def test_quiet_hours_are_those_of_the_recipients_own_zone(reachable: User, say: Tell) -> None:
    reachable.time_zone = "America/New_York"  # 17:00 there
    say(reachable, now=NIGHT)
    assert queued()["sms"] == NIGHT


def test_somebody_without_quiet_hours_is_told_at_night(reachable: User, say: Tell) -> None:
    set_preferences(reachable, switches={}, quiet_from=None, quiet_until=None)
    say(reachable, now=NIGHT)
    assert queued()["sms"] == NIGHT


def test_what_is_switched_off_is_not_sent_and_what_is_switched_on_is(reachable: User, say: Tell) -> None:
    set_preferences(reachable, switches={"booking_reserved": {"email": False}, "booking_held": {"sms": True}})
    say(reachable, now=NOON)
    assert set(queued()) == {"sms", "push"}
    Notification.objects.all().delete()
    say(reachable, kind="booking_held", now=NOON)
    assert set(queued()) == {"sms"}


@pytest.mark.parametrize(
    ("switches", "field"),
    [
        ({"payment_failed": {"email": False}}, "kinds.payment_failed.email"),
        ({"booking_held": {"inbox": False}}, "kinds.booking_held.inbox"),
        ({"booking_held": {"pigeon": True}}, "kinds.booking_held.pigeon"),
        ({"weather": {"email": True}}, "kinds.weather"),
    ],
)
def test_what_cannot_be_switched_is_refused_and_nothing_is_changed(
    switches: dict[str, dict[str, bool]], field: str, driver: User
) -> None:
    with pytest.raises(Invalid) as refused:
        set_preferences(driver, switches=switches | {"booking_reserved": {"email": False}}, digest=True)
    assert [error.field for error in refused.value.errors] == [field]
    assert not Preference.objects.exists()
    assert not Wishes.objects.exists()


def test_quiet_hours_have_two_ends(driver: User) -> None:
    with pytest.raises(Invalid):
        set_preferences(driver, switches={}, quiet_from=time(22), quiet_until=None)
    assert not Wishes.objects.exists()


def test_unsubscribing_stops_mails_of_the_kind_and_nothing_else(reachable: User, say: Tell) -> None:
    assert unsubscribe(reachable, kind="booking_reserved") == ["booking_reserved"]
    say(reachable, now=NOON)
    assert set(queued()) == {"sms", "push"}
    Notification.objects.all().delete()
    say(reachable, kind="booking_changed", before={"start": FACTS["start"], "end": FACTS["end"]}, now=NOON)
    assert "email" in queued()


def test_unsubscribing_from_a_digest_stops_every_mail_but_those_that_must_be(driver: User) -> None:
    stopped = unsubscribe(driver, kind="")
    assert "booking_reserved" in stopped
    assert not {"payment_failed", "receipt", "new_device"} & set(stopped)


def test_reading_is_ones_own(driver: User, stranger: User, say: Tell) -> None:
    with time_machine.travel(NOON, tick=False):
        say(driver, stranger)
        theirs = Notification.objects.get(channel="inbox", recipient=stranger)
        assert mark_read(driver, ids=[theirs.pk], now=NOON) == 1
        assert mark_read(driver, now=NOON) == 0
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_old_news_of_what_is_over_is_only_filed(reachable: User, say: Tell) -> None:
    with time_machine.travel(NOON, tick=False):
        event = say(reachable, now=berlin("2026-11-28 12:00"), end="2026-11-28T13:00:00Z")
        Notification.objects.all().delete()
        over = FACTS | {"start": "2026-11-28T12:00:00Z", "end": "2026-11-28T13:00:00Z"}
        tell(News(event, "booking_reserved", over), [reachable], now=NOON)
    filed = Notification.objects.get()
    assert (filed.channel, filed.created_at, filed.read_at) == ("inbox", event.occurred_at, event.occurred_at)


def test_old_news_of_what_is_to_come_is_told_late_rather_than_never(reachable: User, say: Tell) -> None:
    event = say(reachable, now=berlin("2026-11-28 12:00"))
    Notification.objects.all().delete()
    tell(News(event, "booking_reserved", FACTS), [reachable], now=NOON)
    assert set(queued()) == {"email", "sms", "push"}
