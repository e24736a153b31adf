"""The core's tests serve the views of tests/urls.py."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _core_settings(settings: Any) -> None:
    """Its own views, and events about nothing: the core's tests publish what no app would."""
    settings.ROOT_URLCONF = "evbooking.core.tests.urls"
    settings.EVB_CHECK_EVENTS = False
