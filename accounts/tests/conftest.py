"""Browsers for the cast."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tests.clients import Pages


@pytest.fixture
def pages() -> Pages:
    """`pages(user)` is a browser signed in as that user."""

    def client(user: User | None = None) -> Client:
        made = Client()
        if user is not None:
            made.force_login(user, "accounts.backends.EvbookingBackend")
        return made

    return client


PRODUCTION = """
import json
from evbooking import settings
names = ["ACCOUNT_RATE_LIMITS", "ACCOUNT_EMAIL_VERIFICATION", "EVB_RATE_LIMITS", "MFA_ALLOW_UNVERIFIED_EMAIL"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


@pytest.fixture(scope="session")
def production_values() -> dict[str, Any]:
    """The settings of people's accounts as an installation without EVB_DEMO has them."""
    environment = {**os.environ, "EVB_DEMO": "0", "SECRET_KEY": "a key of this test alone"}
    answer = subprocess.run(
        [sys.executable, "-c", PRODUCTION], env=environment, capture_output=True, check=True
    )
    values: dict[str, Any] = json.loads(answer.stdout)
    return values


@pytest.fixture
def _production(settings: Settings, production_values: dict[str, Any]) -> None:
    """Sign-up and sign-in as in production."""
    settings.EVB_DEMO = False
    for name, value in production_values.items():
        setattr(settings, name, value)
