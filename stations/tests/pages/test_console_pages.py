"""The console: administrators decide, look things up, and nobody else comes in."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Operator, User
from stations.models import ApprovalStep, Station
from tests import factories

PAGES = [
    "/console/",
    "/console/stations/",
    "/console/stations/{station}/",
    "/console/operators/",
    "/console/operators/{operator}/",
    "/console/people/",
    "/console/people/{person}/",
    "/console/audit/",
]


@pytest.fixture
def desk(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("path", PAGES)
def test_only_administrators_come_in(
    client: Client, desk: Client, path: str, station: Station, operator: Operator, owner: User
) -> None:
    url = path.format(station=station.pk, operator=operator.pk, person=owner.pk)
    assert client.get(url).status_code == 302
    client.force_login(owner)
    assert client.get(url).status_code == 403
    assert desk.get(url).status_code == 200


@pytest.mark.parametrize("verb", ["approve", "reject", "suspend", "reinstate"])
def test_only_administrators_decide(client: Client, owner: User, operator: Operator, verb: str) -> None:
    station = factories.make_station(operator, approval="SUBMITTED")
    client.force_login(owner)
    assert client.post(f"/console/stations/{station.pk}/{verb}/", {"reason": "x"}).status_code == 403
    station.refresh_from_db()
    assert station.approval == "SUBMITTED"


def test_a_submitted_station_is_reviewed_and_approved(desk: Client, operator: Operator) -> None:
    station = factories.make_station(operator, approval="SUBMITTED")
    assert station.name in text(desk.get("/console/"))
    shown = text(desk.get(f"/console/stations/{station.pk}/"))
    for part in ("53.5534, 9.9921", "Approve station", "0.50 EUR/kWh", "Type 2 11 kW"):
        assert part in shown
    desk.post(f"/console/stations/{station.pk}/approve/")
    assert Station.objects.public().get() == station
    assert "Nothing waits for a decision" in text(desk.get("/console/"))


def test_a_rejection_needs_its_reason(desk: Client, operator: Operator) -> None:
    station = factories.make_station(operator, approval="SUBMITTED")
    url = f"/console/stations/{station.pk}/reject/"
    assert desk.post(url, {"reason": ""}).status_code == 422
    station.refresh_from_db()
    assert station.approval == "SUBMITTED"
    assert desk.post(url, {"reason": "No photo"}).status_code == 302
    assert ApprovalStep.objects.get().reason == "No photo"


def test_a_suspension_is_lifted_again(desk: Client, station: Station) -> None:
    desk.post(f"/console/stations/{station.pk}/suspend/", {"reason": "Complaints"})
    assert "Lift the suspension" in text(desk.get(f"/console/stations/{station.pk}/"))
    desk.post(f"/console/stations/{station.pk}/reinstate/")
    station.refresh_from_db()
    assert station.approval == "APPROVED"


def test_a_decision_that_comes_too_late_says_so(desk: Client, station: Station) -> None:
    answer = desk.post(f"/console/stations/{station.pk}/approve/", follow=True)
    assert "The station is approved." in text(answer)
    assert not ApprovalStep.objects.exists()


def test_the_price_of_a_stay_is_shown_in_the_review(desk: Client, station: Station) -> None:
    stay = {"start": "2026-12-01T08:00", "minutes": "60", "energy_kwh": "10"}
    assert "5.00 EUR" in text(desk.get(f"/console/stations/{station.pk}/", stay))


def test_stations_are_found_by_state_and_words(desk: Client, operator: Operator) -> None:
    factories.make_station(operator, name="Alster", approval="DRAFT")
    factories.make_station(operator, name="Elbe")
    shown = text(desk.get("/console/stations/", {"approval": "DRAFT", "q": "alst nord"}))
    assert "Alster" in shown
    assert "Elbe" not in shown
    assert "No station is like that" in text(desk.get("/console/stations/", {"q": "Spree"}))


def test_an_operator_is_suspended_and_brought_back(
    desk: Client, operator: Operator, station: Station
) -> None:
    url = f"/console/operators/{operator.pk}/"
    assert desk.post(url, {"reason": ""}).status_code == 422
    desk.post(url, {"reason": "Unpaid"})
    assert not Station.objects.public().exists()
    assert "Unpaid" in text(desk.get(url))
    desk.post(url, {"reason": "Paid"})
    assert Station.objects.public().get() == station


def test_an_account_is_closed_and_opened(desk: Client, stranger: User) -> None:
    url = f"/console/people/{stranger.pk}/"
    desk.post(url, {"reason": "Abuse"})
    stranger.refresh_from_db()
    assert not stranger.is_active
    desk.post(url, {"reason": "Sorry"})
    stranger.refresh_from_db()
    assert stranger.is_active


def test_the_audit_shows_who_did_what(desk: Client, station: Station) -> None:
    desk.post(f"/console/stations/{station.pk}/suspend/", {"reason": "Complaints"})
    shown = text(desk.get("/console/audit/", {"target_id": str(station.pk)}))
    assert "station.suspended" in shown
    assert "Ada Admin" in shown
    assert "No entry is like that" in text(desk.get("/console/audit/", {"action": "station.deleted"}))
    assert "No entry is like that" not in text(desk.get("/console/audit/", {"actor": "no-uuid"}))


def test_the_queue_costs_the_same_queries_for_one_and_for_twenty(
    desk: Client, operator: Operator, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    factories.make_station(operator, approval="SUBMITTED")
    desk.get("/console/")
    with django_assert_num_queries(6):
        desk.get("/console/")
    for _ in range(19):
        factories.make_station(operator, approval="SUBMITTED")
    with django_assert_num_queries(6):
        assert len(desk.get("/console/").context["page"]) == 20
