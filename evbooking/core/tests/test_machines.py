"""What machines ask: is it alive, is it ready, how is it doing, what does the API offer."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from evbooking.core import events, health, metrics
from evbooking.core.audit import record
from evbooking.core.events import publish, subscribe
from evbooking.core.metrics import register_collector
from evbooking.core.redis_client import connect
from evbooking.core.relay import dispatch, relay

BEARER = {"Authorization": "Bearer token-of-the-test"}


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = "token-of-the-test"


def scraped() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample of /metrics by name and labels."""
    text = Client().get("/metrics", headers=BEARER).content.decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_livez_answers_without_any_service() -> None:
    response = Client().get("/livez")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_is_green_when_all_is_well() -> None:
    response = Client().get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "checks": {"database": "ok", "redis": "ok", "migrations": "ok", "broker": "ok"},
    }


@pytest.mark.django_db
def test_readyz_says_what_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "client", lambda: connect("redis://127.0.0.1:1/0"))
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {
        "database": "ok",
        "redis": "ConnectionError",
        "migrations": "ok",
        "broker": "ok",
    }
    assert response.json()["ready"] is False


@pytest.mark.django_db
def test_readyz_names_missing_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", [])
    MigrationRecorder.Migration.objects.filter(app="core").latest("name").delete()
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["checks"]["migrations"]) == (
        503,
        "1 migrations are not applied",
    )


@pytest.mark.parametrize(
    ("headers", "status"), [({}, 401), ({"Authorization": "Bearer wrong"}, 401), (BEARER, 200)]
)
@pytest.mark.django_db
def test_metrics_want_their_token(headers: dict[str, str], status: int) -> None:
    assert Client().get("/metrics", headers=headers).status_code == status


@pytest.mark.django_db
def test_without_a_token_set_there_are_no_metrics(settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.django_db
def test_requests_are_timed_under_their_route_and_not_their_path() -> None:
    labels = (("method", "GET"), ("route", "unmatched"), ("status", "404"))
    before = scraped().get(("evb_http_request_seconds_count", labels), 0)
    Client().get("/api/someone/s/secret")
    Client().get("/api/another/secret")
    after = scraped()
    assert after[("evb_http_request_seconds_count", labels)] == before + 2
    assert not [key for key in after if "secret" in str(key)]
    assert (
        "evb_http_request_seconds_count",
        (("method", "GET"), ("route", "metrics"), ("status", "200")),
    ) in after


def test_outbox_and_audit_tell_how_far_they_lag(driver: User) -> None:
    with transaction.atomic():
        publish("booking.held", subject="b:1", data={}, now=timezone.now() - timedelta(seconds=100))
        record("user.rename", target=driver, actor=driver, before=None, after=None)
    found = scraped()
    assert found[("evb_outbox_pending", ())] == 1
    assert 100 <= found[("evb_outbox_lag_seconds", ())] < 200
    assert found[("evb_outbox_dead", ())] == 0
    assert found[("evb_audit_unsealed", ())] == 1


@pytest.mark.django_db
def test_each_handler_tells_how_much_waits_for_it_and_for_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_handlers", {})
    subscribe("booking.held", handler="test.slow")(lambda _event: None)
    with transaction.atomic():
        publish("booking.held", subject="b:1", data={}, now=timezone.now() - timedelta(seconds=50))
    dispatch(10)
    found = scraped()
    assert found[("evb_outbox_handler_pending", (("handler", "test.slow"),))] == 1
    assert 50 <= found[("evb_outbox_handler_lag_seconds", (("handler", "test.slow"),))] < 150
    counted = ("evb_outbox_delivery_age_seconds_count", (("handler", "test.slow"),))
    before = found.get(counted, 0)
    relay()
    found = scraped()
    assert found[("evb_outbox_handler_pending", (("handler", "test.slow"),))] == 0
    assert found[counted] == before + 1


@pytest.fixture
def _own_collectors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(metrics, "_collectors", [])
    yield


@pytest.mark.usefixtures("_own_collectors")
def test_a_collector_that_fails_does_not_hide_the_others() -> None:
    @register_collector
    def broken() -> list[Any]:
        raise ZeroDivisionError

    @register_collector
    def sound() -> list[Any]:
        return [GaugeMetricFamily("evb_test_gauge", "A gauge of this test", value=7)]

    assert scraped()[("evb_test_gauge", ())] == 7


def test_several_processes_are_counted_together(tmp_path: Path) -> None:
    """Two processes observe a request each; a third scrapes both."""
    common = "from evbooking.core import metrics; "
    observe = common + "metrics.observe_request('GET', 'r', 200, 0.01)"
    show = common + "print(metrics.scrape().decode())"
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "EVB_DEMO": "1"}

    def run(code: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
        ).stdout

    run(observe)
    run(observe)
    assert 'evb_http_request_seconds_count{method="GET",route="r",status="200"} 2.0' in run(show)


@pytest.mark.django_db
def test_the_document_and_its_page_are_there_for_everyone() -> None:
    document = Client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    assert document["openapi"] == "3.1.0"
    operation = document["paths"]["/api/test/notes"]["post"]
    assert sorted(operation["responses"]) == ["201", "400", "401", "403", "409", "413", "415", "422", "429"]
    assert list(operation["responses"]["409"]["content"]) == ["application/problem+json"]
    assert [parameter["name"] for parameter in operation["parameters"]] == ["Idempotency-Key"]
    assert {"sessionToken", "bearerToken", "cookie"} == set(document["components"]["securitySchemes"])
    page = Client().get("/api/docs/")
    assert page.status_code == 200
    assert b"POST /api/test/notes" in page.content


def test_an_operation_is_described_by_its_own_words_only() -> None:
    document = SchemaGenerator().get_schema(public=True)
    told = document["paths"]["/api/test/notes"]["delete"]["description"]
    assert (
        told
        == "Counts what it is asked to do, under the caller's name, so that tests see how often it was done."
    )
    assert "description" not in document["paths"]["/api/test/numbers"]["get"]
    assert not GENERATOR_STATS
    validate_schema(document)
