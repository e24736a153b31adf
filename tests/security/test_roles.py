"""The role walk: every route and every operation, by everyone, answered exactly as the tables say."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.test import APIClient

from bookings.models import Booking
from evbooking.urls import urlpatterns as all_of_ours
from tests.api_requests import REQUESTS, SECTIONS, Request
from tests.security.operations import ALLAUTH, OPERATIONS
from tests.security.pages import ADDRESSES, PAGES
from tests.security.pages import SECTIONS as PAGE_SECTIONS
from tests.security.walk import PEOPLE, address, apps, cookies, routes, visit
from tests.undone import undone
from tests.world import World

API = "api/v1/"
ALLAUTH_API = "_allauth/"


def test_every_route_has_its_entry() -> None:
    pages = {route for route in routes() if not route.startswith((API, ALLAUTH_API, "media/"))}
    assert set(PAGES) == pages
    assert {ALLAUTH_API + route for route in ALLAUTH} == {
        route for route in routes() if route.startswith(ALLAUTH_API)
    }
    assert set(OPERATIONS) == set(REQUESTS)  # and those are the document's: tests/contract


@pytest.mark.parametrize("section", PAGE_SECTIONS)
def test_a_page_answers_each_person_as_the_table_says(section: str, world: World) -> None:
    known = cookies(world)
    found = {route: walk_page(world, route, known) for route in PAGE_SECTIONS[section]}
    assert found == PAGE_SECTIONS[section]


def walk_page(world: World, route: str, known: dict[str, str]) -> tuple[str, str]:
    """The rows of GET and POST."""
    where = ADDRESSES.get(route) or address(route, world, {"pk": "1"})
    get, post = (
        " ".join(visit(known[person], method, where, {}) for person in PEOPLE) for method in ("GET", "POST")
    )
    return get, post


@pytest.mark.parametrize("section", SECTIONS)
def test_an_operation_answers_each_person_as_the_table_says(
    section: str, world: World, tokens: dict[str, str]
) -> None:
    people = apps(tokens)
    found = {
        name: " ".join(str(call(people[person], name, world)) for person in PEOPLE)
        for name in SECTIONS[section]
    }
    assert found == {name: OPERATIONS[name] for name in SECTIONS[section]}


def call(app: APIClient, name: str, world: World) -> int:
    """The status of the operation's seeded request."""
    method, route = name.split()
    request: Request = REQUESTS[name]
    where = f"/{API.rstrip('/')}{route.format(**request.filled('path', world))}"
    body = request.filled("body", world)
    with undone():
        if method == "GET":
            return int(app.get(where, request.filled("query", world)).status_code)
        if body and "file" in body:
            upload = SimpleUploadedFile("quay.png", body["file"], "image/png")
            return int(app.post(where, {**body, "file": upload}, format="multipart").status_code)
        sent = json.dumps(body) if body else ""
        return int(app.generic(method, where, sent, content_type="application/json").status_code)


def test_allauths_api_answers_each_person_as_the_table_says(world: World, tokens: dict[str, str]) -> None:
    people = apps(tokens)
    assert {route: walk_allauth(people, route) for route in ALLAUTH} == ALLAUTH


def walk_allauth(people: dict[str, APIClient], route: str) -> tuple[str, str]:
    """The rows of GET and POST."""
    get, post = (
        " ".join(ask(people[person], method, f"/{ALLAUTH_API}{route}") for person in PEOPLE)
        for method in ("GET", "POST")
    )
    return get, post


def ask(app: APIClient, method: str, where: str) -> str:
    cache.clear()  # allauth's own limits
    with undone():
        sent = app.generic(method, where, "" if method == "GET" else "{}", content_type="application/json")
    return str(sent.status_code)


def unscoped(request: HttpRequest, reference: str) -> HttpResponse:
    """What must never be written: a booking for whoever knows its reference."""
    return HttpResponse(Booking.objects.get(reference=reference).reference)


urlpatterns: list[Any] = [path("bookings/<str:reference>/", unscoped), *all_of_ours]


@pytest.mark.urls(__name__)
def test_the_walk_sees_a_view_that_forgets_whose_the_booking_is(world: World) -> None:
    route = "bookings/<reference:reference>/"
    assert walk_page(world, route, cookies(world)) != PAGES[route]


@pytest.mark.urls(__name__)
def test_the_walk_sees_a_route_without_an_entry() -> None:
    assert "bookings/<str:reference>/" in routes() - set(PAGES)
