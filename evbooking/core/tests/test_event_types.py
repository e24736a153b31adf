"""The types of events: each has a schema, the schemas are sound, and the envelope is CloudEvents 1.0."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from jsonschema import Draft202012Validator

from evbooking.core.cloudevents import cloudevent
from evbooking.core.event_types import EventType, event_type_versions, event_types
from evbooking.core.events import handlers, publish

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
NAME = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z0-9]+(_[a-z0-9]+)*")
CODE = re.compile(r'"((?:booking|station|evse|session|cdr|payment|refund|document)\.[a-z_]+)"')


@pytest.mark.parametrize("name", sorted(event_type_versions()))
def test_a_type_has_a_sound_schema_that_promises_who_did_it(name: str) -> None:
    type_ = event_type_versions()[name]
    Draft202012Validator.check_schema(type_.schema)
    assert NAME.fullmatch(type_.name)
    assert type_.violations({}), "a schema that allows anything promises nothing"


def test_every_type_that_is_listened_to_is_stated() -> None:
    assert {type_ for handler in handlers().values() for type_ in handler.types} <= event_types().keys()


def test_the_highest_version_is_the_present_one(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {f"thing.done.v{n}": EventType("thing.done", n, {}) for n in (1, 10, 9)}
    monkeypatch.setattr("evbooking.core.event_types.event_type_versions", lambda: versions)
    assert event_types.__wrapped__()["thing.done"].version == 10


def test_what_breaks_a_schema_is_named() -> None:
    schema = {"type": "object", "required": ["id"], "properties": {"at": {"type": "string"}}}
    assert EventType("thing.done", 1, schema).violations({"at": 7}) == [
        "data: 'id' is a required property",
        "at: 7 is not of type 'string'",
    ]


@pytest.mark.django_db
def test_the_envelope_is_a_cloudevent(settings: Any) -> None:
    settings.PUBLIC_URL = "https://book.example.org"
    with transaction.atomic():
        event = publish("booking.held", subject="booking:ABCDEFGH", data={"start": NOW}, now=NOW)
    event.refresh_from_db()
    assert cloudevent(event) == {
        "specversion": "1.0",
        "id": str(event.pk),
        "source": "https://book.example.org",
        "type": "org.evbooking.booking.held.v1",
        "subject": "booking:ABCDEFGH",
        "time": "2026-12-01T08:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": "https://book.example.org/api/events/booking.held.v1.json",
        "sequence": "0000000001",
        "data": {"start": "2026-12-01T08:00:00Z", "actor": None},
    }


@pytest.mark.urls("evbooking.urls")
def test_the_schema_is_where_the_envelope_says() -> None:
    answer = Client().get("/api/events/booking.held.v1.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/schema+json")
    assert answer.json()["$id"] == f"{django_settings.PUBLIC_URL}/api/events/booking.held.v1.json"
    assert answer.json()["properties"] == {"status": {"const": "HELD"}}
    assert Client().get("/api/events/booking.held.v2.json").status_code == 404


def test_every_type_that_code_publishes_has_a_schema() -> None:
    """By name, as code writes them: also those that this suite never publishes."""
    apps = [path.parent for path in Path(django_settings.BASE_DIR).glob("*/event_types.json")]
    sources = [path for app in apps for path in app.rglob("services/**/*.py") if "tests" not in path.parts]
    published = {
        name
        for path in sources
        for line in path.read_text().splitlines()
        if "publish" in line or "event=" in line or "announce_" in line or "_note(" in line
        for name in CODE.findall(line)
    }
    assert len(published) > 10
    assert published <= event_types().keys()
