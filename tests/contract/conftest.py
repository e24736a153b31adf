"""The seeded world at a standing clock, its people's tokens, and the application as a WSGI server calls it."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from accounts.models import User
from tests.world import NOW, World, make_world


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield make_world()


@pytest.fixture
def tokens(world: World, session_token: Callable[[User], str]) -> dict[str, str]:
    """By the part a person plays."""
    return {part: session_token(user) for part, user in world.people.items()}


@pytest.fixture
def one_connection(db: None) -> Iterator[None]:
    """Requests stay in the test's transaction: a bare WSGI handler would close its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
