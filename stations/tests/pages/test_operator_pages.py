"""The operator's pages: a station from nothing to submitted, by forms alone."""

from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import Operator, User
from stations.models import EVSE, BookingTerms, Closure, Station, StationImage, Tariff
from tests import factories

ALSTER = {
    "name": "Alster Süd",
    "address": "Jungfernstieg 1",
    "city": "Hamburg",
    "country": "DEU",
    "latitude": "53.5534",
    "longitude": "9.9921",
    "time_zone": "Europe/Berlin",
    "facilities": ["CAFE", "WIFI"],
}
NO_CONNECTORS = {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"}
ONE_CONNECTOR = {
    "form-TOTAL_FORMS": "1",
    "form-INITIAL_FORMS": "0",
    "form-0-standard": "IEC_62196_T2",
    "form-0-power_type": "AC_3_PHASE",
    "form-0-format": "SOCKET",
    "form-0-max_power_kw": "22",
}
NO_EXCEPTIONS = {"form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"}
RECIPE = {"name": "Day", "currency": "EUR", "tax_included": "YES", "vat": "19", "per_kwh": "0.59"}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(owner: User) -> Client:
    return signed_in(owner)


def page(station: Station, rest: str = "") -> str:
    return f"/operator/stations/{station.pk}/{rest}"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_station_is_made_equipped_priced_and_submitted(desk: Client, operator: Operator) -> None:
    assert "Your stations will stand here" in text(desk.get("/operator/"))
    assert desk.post("/operator/tariffs/new/", RECIPE).status_code == 302
    tariff = Tariff.objects.get()
    assert desk.post("/operator/stations/new/", {**ALSTER, "tariff": str(tariff.pk)}).status_code == 302
    station = Station.objects.get()
    assert (station.facilities, station.tariff) == (["CAFE", "WIFI"], tariff)
    assert "Add at least one EVSE with a connector." in text(desk.get(page(station)))
    assert desk.post(page(station, "add-evse/"), {"uid": "E1", **ONE_CONNECTOR}).status_code == 302
    assert EVSE.objects.get().connectors.get().max_electric_power == 22_000
    assert "Submit station" in text(desk.get(page(station)))
    desk.post(page(station, "submit/"))
    station.refresh_from_db()
    assert station.approval == Station.Approval.SUBMITTED
    assert "Awaiting approval" in text(desk.get("/operator/"))


def test_an_incomplete_station_is_not_submitted_and_the_page_says_why(
    desk: Client, operator: Operator
) -> None:
    station = factories.make_station(operator, approval="DRAFT", evses=0)
    answer = desk.post(page(station, "submit/"), follow=True)
    assert "Add at least one EVSE with a connector." in text(answer)
    station.refresh_from_db()
    assert station.approval == Station.Approval.DRAFT


def test_a_wrong_form_is_shown_again_with_what_is_wrong(desk: Client, operator: Operator) -> None:
    answer = desk.post("/operator/stations/new/", {**ALSTER, "latitude": "91", "name": ""})
    assert answer.status_code == 422
    assert "This field is required." in text(answer)
    assert not Station.objects.exists()


def test_who_has_several_operators_is_asked_which(desk: Client, owner: User, operator: Operator) -> None:
    second = factories.make_operator("Second", owner=owner)
    assert "Whose station is it?" in text(desk.get("/operator/stations/new/"))
    url = f"/operator/stations/new/?{urlencode({'operator': second.pk})}"
    assert desk.post(url, ALSTER).status_code == 302
    assert Station.objects.get().operator == second


def test_hours_are_written_as_lines_and_exceptions_by_the_sites_clock(desk: Client, station: Station) -> None:
    body = {
        "day_1": "7:00-12:00, 13:00–20:00",
        "day_7": "22:00–06:00",
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-kind": "closings",
        "form-0-begin": "2026-12-24T12:00",
        "form-0-end": "2026-12-27T00:00",
    }
    assert desk.post(page(station, "hours/"), body).status_code == 302
    station.refresh_from_db()
    assert station.opening_times == {
        "twentyfourseven": False,
        "regular_hours": [
            {"weekday": 1, "period_begin": "07:00", "period_end": "12:00"},
            {"weekday": 1, "period_begin": "13:00", "period_end": "20:00"},
            {"weekday": 7, "period_begin": "22:00", "period_end": "06:00"},
        ],
        "exceptional_closings": [
            {"period_begin": "2026-12-24T11:00:00Z", "period_end": "2026-12-26T23:00:00Z"}
        ],
    }
    shown = text(desk.get(page(station, "hours/")))
    assert "07:00–12:00, 13:00–20:00" in shown
    assert "2026-12-24T12:00" in shown


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"day_1": "from seven"}, "is no period"),
        ({"day_1": "07:00–25:00"}, "regular_hours.0.period_end"),
        ({}, "regular_hours"),
    ],
)
def test_hours_nobody_understands_are_refused(
    desk: Client, station: Station, body: dict[str, str], said: str
) -> None:
    answer = desk.post(page(station, "hours/"), {**NO_EXCEPTIONS, **body})
    assert answer.status_code == 422
    assert said in text(answer)
    station.refresh_from_db()
    assert station.opening_times == {"twentyfourseven": True}


def test_terms_are_edited(desk: Client, station: Station) -> None:
    shown = desk.get(page(station, "terms/")).context["form"].initial
    body = {name: str(value) for name, value in shown.items() if value is not False}
    assert desk.post(page(station, "terms/"), {**body, "buffer_minutes": "10"}).status_code == 302
    assert BookingTerms.objects.get(station=station).buffer_minutes == 10
    refused = desk.post(page(station, "terms/"), {**body, "max_booking_duration": "50"})
    assert refused.status_code == 422
    assert "multiple of 15 minutes" in text(refused)
    assert BookingTerms.objects.get(station=station).max_booking_duration == 480


def test_an_evse_is_edited_kept_for_walk_ins_and_removed(desk: Client, station: Station) -> None:
    evse = station.evses.all()[0]
    url = page(station, f"evses/{evse.uid}/")
    body = {**ONE_CONNECTOR, "form-INITIAL_FORMS": "1", "walk_in_only": "on", "physical_reference": "7"}
    assert desk.post(url, body).status_code == 302
    evse.refresh_from_db()
    assert (evse.walk_in_only, evse.physical_reference) == (True, "7")
    assert evse.connectors.get().max_electric_power == 22_000
    assert "for ever" in text(desk.get(f"{url}remove/"))
    assert desk.post(f"{url}remove/").status_code == 302
    assert desk.get(url).status_code == 404


def test_a_wrong_connector_is_said_above_the_form(desk: Client, station: Station) -> None:
    answer = desk.post(page(station, "add-evse/"), {**ONE_CONNECTOR, "form-0-standard": "CHADEMO"})
    assert answer.status_code == 422
    assert "CHAdeMO is DC only." in text(answer)
    assert station.evses.count() == 2


def test_an_evse_goes_out_of_service_and_back(desk: Client, station: Station) -> None:
    evse = station.evses.all()[0]
    url = page(station, f"evses/{evse.uid}/")
    desk.post(f"{url}inhibit/", {"cause": "weather"})
    evse.refresh_from_db()
    assert evse.inhibits == ["weather"]
    assert "Out of service" in text(desk.get(page(station)))
    desk.post(f"{url}release/", {"cause": "weather"})
    evse.refresh_from_db()
    assert evse.inhibits == []


def test_a_closure_is_made_by_the_sites_clock_and_canceled(desk: Client, station: Station) -> None:
    body = {"start": "2099-07-01T08:00", "end": "2099-07-01T10:00", "reason": "New cables"}
    assert desk.post(page(station, "closures/"), body).status_code == 302
    closure = Closure.objects.get()
    assert closure.start.isoformat() == "2099-07-01T06:00:00+00:00"
    assert "Wed 1 Jul 2099, 08:00" in text(desk.get(page(station, "closures/")))
    desk.post(page(station, f"closures/{closure.pk}/cancel/"))
    closure.refresh_from_db()
    assert closure.canceled_at is not None


def test_parking_places_and_pictures_are_kept(
    desk: Client, station: Station, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    desk.post(page(station, "parking/"), {"physical_reference": "P1", "vehicle_types": ["DISABLED"]})
    assert station.parking_places.get().is_disabled_bay
    desk.post(page(station, f"parking/{station.parking_places.get().pk}/remove/"))
    assert not station.parking_places.exists()
    out = BytesIO()
    Image.new("RGB", (40, 20)).save(out, "PNG")
    upload = SimpleUploadedFile("a.png", out.getvalue(), "image/png")
    assert desk.post(page(station, "pictures/"), {"file": upload, "alt": "Gate"}).status_code == 302
    assert 'alt="Gate"' in text(desk.get(page(station, "pictures/")))
    refused = desk.post(
        page(station, "pictures/"), {"file": SimpleUploadedFile("a.png", b"no"), "alt": "Gate"}
    )
    assert refused.status_code == 422
    assert "no complete JPEG, PNG or WebP" in text(refused)
    desk.post(page(station, f"pictures/{StationImage.objects.get().pk}/remove/"))
    assert not StationImage.objects.exists()


def test_a_tariff_is_changed_previewed_and_restored(desk: Client, operator: Operator) -> None:
    desk.post("/operator/tariffs/new/", {**RECIPE, "start_fee": "1"})
    tariff = Tariff.objects.get()
    url = f"/operator/tariffs/{tariff.pk}/"
    assert desk.get(f"{url}edit/").context["form"].initial["start_fee"] == 1
    desk.post(f"{url}edit/", {**RECIPE, "per_kwh": "0.69"})
    stay = {"start": "2026-12-01T08:00", "minutes": "60", "energy_kwh": "10"}
    assert "6.90 EUR" in text(desk.get(url, stay))
    desk.post(f"{url}versions/1/restore/")
    tariff.refresh_from_db()
    assert tariff.current
    assert tariff.current.number == 3
    assert "6.90 EUR" in text(desk.get(url, stay))
    assert tariff.versions.count() == 3


def test_a_tariff_the_form_cannot_say_is_edited_as_json(desk: Client, operator: Operator) -> None:
    tariff = factories.make_tariff(
        operator,
        {
            "currency": "EUR",
            "tax_included": "YES",
            "elements": [
                {
                    "price_components": [{"type": "ENERGY", "price": 0.5, "step_size": 1}],
                    "restrictions": {"day_of_week": ["SUNDAY"]},
                }
            ],
        },
    )
    url = f"/operator/tariffs/{tariff.pk}/edit/"
    assert "SUNDAY" in text(desk.get(url))
    assert "This is no JSON" in text(desk.post(url, {"name": "T", "json": "{"}))
    refused = desk.post(url, {"name": "T", "json": '{"currency": "EUR", "tax_included": "YES"}'})
    assert refused.status_code == 422
    assert "elements: This field is required." in text(refused)
    tariff.refresh_from_db()
    assert tariff.versions.count() == 1


def test_staff_read_but_see_no_way_to_change(staff: User, station: Station) -> None:
    client = signed_in(staff)
    shown = text(client.get(page(station)))
    assert station.name in shown
    assert "Edit place and price" not in shown
    assert client.get(page(station, "edit/")).status_code == 403
    assert client.post(page(station, "submit/")).status_code == 403


PAGES = ["", "edit/", "hours/", "terms/", "add-evse/", "parking/", "pictures/", "closures/"]


@pytest.mark.parametrize("rest", PAGES)
def test_a_station_is_nowhere_for_others_and_behind_sign_in_for_all(
    client: Client, rest: str, station: Station, stranger: User, rival: User, owner: User
) -> None:
    assert client.get(page(station, rest)).status_code == 302
    assert signed_in(stranger).get(page(station, rest)).status_code == 404
    assert signed_in(rival).get(page(station, rest)).status_code == 404
    assert signed_in(owner).get(page(station, rest)).status_code == 200


def test_a_person_without_operator_is_shown_how_to_begin(stranger: User) -> None:
    assert "You belong to no operator yet" in text(signed_in(stranger).get("/operator/"))
    assert signed_in(stranger).get("/operator/stations/new/").status_code == 403


def test_the_list_costs_the_same_queries_for_one_station_and_for_twenty(
    desk: Client, operator: Operator, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    factories.make_station(operator)
    desk.get("/operator/")
    with django_assert_num_queries(6):
        desk.get("/operator/")
    for _ in range(19):
        factories.make_station(operator)
    with django_assert_num_queries(6):
        assert len(desk.get("/operator/").context["page"]) == 20
