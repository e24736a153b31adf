"""The core's tests serve the views of tests/urls.py."""

import pytest


@pytest.fixture(autouse=True)
def _core_urls(settings: object) -> None:
    settings.ROOT_URLCONF = "evbooking.core.tests.urls"  # type: ignore[attr-defined]
