"""Every route of the URL resolver, and what each person is answered there."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from tests.undone import undone
from tests.world import World

PEOPLE = ("anonymous", "driver", "stranger", "staff", "owner", "rival", "administrator")
_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


def routes() -> set[str]:
    """The full route of every view, as the URL configuration writes it."""
    return set(_routes(get_resolver().url_patterns))


def _routes(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def address(route: str, world: World, names: dict[str, str]) -> str:
    """The route's address, with the objects of `names` (parameter > name in World.ids, or a value)."""
    chosen = _USUAL | names
    return "/" + _CONVERTER.sub(
        lambda found: world.ids.get(chosen[found[1]], chosen[found[1]]), route.lstrip("^").rstrip("$")
    )


_USUAL = {
    "operator_id": "operator",
    "user_id": "colleague_user",
    "invitation_id": "invitation",
    "token": "invitation_token",
    "station_id": "station",
    "uid": "uid",
    "place_id": "place",
    "image_id": "image",
    "closure_id": "closure",
    "tariff_id": "tariff",
    "number": "1",
    "vehicle_id": "vehicle",
    "slug": "slug",
    "document": "document",
    "year": "2026",
    "month": "12",
    "event_id": "stripe_event",
    "dispute_id": "dispute",
    "reference": "reserved",
    "delivery_id": "delivery",
    "webhook_id": "webhook",
    "version_id": "policy",
    "line_id": "webhook_delivery",
    "code": "stop_code",
    "offer": "offer_token",
    "entry_id": "offered",
    "address": "calendar_address",
    "watch_id": "watch",
    "series_id": "series",
    "watch_link": "watch_link",
    "signed": "unsubscribe_token",
    "name": "booking.held.v1",
    "mail_id": "unknown",
    "thread_id": "thread",
    "post_id": "answer",
    "report_id": "report",
    "link": "thread_link",
}


def cookies(world: World) -> dict[str, str]:
    """The session cookie of each person's browser; nobody's is empty."""
    made = {"anonymous": ""}
    for person in PEOPLE[1:]:
        browser = Client()
        browser.force_login(world.people[person], backend=settings.AUTHENTICATION_BACKENDS[0])
        made[person] = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return made


def apps(tokens: dict[str, str]) -> dict[str, APIClient]:
    """An app with a session token for each person."""
    made = {person: APIClient() for person in PEOPLE}
    for person, app in made.items():
        if person != "anonymous":
            app.credentials(HTTP_X_SESSION_TOKEN=tokens[person])
    return made


def visit(cookie: str, method: str, path: str, data: dict[str, Any]) -> str:
    """The status as text, `login` for a redirect to the sign-in; what the request changed is undone."""
    browser = Client(headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"} if cookie else None)
    with undone():
        answer = browser.get(path) if method == "GET" else browser.post(path, data)
    if answer.status_code == 302 and answer["Location"].startswith("/accounts/login/?next="):
        return "login"
    return str(answer.status_code)
