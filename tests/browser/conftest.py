"""The whole product in front of a real browser: web and live process, PostgreSQL and Redis, and a clock that ticks."""

import re
from collections.abc import Generator, Iterator

import pytest
import time_machine
from django.conf import settings as django_settings
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.browser.live_process import running
from tests.browser.visitors import PATIENCE_MS, Visitors, gathered
from tests.chromium import launched
from tests.world import NOW

ARTIFACTS = django_settings.BASE_DIR / "var/test-artifacts"
expect.set_options(timeout=PATIENCE_MS)
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def live_address(django_db_setup: None) -> Iterator[str]:
    with running() as address:
        yield address


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Tuesday 1 December 2026, 08:50 in Hamburg."""
    with time_machine.travel(NOW, tick=True) as clock:
        yield clock


@pytest.fixture
def visitors(
    request: pytest.FixtureRequest,
    clock: time_machine.Traveller,
    live_server: LiveServer,
    live_address: str,
    settings: Settings,
    chromium: Browser,
) -> Iterator[Visitors]:
    """Opens windows onto the running site; a blocked style, a script's error or a lost request fails the test."""
    settings.PUBLIC_URL, settings.LIVE_URL = live_server.url, live_address
    settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"][1:] = [live_address]
    with gathered(chromium, live_server.url) as visitors:
        yield visitors
        if request.node.stash.get(FAILED, False):
            visitors.keep(ARTIFACTS / re.sub(r"\W+", "-", request.node.name))
    assert visitors.complaints == []
