"""The types of the fixtures `api` and `pages`."""

from typing import Protocol

from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User


class Api(Protocol):
    """An app, signed in as that user by a session token."""

    def __call__(self, user: User | None = None) -> APIClient: ...


class Pages(Protocol):
    """A browser, signed in as that user by its cookie."""

    def __call__(self, user: User | None = None) -> Client: ...


def token_of(client: APIClient) -> str:
    """The session token that an app of the fixture `api` sends."""
    return str(vars(client)["_credentials"]["HTTP_X_SESSION_TOKEN"])
