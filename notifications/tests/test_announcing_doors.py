"""Announcements by API and page: first whom it reaches, then the button."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Operator, User
from notifications.models import Announcement
from notifications.services.announcing import tell_next
from stations.models import Station
from tests.factories import make_booking

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
OWN, ADMIN = "/api/v1/operator/announcements", "/api/v1/admin/announcements"
WORDS: dict[str, Any] = {"title": "Works at the harbour", "body": "Please come by Quay Street."}


def words(page: Any) -> str:
    return " ".join(page.content.decode().split())


@pytest.fixture
def booked(station: Station, driver: User) -> User:
    make_booking(station.evses.earliest("uid"), driver, start=timezone.now() + timedelta(hours=2))
    return driver


def test_a_preview_counts_and_keeps_nothing(api: Api, owner: User, booked: User) -> None:
    answer = api(owner).post(f"{OWN}?preview=true", WORDS)
    assert (answer.status_code, answer.json()) == (200, {"recipients": 1})
    assert not Announcement.objects.exists()


def test_an_operators_announcement_is_made_listed_and_told(
    api: Api, owner: User, operator: Operator, station: Station, booked: User
) -> None:
    made = api(owner).post(OWN, WORDS | {"stations": [str(station.pk)]})
    assert made.status_code == 201
    assert {name: made.json()[name] for name in ("operator", "audience", "state", "recipients", "told")} == {
        "operator": str(operator.pk),
        "audience": "BOOKED",
        "state": "SENDING",
        "recipients": 1,
        "told": 0,
    }
    tell_next()
    (listed,) = api(owner).get(OWN).json()["results"]
    assert (listed["state"], listed["told"]) == ("SENT", 1)
    (message,) = api(booked).get("/api/v1/notifications").json()["results"]
    assert (message["kind"], message["title"]) == ("announcement", "Nordstrom Charging: Works at the harbour")


def test_the_fourth_of_a_day_is_too_many(api: Api, owner: User, booked: User) -> None:
    answers = [api(owner).post(OWN, WORDS) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 429]
    assert answers[3].json()["code"] == "rate_limited"
    assert int(answers[3]["Retry-After"]) > 86_000
    assert Announcement.objects.count() == 3


def test_stations_of_others_are_unknown(api: Api, rival: User, station: Station, booked: User) -> None:
    answer = api(rival).post(OWN, WORDS | {"stations": [str(station.pk)]})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_station")
    assert not Announcement.objects.exists()


def test_administrators_announce_to_all(api: Api, administrator: User, driver: User) -> None:
    made = api(administrator).post(ADMIN, WORDS | {"audience": "USERS", "is_essential": True})
    assert (made.status_code, made.json()["recipients"], made.json()["operator"]) == (201, 2, None)
    assert api(administrator).get(ADMIN).json()["results"][0]["is_essential"] is True
    assert api(administrator).post(ADMIN, WORDS | {"audience": "BOOKED"}).status_code == 422


def test_the_page_previews_before_it_sends(owner: User, booked: User) -> None:
    browser = Client()
    browser.force_login(owner)
    preview = browser.post("/operator/announcements/", WORDS | {"act": "preview"})
    assert "It reaches 1 person" in words(preview)
    assert "Send to 1 person" in words(preview)
    assert not Announcement.objects.exists()
    assert browser.post("/operator/announcements/", WORDS | {"act": "send"}).status_code == 302
    tell_next()
    page = words(browser.get("/operator/announcements/"))
    assert "Works at the harbour" in page
    assert browser.post("/operator/announcements/", {"act": "send"}).status_code == 422
    assert Announcement.objects.count() == 1


def test_what_reaches_nobody_is_not_sent(owner: User, station: Station) -> None:
    browser = Client()
    browser.force_login(owner)
    page = browser.post("/operator/announcements/", WORDS | {"act": "send"})
    assert "It would reach nobody." in words(page)
    assert not Announcement.objects.exists()


def test_the_console_announces_to_the_people_of_operators(
    administrator: User, owner: User, operator: Operator
) -> None:
    browser = Client()
    browser.force_login(administrator)
    form = WORDS | {"audience": "OPERATORS", "act": "send"}
    assert browser.post("/console/announcements/", form).status_code == 302
    assert Announcement.objects.get().expected == 1
