"""The inbox, what one is told, stopping by a link, and the console's outbox."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from evbooking.core.models import EventDelivery
from notifications.links import unsubscribe_url
from notifications.models import Device, Notification, PhoneNumber, Preference, Wishes
from notifications.services.preferences import set_preferences
from notifications.services.sending import send_due
from notifications.tests.conftest import PHONE, Tell
from notifications.tests.running import Running

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(driver: User) -> Client:
    client = Client()
    client.force_login(driver)
    return client


def words(answer: Any) -> str:
    """The text a reader gets, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_the_badge_counts_what_is_unread_until_it_is_read(driver: User, browser: Client, say: Tell) -> None:
    say(driver)
    say(driver, kind="booking_canceled", who="SYSTEM")
    page = browser.get("/inbox/")
    assert "Inbox 2 unread" in words(page)
    assert words(page).index("Canceled: Harbour") < words(page).index("Reserved: Harbour")
    assert browser.post("/inbox/read/")["Location"] == "/inbox/"
    assert "2 unread" not in words(browser.get("/inbox/"))
    assert not Notification.objects.filter(channel="inbox", read_at=None).exists()


def test_the_inbox_says_how_else_it_was_told(
    driver: User, browser: Client, say: Tell, sandbox: Running
) -> None:
    say(driver)
    send_due("email")
    assert "Email: sent" in words(browser.get("/inbox/"))


def test_ones_inbox_is_ones_own(driver: User, stranger: User, say: Tell) -> None:
    say(driver)
    client = Client()
    client.force_login(stranger)
    assert "Harbour" not in words(client.get("/inbox/"))
    client.post("/inbox/read/")
    assert Notification.objects.get(channel="inbox").read_at is None


def form_of(page: Any) -> dict[str, str]:
    """What the browser would send of the page's form as it stands."""
    content = page.content.decode()
    boxes = re.findall(r'<input type="checkbox" name="([\w.]+)"[^>]* checked(?![^>]*disabled)', content)
    return {**dict.fromkeys(boxes, "on"), "quiet_from": "22:00", "quiet_until": "07:00"}


def test_saving_the_page_as_it_stands_changes_nothing(driver: User, browser: Client) -> None:
    page = browser.get("/account/notifications/")
    assert browser.post("/account/notifications/", form_of(page)).status_code == 302
    assert not Preference.objects.exists()


def test_a_box_and_the_quiet_hours_are_saved(driver: User, browser: Client) -> None:
    form = form_of(browser.get("/account/notifications/"))
    del form["booking_reserved.email"]
    form |= {"booking_held.sms": "on", "quiet_from": "20:30", "quiet_until": "06:00", "digest": "on"}
    assert browser.post("/account/notifications/", form).status_code == 302
    switched = Preference.objects.order_by("kind").values_list("kind", "channel", "enabled")
    assert list(switched) == [("booking_held", "sms", True), ("booking_reserved", "email", False)]
    wishes = Wishes.objects.get(user=driver)
    assert (f"{wishes.quiet_from}", f"{wishes.quiet_until}", wishes.digest) == ("20:30:00", "06:00:00", True)
    again = browser.get("/account/notifications/")
    assert "booking_reserved.email" not in form_of(again)


def test_half_a_quiet_night_is_refused(driver: User, browser: Client) -> None:
    form = form_of(browser.get("/account/notifications/")) | {"quiet_until": ""}
    answer = browser.post("/account/notifications/", form)
    assert answer.status_code == 422
    assert "Quiet hours need both their beginning and end." in words(answer)
    assert not Wishes.objects.exists()


def test_a_dead_number_is_named_with_its_reason(driver: User, browser: Client, sandbox: Running) -> None:
    User.objects.filter(pk=driver.pk).update(phone=PHONE)
    PhoneNumber.objects.create(
        number=PHONE, disabled_at=timezone.now(), error="it is no mobile number", error_code="21614"
    )
    assert "takes no text messages: it is no mobile number (Twilio 21614)" in words(
        browser.get("/account/notifications/")
    )


def test_the_link_in_a_mail_stops_its_kind_only_when_posted_to(driver: User) -> None:
    path = unsubscribe_url(driver.pk, "booking_reserved").removeprefix("http://localhost:8000")
    mail_program = Client(enforce_csrf_checks=True)
    assert "Stop these mails?" in words(mail_program.get(path))
    assert not Preference.objects.exists()
    one_click = mail_program.post(path, {"List-Unsubscribe": "One-Click"})
    assert "driver@example.com gets no more mails" in words(one_click)
    assert list(Preference.objects.values_list("user", "kind", "channel", "enabled")) == [
        (driver.pk, "booking_reserved", "email", False)
    ]


@pytest.mark.parametrize("token", ["x", "WyJhIiwiYiJd:1x:y"])
def test_a_link_that_is_not_ours_stops_nothing(token: str, driver: User) -> None:
    assert Client().post(f"/notifications/unsubscribe/{token}/").status_code == 404
    assert not Preference.objects.exists()


def test_the_link_in_a_text_stops_texts_only_when_posted_to(db: None) -> None:
    phone = PhoneNumber.objects.create(number=PHONE)
    assert "To the number ending in 678." in words(Client().get(f"/n/{phone.code}/"))
    phone.refresh_from_db()
    assert phone.opted_out_at is None
    assert "Stopped" in words(Client().post(f"/n/{phone.code}/"))
    phone.refresh_from_db()
    assert phone.opted_out_at is not None
    assert Client().get("/n/unknown/").status_code == 404


@pytest.fixture
def console(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def dead(driver: User, say: Tell) -> EventDelivery:
    event = say(driver)
    values = {"attempts": 20, "dead_at": timezone.now(), "last_error": "ValueError: <no>"}
    return EventDelivery.objects.create(
        event=event, handler="test.gone", subject=event.subject, sequence=event.sequence, **values
    )


def test_a_dead_letter_is_shown_and_replayed(console: Client, dead: EventDelivery) -> None:
    page = words(console.get("/console/outbox/"))
    assert "sign_in.new_device user:test #1 test.gone" in page
    assert "ValueError: <no>" in page
    assert '"specversion": "1.0"' in words(console.get(f"/console/outbox/deliveries/{dead.pk}/"))
    assert console.post(f"/console/outbox/deliveries/{dead.pk}/replay/").status_code == 302
    dead.refresh_from_db()
    assert (dead.dead_at, dead.attempts) == (None, 0)


def test_a_dead_letter_is_given_up_with_a_reason(console: Client, dead: EventDelivery) -> None:
    path = f"/console/outbox/deliveries/{dead.pk}/discard/"
    assert console.post(path, {"reason": " "}).status_code == 422
    dead.refresh_from_db()
    assert dead.done_at is None
    assert console.post(path, {"reason": "Its handler is gone."}).status_code == 302
    dead.refresh_from_db()
    assert dead.done_at is not None


def test_support_finds_a_persons_messages(console: Client, driver: User, stranger: User, say: Tell) -> None:
    say(driver)
    say(stranger, kind="booking_canceled", who="SYSTEM")
    found = words(console.get("/console/outbox/messages/?q=driver@&channel=email"))
    assert "Reserved: Harbour" in found
    assert "Canceled: Harbour" not in found
    assert "Nobody" not in found


def test_without_a_sandbox_its_outbox_does_not_exist(browser: Client) -> None:
    assert browser.get("/sandbox/outbox/").status_code == 404
    assert browser.post("/sandbox/outbox/device/").status_code == 404
    assert not Device.objects.exists()


def test_the_sandboxs_outbox_shows_what_was_sent(
    driver: User, stranger: User, browser: Client, say: Tell, sandbox: Running
) -> None:
    User.objects.filter(pk=driver.pk).update(phone=PHONE)
    driver.refresh_from_db()
    set_preferences(driver, switches={}, quiet_from=None, quiet_until=None)  # whatever the hour
    assert browser.post("/sandbox/outbox/device/").status_code == 302
    say(driver)
    for channel in ("email", "sms", "push"):
        send_due(channel)
    page = browser.get("/sandbox/outbox/")
    assert words(page).count("Reserved: Harbour") >= 2
    assert f"to {PHONE}" in words(page)
    say(stranger)
    send_due("email")
    assert "to stranger@example.com" in words(browser.get("/sandbox/outbox/"))
    yours = words(browser.get("/sandbox/outbox/?to=me"))
    assert yours.count("Reserved: Harbour") == 3
    assert "to stranger@example.com" not in yours
    mail = next(one for one in sandbox.received()["mails"] if one["to"] == driver.email)
    shown = browser.get(f"/sandbox/outbox/mail/{mail['id']}/")
    assert "Dana, your charging slot is reserved." in words(shown)
    assert "script-src 'none'" in shown["Content-Security-Policy"]
    assert browser.get("/sandbox/outbox/mail/unknown/").status_code == 404


def test_the_service_worker_comes_from_the_root() -> None:
    answer = Client().get("/service-worker.js")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript")
