"""The request of an operation that only signed-in people reach."""

from django.contrib.sessions.backends.base import SessionBase
from rest_framework.request import Request

from accounts.models import User


class SignedInRequest(Request):
    """For annotations behind IsAuthenticated: `user` is a person."""

    user: User


def session_of(request: Request) -> SessionBase:
    """The session that signed the caller in: the token's, else the cookie's."""
    return request.auth if isinstance(request.auth, SessionBase) else request._request.session
