"""The seeded world at a standing clock, and its people's tokens."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from pytest_django import Settings

from accounts.models import User
from payments.sandbox.tests.running import start
from tests.paying import Stripe, add_paying, prepare
from tests.world import NOW, World, make_world


@pytest.fixture(scope="session")
def stripe_at_hand() -> Iterator[Stripe]:
    """The sandbox that answers instead of Stripe, one for all worlds of a process."""
    running = start()
    yield prepare(running)
    running.stop()


@pytest.fixture
def world(db: None, stripe_at_hand: Stripe, settings: Settings) -> Iterator[World]:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY = "sk_test_any", "pk_test_any"
    settings.STRIPE_API_BASE = settings.STRIPE_SANDBOX_URL = stripe_at_hand.running.url
    with time_machine.travel(NOW, tick=False):
        made = make_world()
        add_paying(made, stripe_at_hand)
        yield made


@pytest.fixture
def tokens(world: World, session_token: Callable[[User], str]) -> dict[str, str]:
    """By the part a person plays."""
    return {part: session_token(user) for part, user in world.people.items()}
