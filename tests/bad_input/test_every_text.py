"""SQL and HTML in every text field: kept as the text it is, and shown as nothing but text."""

from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models import CharField, Field, QuerySet, TextField

from accounts.models import Operator, User, Vehicle
from bookings.models import Booking, BookingTransition
from evbooking.core.models import EventDelivery
from notifications.models import (
    Announcement,
    Device,
    Notification,
    PostReport,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
)
from notifications.selectors.threads import seat_in
from notifications.services.announcing import Draft, announce
from notifications.services.threads.reporting import report_post
from notifications.services.threads.writing import post
from payments.models import StripeEvent
from scheduler_rl.models import PolicyVersion
from stations.models import EVSE, ApprovalStep, Closure, ParkingPlace, Station, StationImage, Tariff
from tests.api_requests import REQUESTS
from tests.bad_input.test_every_body import send
from tests.contract.document import content_schema, operations, resolve
from tests.security.html import Parsed, html_pages
from tests.world import NOW, World

HOSTILE = "\"><evil onclick=x()>'; DROP TABLE bookings_booking; --"
CODED = {  # texts that name something: another one is refused, see the tests of each operation
    "station",
    "evse_uid",
    "connector",
    "vehicle",
    "operator",
    "tariff",
    "time_zone",
    "country",
    "currency",
    "phone",
    "uid",
    "evse_id",
    "country_code",
    "party_id",
    "website",
    "tariff_alt_url",
    "facilities",
    "parking_type",
    "endpoint",
    "url",
    "rrule",
    "title_de",  # German needs both a title and a text
    "body_de",
}
SHOWN: list[tuple[type[Any], list[str]]] = [
    (User, ["name"]),
    (Operator, ["name", "suspension_reason"]),
    (Vehicle, ["make", "model"]),
    (Station, ["name", "description", "address", "city", "postal_code"]),
    (EVSE, ["physical_reference", "floor_level"]),
    (ParkingPlace, ["physical_reference"]),
    (StationImage, ["alt"]),
    (Closure, ["reason"]),
    (Tariff, ["name"]),
    (ApprovalStep, ["reason"]),
    (BookingTransition, ["reason"]),
    (WebhookEndpoint, ["description"]),
    (WebhookDelivery, ["error"]),
    (WebhookAttempt, ["error", "answer"]),
    (PostReport, ["reason"]),
    (Announcement, ["title", "body", "title_de", "body_de"]),
    (Notification, ["title", "text", "error"]),
    (Device, ["name"]),
    (EventDelivery, ["last_error"]),
    (StripeEvent, ["last_error"]),
    (PolicyVersion, ["reason"]),
]


def free_texts() -> list[tuple[str, str, int]]:
    """Operation, field and greatest length of each text that a person may word as they like."""
    found = []
    for name in REQUESTS:
        shape = resolve(content_schema(operations()[name].get("requestBody", {})))
        for field, schema in shape.get("properties", {}).items():
            plain = schema.get("type") == "string" and not {"enum", "format", "pattern"} & set(schema)
            if plain and field not in CODED and "file" not in shape["properties"]:
                found.append((name, field, schema["maxLength"]))
    return found


def is_kept(text: str) -> bool:
    """Whether any text column of any table holds exactly this."""
    return any(
        model._default_manager.filter(**{field.name: text}).exists()
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, CharField | TextField) and not field.choices
    )


def test_every_text_is_kept_as_it_came(world: World, tokens: dict[str, str]) -> None:
    tried, bookings = free_texts(), Booking.objects.count()
    for name, field, longest in tried:
        text = HOSTILE[:longest]
        body = {**(REQUESTS[name].filled("body", world) or {}), field: text}
        answer = send(name, world, tokens, body)
        assert answer.status_code < 300, (name, field, answer.content)
        assert is_kept(text), (name, field)
    assert len(tried) >= 25
    assert Booking.objects.count() == bookings, "a text that was run as SQL would show here"


def test_a_text_that_is_one_too_long_is_refused(world: World, tokens: dict[str, str]) -> None:
    for name, field, longest in free_texts():
        body = {**(REQUESTS[name].filled("body", world) or {}), field: "x" * (longest + 1)}
        answer = send(name, world, tokens, body)
        errors = [(error["field"], error["code"]) for error in answer.json()["errors"]]
        assert (answer.status_code, errors) == (422, [(field, "too_long_text")]), name


@pytest.fixture
def hostile_world(world: World) -> World:
    """Everything that a person can word says HOSTILE, as far as it fits."""
    station = Station.objects.get(slug="harbour")
    for booking in Booking.objects.all():
        BookingTransition.objects.create(
            booking=booking, at=NOW, from_status=booking.status, to_status=booking.status
        )
    ApprovalStep.objects.create(station=station, at=NOW, from_state="DRAFT", to_state="SUBMITTED")
    _announce(world, station.operator)
    _write(world)
    for model, names in SHOWN:
        fitting = {name: HOSTILE[: _longest(model._meta.get_field(name))] for name in names}
        _rows(model).update(**fitting)
    return world


def _announce(world: World, operator: Operator) -> None:
    for whose, by, audience in ((operator, "owner", "BOOKED"), (None, "administrator", "OPERATORS")):
        announce(Draft(audience, HOSTILE, HOSTILE), operator=whose, actor=world.people[by], now=NOW)


def _write(world: World) -> None:
    """From both sides of each thread, for posts are never changed; one is reported."""
    thread, approval = world.ids["thread"], world.ids["approval_thread"]
    writers = [("driver", thread), ("staff", thread), ("owner", approval), ("administrator", approval)]
    written = {
        by: post(seat_in(world.people[by], UUID(where)), body=HOSTILE, now=NOW) for by, where in writers
    }
    seat = seat_in(world.people["driver"], UUID(thread))
    report_post(written["staff"], seat=seat, reason=HOSTILE, now=NOW)


def _rows(model: type[Any]) -> QuerySet[Any]:
    return model._default_manager.all()  # type: ignore[no-any-return]


def _longest(field: Field[Any, Any]) -> int | None:
    return field.max_length


def test_no_page_takes_a_text_for_markup(hostile_world: World) -> None:
    shown = set()
    for name, answer in html_pages(hostile_world):
        page = Parsed(answer.content.decode())
        assert "evil" not in page.tags, name
        assert "onclick" not in page.attributes, name
        if any(HOSTILE in text for text in page.texts):
            shown.add(name)
    assert len(shown) > 150
    assert {
        "/inbox/ as driver",
        "/messages/<uuid:thread_id>/ as staff",
        "/operator/announcements/ as owner",
        "/console/reports/<uuid:report_id>/ as administrator",
    } <= shown


def test_the_parser_sees_markup_that_was_not_escaped() -> None:
    assert "evil" in Parsed(f'<p title="{HOSTILE}">').tags
    assert "onclick" in Parsed(f"<p>{HOSTILE}</p>").attributes
