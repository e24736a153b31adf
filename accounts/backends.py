"""How people are recognised: allauth's backend, minus the demo's sign-ins where it is no demo."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.http import HttpRequest

from accounts.demo import DEMO_PEOPLE
from accounts.models import User


class EvbookingBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """E-mail and password. A demo database that is put into production lets nobody in by the public password."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        return None if user and user.email in DEMO_PEOPLE and not settings.EVB_DEMO else user
