"""The driver in front of the pages of payments."""

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def page(client: Client, driver: User) -> Client:
    client.force_login(driver)
    return client
