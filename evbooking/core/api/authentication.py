"""Who calls: allauth's session token from a header, else our own pages' session cookie with CSRF."""

from allauth.core.internal.sessionkit import get_session_user
from allauth.headless.internal.sessionkit import lookup_session
from django.contrib.auth.base_user import AbstractBaseUser
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

MAX_TOKEN_LENGTH = 40  # the width of a session key


class SessionTokenAuthentication(SessionAuthentication):
    """`X-Session-Token: <token>` or `Authorization: Bearer <token>`; without either, Django's session.

    A token that is unknown or expired is refused with 401, also where anonymous callers are welcome. The
    session comes from the cache, so that signing in costs one query, for the user.
    """

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, object] | None:
        token = _token(request)
        if token is None:
            return super().authenticate(request)
        session = lookup_session(token) if 0 < len(token) <= MAX_TOKEN_LENGTH and token.isalnum() else None
        user = get_session_user(session) if session else None
        if user is None:
            raise AuthenticationFailed("The session token is unknown or has expired. Sign in again.")
        return user, session

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="evbooking"'


def _token(request: Request) -> str | None:
    token: str | None = request.META.get("HTTP_X_SESSION_TOKEN")
    if token is not None:
        return token.strip()
    scheme, _, credentials = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else None
