"""The administrator's page of the recommender and the owner's hint at prices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Operator, User
from evbooking.core.models import AuditEntry
from scheduler_rl.checkpoints import load_network
from scheduler_rl.models import Experiment, ModelRun, PolicyVersion, StationOutlook
from scheduler_rl.services.versions import promote, put_on_trial
from scheduler_rl.tests.operation.test_year import spoilt
from scheduler_rl.tests.operation.year import NOW, make_stations, make_year
from stations.models import Station
from tests.sessions import session_key

pytestmark = pytest.mark.django_db
CONSOLE, PRICES, API = "/console/recommender/", "/operator/prices/", "/api/v1/operator/reports/price-hint"
GAIN = {"gain_eur": {"mean": 0.2, "ci95": 0.1}}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin_client(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def station(operator: Operator) -> Station:
    """Fitted: 18:00 on weekdays is worth 2 EUR an hour to others."""
    (made,) = make_stations(1, operator)
    for kind in StationOutlook.Kind.values:
        prices = [0.5 if kind == "weekday" and 72 <= slot < 76 else 0.0 for slot in range(144)]
        StationOutlook.objects.create(
            station=made, kind=kind, prices=prices, demand=[0.5] * 24, fitted_at=NOW
        )
    return made


def test_the_page_names_what_answers_and_says_what_is_missing(admin_client: Client) -> None:
    ModelRun.objects.create(
        task="TRAINING", state="SKIPPED", message="torch not installed.", started_at=NOW, finished_at=NOW
    )
    page = admin_client.get(CONSOLE).content.decode()
    assert str(PolicyVersion.objects.get(kind="ranker")) in page
    assert "torch not installed." in page
    assert "No recommendations yet" in page
    assert "weighted greedy" in page


def test_promoting_and_rolling_back_is_one_click_each(admin_client: Client, administrator: User) -> None:
    old = PolicyVersion.objects.get(kind="ranker")
    new = put_on_trial(spoilt(load_network()).to_bytes(), now=NOW, metrics=GAIN)
    assert f"versions/{new.pk}/promote/" in admin_client.get(CONSOLE).content.decode()
    answer = admin_client.post(f"{CONSOLE}versions/{new.pk}/promote/", follow=True).content.decode()
    assert f"{new} answers now." in answer
    assert f"versions/{old.pk}/roll-back/" in answer
    answer = admin_client.post(f"{CONSOLE}versions/{old.pk}/roll-back/", follow=True).content.decode()
    assert f"{old} answers again." in answer
    assert list(PolicyVersion.objects.filter(state="ACTIVE", kind="ranker")) == [old]
    entries = AuditEntry.objects.filter(action__startswith="policy.").order_by("id")
    assert [(one.action, one.actor) for one in entries] == [
        ("policy.promote", administrator),
        ("policy.roll_back", administrator),
    ]


def test_a_candidate_without_a_gain_has_no_button_and_the_address_refuses(admin_client: Client) -> None:
    new = put_on_trial(spoilt(load_network()).to_bytes(), now=NOW)
    assert f"versions/{new.pk}/promote/" not in admin_client.get(CONSOLE).content.decode()
    answer = admin_client.post(f"{CONSOLE}versions/{new.pk}/promote/", follow=True).content.decode()
    assert "shows no gain" in answer
    new.refresh_from_db()
    assert new.state == "CANDIDATE"
    assert not AuditEntry.objects.filter(action="policy.promote").exists()


def test_how_candidates_are_tried_is_set_in_percent_and_audited(admin_client: Client) -> None:
    fields = {"candidate_share": "25", "exploration": "5", "near_equal_eur": "0.3", "automatic": "on"}
    assert admin_client.post(CONSOLE, fields).status_code == 302
    settings = Experiment.objects.get()
    assert (settings.candidate_share, settings.exploration, settings.near_equal_eur) == (0.25, 0.05, 0.3)
    after = AuditEntry.objects.get(action="policy.experiment").after
    assert after and after["candidate_share"] == 0.25
    assert admin_client.post(CONSOLE, fields | {"candidate_share": "80"}).status_code == 422
    assert Experiment.objects.get().candidate_share == 0.25


def test_drift_is_shown_against_the_days_of_the_training(admin_client: Client, driver: User) -> None:
    make_year(make_stations(2), driver, per_day=4.0, days=120)
    days = {"from": "2026-08-01", "until": "2026-09-30"}
    new = put_on_trial(spoilt(load_network()).to_bytes(), now=NOW, metrics=GAIN | {"trained": days})
    promote(new, actor=None, now=NOW)
    page = admin_client.get(CONSOLE).content.decode()
    assert "the days it was trained on, 1 Aug 2026 to 30 Sep 2026" in page
    assert page.count("Hours at Station") == 2
    assert '<td data-label="Verdict">stable</td>' in page


def test_a_hint_stands_beside_the_tariff_and_changes_nothing(station: Station, owner: User) -> None:
    client = Client()
    client.force_login(owner)
    version = station.tariff and station.tariff.current_id
    page = client.get(PRICES).content.decode()
    assert f"Price hint for {station.name}" in page
    assert "<strong>0.62</strong>" in page
    station.refresh_from_db()
    assert station.tariff and station.tariff.current_id == version
    assert client.post(PRICES).status_code == 405


def test_other_peoples_stations_and_staff_are_kept_out(station: Station, staff: User, stranger: User) -> None:
    for user, status in ((staff, 403), (stranger, 403)):
        client = Client()
        client.force_login(user)
        assert client.get(PRICES, {"station": str(station.pk)}).status_code == status


def test_before_the_first_night_there_is_no_hint(operator: Operator, owner: User) -> None:
    make_stations(1, operator)
    client = Client()
    client.force_login(owner)
    assert "No hint yet" in client.get(PRICES).content.decode()


def test_the_api_gives_the_same_hint_as_json_and_csv(station: Station, owner: User) -> None:
    client = APIClient(headers={"x-session-token": session_key(owner)})
    body = client.get(API, {"station": str(station.pk), "elasticity": "-0.5"}).json()
    assert (body["elasticity"], body["fitted_at"], len(body["results"])) == (-0.5, "2026-11-21T03:00:00Z", 48)
    peak = next(one for one in body["results"] if (one["kind"], one["hour"]) == ("weekday", 18))
    assert peak["present_price"] == {"amount": "0.50", "currency": "EUR"}
    assert peak["suggested_price"]["amount"] == "0.62"
    assert float(peak["expected_utilisation"]) < float(peak["present_utilisation"])
    lines = client.get(API, {"station": str(station.pk), "format": "csv"}).content.decode().splitlines()
    assert len(lines) == 49
    wrong = client.get(API, {"station": str(station.pk), "elasticity": "1"}).json()
    assert (wrong["code"], wrong["errors"][0]["field"]) == ("out_of_range", "elasticity")


def test_the_api_has_no_results_before_the_first_night(operator: Operator, owner: User) -> None:
    (made,) = make_stations(1, operator)
    body = (
        APIClient(headers={"x-session-token": session_key(owner)}).get(API, {"station": str(made.pk)}).json()
    )
    assert (body["fitted_at"], body["present_weekly_revenue"], body["results"]) == (None, None, [])
