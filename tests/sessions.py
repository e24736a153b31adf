"""Sessions of signed-in people, without the sign-in."""

import time

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.internal.userkit import user_id_to_str
from allauth.headless.internal.sessionkit import new_session
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User


def session_key(user: User) -> str:
    """The key of a new session of `user`, of whose sign-in nothing is known: sensitive acts ask for it again."""
    session = _session(user)
    session.save()
    return str(session.session_key)


def signed_in_session(user: User) -> str:
    """The key of a new session in which `user` has just signed in by password."""
    session = _session(user)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time(), "email": user.email, "reauthenticated": True}
    ]
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = user_id_to_str(user)
    session.save()
    return str(session.session_key)


def _session(user: User) -> SessionBase:
    session: SessionBase = new_session()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    return session
