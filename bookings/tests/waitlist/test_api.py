"""The waiting list over the API, as docs say: joining, seeing, leaving, answering; and the owner's figures."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking, WaitlistEntry
from bookings.services.cancel import cancel
from bookings.services.waitlist.answering import accept, decline
from bookings.tests.waitlist.conftest import HOUR, NOW, TEN, Wait, settle, state
from stations.models import Station, Tariff, TariffVersion
from tests.factories import ENERGY_TARIFF

pytestmark = pytest.mark.django_db
URL = "/api/v1/waitlist"
Api = Callable[[User | None], APIClient]


@pytest.fixture
def offered(taken: Booking, wait: Wait, driver: User, stranger: User) -> WaitlistEntry:
    """The stranger's, offered the driver's canceled hour."""
    entry = wait(stranger)
    cancel(taken, actor=driver, now=NOW)
    settle()
    entry.refresh_from_db()
    return entry


def wish(site: Station, **more: Any) -> dict[str, Any]:
    return {
        "station": str(site.pk),
        "earliest": "2026-12-01T10:00:00Z",
        "latest": "2026-12-01T11:00:00+00:00",
        "duration_minutes": 60,
        **more,
    }


def test_who_joins_is_told_their_place(
    taken: Booking, wait: Wait, api: Api, driver: User, site: Station
) -> None:
    wait()
    WaitlistEntry.objects.update(joined_at=NOW - HOUR)
    answer = api(driver).post(URL, wish(site, connector="IEC_62196_T2"), format="json")
    assert answer.status_code == 201
    document = answer.json()
    entry = WaitlistEntry.objects.get(driver=driver)
    assert document.pop("station")["slug"] == "harbour"
    assert document == {
        "id": str(entry.pk),
        "status": "WAITING",
        "connector": "IEC_62196_T2",
        "vehicle": None,
        "earliest": "2026-12-01T10:00:00Z",
        "latest": "2026-12-01T11:00:00Z",
        "duration_minutes": 60,
        "ahead": 1,
        "offer": None,
        "not_before": None,
        "joined_at": "2026-12-01T07:00:00Z",
        "ended_at": None,
        "last_updated": "2026-12-01T07:00:00Z",
    }


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"station": "nowhere"}, "station", "unknown_station"),
        ({"latest": "2026-12-01T10:00:00Z"}, "latest", "end_before_start"),
        ({"latest": "2026-12-01T11:00:00"}, "latest", "naive_time"),
        ({"connector": "CHADEMO"}, "connector", "connector_incompatible"),
        ({"duration_minutes": 0}, "duration_minutes", "out_of_range"),
        ({"vehicle": "x"}, "vehicle", "unknown_field"),
    ],
)
def test_what_cannot_be_waited_for_is_refused_by_its_code(
    api: Api, driver: User, site: Station, more: dict[str, Any], field: str, code: str
) -> None:
    answer = api(driver).post(URL, wish(site, **more), format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["field"] == field
    assert not WaitlistEntry.objects.exists()


def test_the_list_has_what_is_on_offer_and_only_ones_own(
    api: Api, offered: WaitlistEntry, wait: Wait, stranger: User
) -> None:
    wait()
    [document] = api(stranger).get(URL).json()["results"]
    booking = Booking.objects.get(origin=offered)
    assert (document["id"], document["status"]) == (str(offered.pk), "OFFERED")
    assert document["offer"] == {
        "booking": booking.reference,
        "evse_uid": booking.evse.uid,
        "start": "2026-12-01T10:00:00Z",
        "end": "2026-12-01T11:00:00Z",
        "quote": {"amount": "5.50", "currency": "EUR"},
        "expires_at": "2026-12-01T07:15:00Z",
    }


def test_an_unchanged_list_is_not_sent_again(api: Api, offered: WaitlistEntry, stranger: User) -> None:
    client = api(stranger)
    etag = client.get(URL)["ETag"]
    assert client.get(URL, headers={"If-None-Match": etag}).status_code == 304


def test_accepting_answers_the_booking_held(api: Api, offered: WaitlistEntry, stranger: User) -> None:
    answer = api(stranger).post(f"{URL}/{offered.pk}/accept")
    assert answer.status_code == 201
    document = answer.json()
    assert (document["status"], document["hold_expires_at"]) == ("HELD", "2026-12-01T07:10:00Z")
    assert document["reference"] == Booking.objects.get(origin=offered).reference
    assert state(offered) == "ACCEPTED"


def test_what_costs_nothing_is_confirmed_at_once(
    api: Api, taken: Booking, wait: Wait, driver: User, stranger: User
) -> None:
    free = {
        **ENERGY_TARIFF,
        "elements": [{"price_components": [{"type": "ENERGY", "price": 0, "step_size": 1}]}],
    }
    tariff = Tariff.objects.get()
    tariff.current = TariffVersion.objects.create(tariff=tariff, number=2, document=free)
    tariff.save()
    entry = wait(stranger)
    cancel(taken, actor=driver, now=NOW)
    settle()
    assert api(stranger).post(f"{URL}/{entry.pk}/accept").json()["status"] == "RESERVED"


def test_snoozing_answers_the_place_in_line(api: Api, offered: WaitlistEntry, stranger: User) -> None:
    answer = api(stranger).post(f"{URL}/{offered.pk}/snooze", {"minutes": 30}, format="json")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["not_before"]) == ("WAITING", "2026-12-01T07:30:00Z")
    assert answer.json()["offer"] is None


def test_declining_ends_it(api: Api, offered: WaitlistEntry, stranger: User) -> None:
    document = api(stranger).post(f"{URL}/{offered.pk}/decline").json()
    assert (document["status"], document["ended_at"], document["ahead"]) == (
        "DECLINED",
        "2026-12-01T07:00:00Z",
        None,
    )


def test_leaving_answers_nothing_and_once(api: Api, offered: WaitlistEntry, stranger: User) -> None:
    client = api(stranger)
    assert client.delete(f"{URL}/{offered.pk}").status_code == 204
    assert state(offered) == "CANCELED"
    second = client.delete(f"{URL}/{offered.pk}")
    assert (second.status_code, second.json()["code"]) == (409, "wrong_state")


def test_an_offer_that_is_over_is_refused(
    api: Api, offered: WaitlistEntry, stranger: User, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW + timedelta(minutes=15))
    answer = api(stranger).post(f"{URL}/{offered.pk}/accept")
    assert (answer.status_code, answer.json()["code"]) == (409, "hold_expired")
    assert state(offered) == "OFFERED"


@pytest.mark.parametrize("act", ["accept", "decline", "snooze"])
def test_somebody_elses_place_does_not_exist(
    api: Api, offered: WaitlistEntry, driver: User, act: str
) -> None:
    answer = api(driver).post(
        f"{URL}/{offered.pk}/{act}", {"minutes": 5} if act == "snooze" else {}, format="json"
    )
    assert answer.status_code == 404
    assert state(offered) == "OFFERED"


def test_the_owner_sees_length_conversion_and_median_wait(
    api: Api, owner: User, offered: WaitlistEntry, wait: Wait, site: Station
) -> None:
    accept(offered, actor=offered.driver, now=NOW + timedelta(minutes=12))
    for status in ("DECLINED", "SKIPPED", "LAPSED"):
        entry = wait(duration_minutes=30)
        WaitlistEntry.objects.filter(pk=entry.pk).update(status=status, ended_at=NOW + HOUR)
    wait()
    url = "/api/v1/operator/reports/waitlist"
    answer = api(owner).get(url, {"from": "2026-12-01", "to": "2026-12-02"})
    assert answer.json()["results"] == [
        {
            "station_id": str(site.pk),
            "name": "Harbour",
            "waiting": 1,
            "ended": 4,
            "accepted": 1,
            "conversion": "0.25",
            "median_wait_minutes": 12,
        }
    ]
    empty = api(owner).get(url, {"from": "2026-11-01", "to": "2026-12-01"}).json()["results"][0]
    assert (empty["waiting"], empty["ended"], empty["conversion"], empty["median_wait_minutes"]) == (
        1,
        0,
        None,
        None,
    )
    csv = api(owner).get(url, {"from": "2026-12-01", "to": "2026-12-02", "format": "csv"})
    assert f"{site.pk},Harbour,1,4,1,0.2500,12" in csv.content.decode()


def test_a_declined_offer_is_no_conversion(api: Api, owner: User, offered: WaitlistEntry) -> None:
    decline(offered, actor=offered.driver, now=NOW)
    url = "/api/v1/operator/reports/waitlist"
    [row] = api(owner).get(url, {"from": "2026-12-01", "to": "2026-12-02"}).json()["results"]
    assert (row["ended"], row["accepted"], row["conversion"]) == (1, 0, "0")


def test_days_begin_at_midnight_of_the_site(api: Api, owner: User, offered: WaitlistEntry) -> None:
    WaitlistEntry.objects.update(status="ACCEPTED", offer_expires_at=None, ended_at=TEN.replace(hour=23))
    url = "/api/v1/operator/reports/waitlist"
    counts = [
        api(owner)
        .get(url, {"from": f"2026-12-0{day}", "to": f"2026-12-0{day + 1}"})
        .json()["results"][0]["ended"]
        for day in (1, 2)
    ]
    assert counts == [0, 1]
