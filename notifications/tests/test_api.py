"""`/notifications`, `/notification-preferences`, `/devices`."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from notifications.models import Device, Notification, Preference
from notifications.tests.conftest import Tell
from notifications.tests.running import Running

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
POINT = "B" + "A" * 86
SECRET = "A" * 22


def test_the_list_is_the_inbox_with_what_it_is_about(
    api: Api, driver: User, stranger: User, say: Tell
) -> None:
    say(driver, stranger)
    got = api(driver).get("/api/v1/notifications").json()
    assert len(got["results"]) == 1
    (message,) = got["results"]
    assert (message["kind"], message["title"], message["link"], message["read_at"]) == (
        "booking_reserved",
        "Reserved: Harbour, Tue 1 Dec 13:00–14:00",
        "/bookings/ABCDEFGH/",
        None,
    )
    assert message["data"]["reference"] == "ABCDEFGH"


def test_reading_answers_how_many_are_left(api: Api, driver: User, stranger: User, say: Tell) -> None:
    say(driver, stranger)
    say(driver, kind="booking_canceled", who="SYSTEM")
    app = api(driver)
    first = app.get("/api/v1/notifications").json()["results"][0]["id"]
    theirs = Notification.objects.get(recipient=stranger, channel="inbox")
    sent = {"ids": [first, str(theirs.pk)]}
    assert app.post("/api/v1/notifications/read", sent).json() == {"unread": 1}
    assert app.post("/api/v1/notifications/read", {}).json() == {"unread": 0}
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_a_list_that_did_not_change_is_not_sent_again(api: Api, driver: User, say: Tell) -> None:
    app = api(driver)
    etag = app.get("/api/v1/notifications")["ETag"]
    assert app.get("/api/v1/notifications", HTTP_IF_NONE_MATCH=etag).status_code == 304
    say(driver)
    assert app.get("/api/v1/notifications", HTTP_IF_NONE_MATCH=etag).status_code == 200


def channels_of(shape: dict[str, Any], kind: str) -> dict[str, bool]:
    found: dict[str, bool] = next(each["channels"] for each in shape["kinds"] if each["kind"] == kind)
    return found


def test_preferences_show_the_defaults_and_keep_what_is_put(api: Api, driver: User) -> None:
    app = api(driver)
    before = app.get("/api/v1/notification-preferences").json()
    assert (before["quiet_from"], before["quiet_until"], before["digest"]) == ("22:00", "07:00", False)
    assert channels_of(before, "booking_reserved") == {
        "inbox": True,
        "email": True,
        "sms": True,
        "push": True,
    }
    sent = {"quiet_from": "20:00", "quiet_until": "06:30", "kinds": {"booking_reserved": {"sms": False}}}
    after = app.put("/api/v1/notification-preferences", sent).json()
    assert (after["quiet_from"], after["quiet_until"], after["digest"]) == ("20:00", "06:30", False)
    assert channels_of(after, "booking_reserved")["sms"] is False
    assert after == app.get("/api/v1/notification-preferences").json()


def test_a_driver_sees_no_kinds_of_operators(api: Api, driver: User, owner: User, operator: Any) -> None:
    kinds = {each["kind"] for each in api(driver).get("/api/v1/notification-preferences").json()["kinds"]}
    owners = {each["kind"] for each in api(owner).get("/api/v1/notification-preferences").json()["kinds"]}
    assert owners - kinds >= {"owner_booking", "station_approved"}
    assert "admin_queue" not in owners


def test_what_must_be_known_cannot_be_put_off(api: Api, driver: User) -> None:
    sent = {"kinds": {"receipt": {"email": False}}}
    answer = api(driver).put("/api/v1/notification-preferences", sent)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "kinds.receipt.email")
    assert not Preference.objects.exists()


def test_a_browser_is_added_moved_and_removed(api: Api, driver: User, stranger: User) -> None:
    endpoint = "https://fcm.googleapis.com/fcm/send/abc"
    sent = {"endpoint": endpoint, "keys": {"p256dh": POINT, "auth": SECRET}, "name": "Chrome"}
    assert api(driver).post("/api/v1/devices", sent).status_code == 201
    assert api(stranger).delete("/api/v1/devices", {"endpoint": endpoint}).status_code == 404
    assert api(stranger).post("/api/v1/devices", sent).status_code == 201
    assert Device.objects.get().user == stranger
    assert api(stranger).delete("/api/v1/devices", {"endpoint": endpoint}).status_code == 204
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://127.0.0.1/push/abc",
        "https://fcm.googleapis.com.evil.example/abc",
        "https://user@fcm.googleapis.com/abc",
        "https://fcm.googleapis.com:8080/abc",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
    ],
)
def test_we_call_no_address_that_is_no_push_service(api: Api, driver: User, endpoint: str) -> None:
    sent = {"endpoint": endpoint, "keys": {"p256dh": POINT, "auth": SECRET}}
    answer = api(driver).post("/api/v1/devices", sent)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "endpoint")
    assert not Device.objects.exists()


@pytest.mark.parametrize(("p256dh", "auth"), [("AAAA", SECRET), (POINT, "AAAA"), ("%%", SECRET)])
def test_keys_that_are_none_are_refused(api: Api, driver: User, p256dh: str, auth: str) -> None:
    sent = {"endpoint": "https://fcm.googleapis.com/x", "keys": {"p256dh": p256dh, "auth": auth}}
    assert api(driver).post("/api/v1/devices", sent).status_code == 422
    assert not Device.objects.exists()


def test_the_key_to_subscribe_with_is_told_where_push_is_set_up(
    api: Api, driver: User, sandbox: Running
) -> None:
    assert len(api(driver).get("/api/v1/notification-preferences").json()["vapid_public_key"]) == 87
