"""Pages, API and the link in the mail."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from notifications.links import unwatch_url
from notifications.mails import compose
from notifications.models import Watch
from notifications.services.watches.keeping import Area, watch
from notifications.tests.samples import sample
from notifications.tests.watches.conftest import NOW
from stations.models import Station

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Api = Callable[[User | None], APIClient]


@pytest.fixture
def at_home(client: Client, driver: User) -> Client:
    client.force_login(driver, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_the_form_of_a_station_makes_a_watch(at_home: Client, driver: User, quay: Station) -> None:
    path = "/watches/new/?station=quay"
    assert "At Quay." in at_home.get(path).content.decode()
    answer = at_home.post(path, {"connector": "IEC_62196_T2", "days": "7"})
    assert (answer.status_code, answer["Location"]) == (302, "/watches/")
    made = Watch.objects.get()
    assert (made.user, made.station, made.connector, made.earliest) == (driver, quay, "IEC_62196_T2", None)
    assert "Quay, Type 2" in at_home.get("/watches/").content.decode()


def test_the_form_of_an_area_takes_a_window_by_the_persons_clock(at_home: Client, quay: Station) -> None:
    window = {"earliest": "2026-12-01T18:00", "latest": "2026-12-01T20:00", "duration_minutes": "60"}
    answer = at_home.post("/watches/new/?lat=53.5&lon=10&radius_km=3", {**window, "days": "7"})
    assert answer.status_code == 302
    made = Watch.objects.get()
    assert (made.latitude, made.longitude, made.radius_km) == (53.5, 10.0, 3.0)
    assert made.earliest and made.earliest.isoformat() == "2026-12-01T17:00:00+00:00"


def test_half_a_window_is_asked_for_again(at_home: Client, quay: Station) -> None:
    answer = at_home.post("/watches/new/?station=quay", {"earliest": "2026-12-01T18:00", "days": "7"})
    assert answer.status_code == 422
    assert "A slot needs all three." in answer.content.decode()
    assert not Watch.objects.exists()


def test_a_place_that_is_none_leads_to_the_search(at_home: Client) -> None:
    for query in ("", "?lat=99&lon=10", "?lat=x"):
        assert at_home.get(f"/watches/new/{query}")["Location"] == "/"
    assert at_home.get("/watches/new/?station=nowhere").status_code == 404


def test_the_station_and_the_search_lead_there(client: Client, quay: Station) -> None:
    assert 'href="/watches/new/?station=quay"' in client.get("/stations/quay/").content.decode()
    found = client.get("/?lat=53.55&lon=9.99&radius_km=3&connector=IEC_62196_T2").content.decode()
    assert 'href="/watches/new/?lat=53.55&amp;lon=9.99&amp;radius_km=3.0&amp;connector=IEC_62196_T2"' in found


def test_a_watch_is_paused_resumed_and_deleted(at_home: Client, driver: User, quay: Station) -> None:
    path = f"/watches/{watch(driver, quay, now=NOW).pk}/"
    at_home.post(path, {"act": "pause"})
    assert Watch.objects.get().paused_at == NOW
    at_home.post(path, {"act": "resume"})
    assert Watch.objects.get().paused_at is None
    at_home.post(path, {"act": "delete"})
    assert not Watch.objects.exists()


def test_nobody_changes_the_watch_of_somebody_else(
    api: Api, at_home: Client, stranger: User, quay: Station
) -> None:
    theirs = watch(stranger, quay, now=NOW)
    assert at_home.post(f"/watches/{theirs.pk}/", {"act": "delete"}).status_code == 404
    other = api(User.objects.get(email="driver@example.com"))
    assert other.delete(f"/api/v1/watches/{theirs.pk}").status_code == 404
    assert other.patch(f"/api/v1/watches/{theirs.pk}", {"paused": True}).status_code == 404
    assert Watch.objects.get().paused_at is None


def test_the_link_in_the_mail_ends_the_watch_and_looking_does_not(
    client: Client, driver: User, quay: Station
) -> None:
    made = watch(driver, quay, now=NOW)
    link = unwatch_url(made.pk)
    path = link.removeprefix("http://localhost:8000")
    assert "End this watch?" in client.get(path).content.decode()
    assert Watch.objects.exists()
    assert "You are told no more" in client.post(path).content.decode()
    assert not Watch.objects.exists()
    assert client.post(path).status_code == 200
    assert client.post("/watches/end/forged/").status_code == 404


def test_one_click_of_the_mail_program_ends_the_watch_a_digest_stops_mails(
    driver: User, quay: Station
) -> None:
    message = sample("watch_free", "en", watch=str(watch(driver, quay, now=NOW).pk))
    assert "/watches/end/" in compose([message]).unsubscribe_url
    assert "End this watch: http" in compose([message]).text
    both = compose([message, sample("watch_slot", "en")])
    assert "/notifications/unsubscribe/" in both.unsubscribe_url


def test_an_app_watches_lists_pauses_and_ends(api: Api, driver: User, quay: Station) -> None:
    app = api(driver)
    made = app.post("/api/v1/watches", {"station": str(quay.pk)})
    assert made.status_code == 201
    assert made.json() == {
        "id": str(Watch.objects.get().pk),
        "station": str(quay.pk),
        "latitude": None,
        "longitude": None,
        "radius_km": None,
        "place": None,
        "connector": None,
        "earliest": None,
        "latest": None,
        "duration_minutes": None,
        "free": True,
        "told_at": None,
        "paused": False,
        "expires_at": "2026-12-31T09:00:00Z",
        "created_at": "2026-12-01T09:00:00Z",
    }
    listed = app.get("/api/v1/watches")
    assert listed.json()["results"] == [made.json()]
    assert app.get("/api/v1/watches", HTTP_IF_NONE_MATCH=listed["ETag"]).status_code == 304
    path = f"/api/v1/watches/{made.json()['id']}"
    assert app.patch(path, {"paused": True}).json()["paused"] is True
    assert app.delete(path).status_code == 204
    assert app.get("/api/v1/watches").json()["results"] == []


AREA = {"latitude": 53.5, "longitude": 10, "radius_km": 3}
SLOT = {"earliest": "2026-12-01T12:00:00Z", "latest": "2026-12-01T14:00:00Z", "duration_minutes": 60}


def test_an_app_watches_an_area_for_a_slot(api: Api, driver: User) -> None:
    made = api(driver).post("/api/v1/watches", {**AREA, **SLOT, "connector": "CHADEMO"}).json()
    assert (made["radius_km"], made["connector"], made["earliest"]) == (3.0, "CHADEMO", SLOT["earliest"])
    assert made["expires_at"] == SLOT["latest"]


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("station", "required")]),
        ({"station": "x"}, [("station", "unknown_station")]),
        ({"latitude": 53.5}, [("longitude", "required"), ("radius_km", "required")]),
        ({**AREA, "radius_km": 51}, [("radius_km", "out_of_range")]),
        ({**AREA, "earliest": SLOT["earliest"]}, [("latest", "required"), ("duration_minutes", "required")]),
        ({**AREA, "connector": "NONE"}, [("connector", "invalid")]),
        ({**AREA, **SLOT, "latest": "2026-12-01T11:00:00Z"}, [("latest", "end_before_start")]),
        ({**AREA, **SLOT, "latest": "2026-12-01T14:00:00"}, [("latest", "naive_time")]),
    ],
)
def test_what_is_no_watch_is_refused(
    body: dict[str, Any], errors: list[tuple[str, str]], api: Api, driver: User
) -> None:
    answer = api(driver).post("/api/v1/watches", body)
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == errors
    assert not Watch.objects.exists()


def test_a_station_and_an_area_at_once_are_refused(api: Api, driver: User, quay: Station) -> None:
    answer = api(driver).post("/api/v1/watches", {"station": str(quay.pk), **AREA})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "latitude")
    assert not Watch.objects.exists()


def test_an_area_is_called_by_the_words_that_were_searched_for(at_home: Client, quay: Station) -> None:
    around = f"lat={quay.latitude}&lon={quay.longitude}&radius_km=3"
    link = f"/watches/new/?lat={quay.latitude}&amp;lon={quay.longitude}&amp;radius_km=3.0&amp;place=quay"
    far_away = "lat=48.1&lon=11.6&radius_km=3"
    for asked in (around, far_away):
        assert f'href="{link}"' in at_home.get(f"/?{asked}&q=quay").content.decode()
    path = f"/watches/new/?{around}&place=Quay+%3Cb%3E"
    assert "within 3 km of <bdi>Quay &lt;b&gt;</bdi>." in at_home.get(path).content.decode()
    at_home.post(path, {"days": "7"})
    assert Watch.objects.get().place == "Quay <b>"
    assert "Within 3 km of <bdi>Quay &lt;b&gt;</bdi>" in at_home.get("/watches/").content.decode()


def test_an_area_without_words_is_called_by_the_nearest_station(at_home: Client, quay: Station) -> None:
    path = f"/watches/new/?lat={quay.latitude + 0.01}&lon={quay.longitude}&radius_km=3"
    assert "within 3 km of <bdi>Quay, Hamburg</bdi>." in at_home.get(path).content.decode()
    at_home.post(path, {"days": "7"})
    assert Watch.objects.get().place == "Quay, Hamburg"


def test_an_app_calls_an_area_what_it_likes_and_the_same_area_is_watched_once(
    api: Api, driver: User, quay: Station
) -> None:
    app, near = api(driver), {"latitude": quay.latitude, "longitude": quay.longitude, "radius_km": 3}
    made = app.post("/api/v1/watches", {**near, "place": "Work\u202e"}).json()
    assert made["place"] == "Work"
    again = app.post("/api/v1/watches", {**near, "place": "Home"}).json()
    longest = {**near, "radius_km": 5, "place": "م" * 120}
    assert app.post("/api/v1/watches", longest).json()["place"] == f"\u2068{'م' * 117}…\u2069"
    assert (again["id"], again["place"]) == (made["id"], "Work")
    assert app.post("/api/v1/watches", {**near, "radius_km": 4}).json()["place"] == "Quay, Hamburg"


def test_far_from_every_station_an_area_is_called_by_its_coordinates(at_home: Client, driver: User) -> None:
    watch(driver, Area(53.5, 10, 3), now=NOW)
    assert "Within 3 km of 53.500, 10.000" in at_home.get("/watches/").content.decode()
