"""The table of routes is complete and true, so that the walks which take their pages from it miss none."""

from collections.abc import Iterator

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from tests.routes import PLAYED_BY, ROUTES, Route, html_routes
from tests.sessions import signed_in_session
from tests.world import NOW, World, make_world


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield make_world()


def visitor(route: Route, world: World) -> Client:
    """A client signed in as the route's audience."""
    client, part = Client(), PLAYED_BY[route.audience]
    if part:
        client.cookies[settings.SESSION_COOKIE_NAME] = signed_in_session(world.people[part])
    return client


def test_every_route_of_the_resolver_has_an_entry() -> None:
    assert sorted(ROUTES) == sorted(html_routes())


def test_every_route_answers_its_audience_as_its_entry_says(world: World) -> None:
    answers = {
        name: visitor(route, world).get(route.address(name, world)).status_code
        for name, route in ROUTES.items()
    }
    assert answers == {name: route.status for name, route in ROUTES.items()}
