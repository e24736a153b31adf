"""A sandbox that the platform takes for Stripe, an operator that is paid there, and bookings to pay for."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from accounts.models import Operator, User
from bookings.models import Booking
from bookings.services.hold import hold_slot
from payments.models import OperatorAccount
from payments.sandbox.tests.running import SECRET, Running, start
from payments.services.operator_accounts import operator_account
from payments.tests.machine.world import World
from payments.tests.paying import NOW, Webhooks, answer_bank, clear_faults, confirm, set_clock
from stations.models import Station
from tests.factories import make_station, make_tariff

OnlineBooking = Callable[..., Booking]


def use(running: Running, settings: Settings) -> Running:
    """Have the platform take this sandbox for Stripe."""
    settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY = "sk_test_any", "pk_test_any"
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    settings.STRIPE_API_BASE = settings.STRIPE_SANDBOX_URL = running.url
    settings.EVB_PAYMENTS = True
    return running


def started() -> Running:
    """A sandbox at NOW whose deliveries rest: tests fetch its events, or ask it for states."""
    running = start("--webhook-url", "http://127.0.0.1:9/", "--webhook-secret", SECRET)
    running.control("webhooks", paused="true")
    set_clock(running, NOW)
    return running


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Running]:
    """One for all tests of a process; whoever moves its clock takes `own_sandbox`."""
    running = started()
    yield running
    running.stop()


@pytest.fixture
def sandbox(sandbox_process: Running, settings: Settings) -> Iterator[Running]:
    """The sandbox, and the settings with which it answers instead of Stripe; no fault outlives a test."""
    yield use(sandbox_process, settings)
    clear_faults(sandbox_process)


@pytest.fixture
def own_sandbox(settings: Settings) -> Iterator[Running]:
    """A sandbox of this test's own, for tests that move its clock or stop it. Asked for before `ready_operator`."""
    running = started()
    yield use(running, settings)
    running.stop()


@pytest.fixture
def webhooks(request: pytest.FixtureRequest) -> Webhooks:
    """What the sandbox tells from now on, to be posted to our view with `deliver()`."""
    return Webhooks.of(_answering(request))


@pytest.fixture
def pay(request: pytest.FixtureRequest) -> Callable[..., str]:
    """`pay(checkout, card="pm_card_visa")`: the driver's browser enters a card; returns the intent's status."""
    return partial(confirm, _answering(request))


@pytest.fixture
def answer(request: pytest.FixtureRequest) -> Callable[..., None]:
    """`answer(checkout, passed=True)`: what the driver does on the bank's page."""
    return partial(answer_bank, _answering(request))


@pytest.fixture
def ready_operator(request: pytest.FixtureRequest, operator: Operator) -> OperatorAccount:
    """`operator`, with a connected account at the sandbox that can be paid."""
    running = _answering(request)
    wanted: Any = {"transfers": {"requested": True}, "card_payments": {"requested": True}}
    made = running.client().v1.accounts.create({"country": "DE", "capabilities": wanted})
    running.control(f"accounts/{made.id}/onboard")
    account = operator_account(operator, now=NOW)
    account.stripe_id = made.id
    account.details_submitted = account.charges_enabled = account.payouts_enabled = True
    account.save()
    return account


@pytest.fixture
def online_station(ready_operator: OperatorAccount) -> Callable[..., Station]:
    """`online_station(security="AUTHORISATION", tariff=None, **terms)`: two 11 kW EVSEs, paid online."""

    def make(*, tariff: dict[str, Any] | None = None, evses: int = 2, **terms: Any) -> Station:
        operator = ready_operator.operator
        offered = make_tariff(operator, tariff) if tariff else None
        return make_station(operator, evses=evses, tariff=offered, terms={"payment": "ONLINE", **terms})

    return make


@pytest.fixture
def online_booking(online_station: Callable[..., Station], driver: User) -> OnlineBooking:
    """`online_booking(starts_in=4 h, minutes=60, station=None, by=driver, now=NOW, **terms)`: a slot HELD, to be paid.

    At the usual tariff an hour costs 5.50 EUR, and 6.60 EUR are authorised.
    """

    def make(
        *,
        starts_in: timedelta = timedelta(hours=4),
        minutes: int = 60,
        station: Station | None = None,
        by: User | None = None,
        now: datetime = NOW,
        **terms: Any,
    ) -> Booking:
        begin = now + starts_in
        where = station or online_station(**terms)
        return hold_slot(
            by or driver, station=where, start=begin, end=begin + timedelta(minutes=minutes), now=now
        )

    return make


@pytest.fixture
def new_world(
    own_sandbox: Running, online_station: Callable[..., Station], driver: User
) -> Iterator[Callable[..., World]]:
    """`new_world(security="AUTHORISATION", **terms)`: a driver before a station; a clock and a sandbox of the test's.

    An hour of one of its two charge points costs 5.50 EUR.
    """
    with time_machine.travel(NOW, tick=True) as traveller:
        yield lambda **terms: World(own_sandbox, traveller, online_station(**terms), driver, NOW, None)


def _answering(request: pytest.FixtureRequest) -> Running:
    """The sandbox of this test: its own where it has one."""
    name = "own_sandbox" if "own_sandbox" in request.fixturenames else "sandbox"
    running: Running = request.getfixturevalue(name)
    return running
