"""Is it still the same person? A sign-in of a moment ago, or the password again."""

from datetime import UTC, datetime, timedelta

from allauth.account import app_settings
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import User
from evbooking.core.errors import Invalid
from evbooking.core.rate_limits import check_rates


def signed_in_recently(session: SessionBase, now: datetime) -> bool:
    """True within ACCOUNT_REAUTHENTICATION_TIMEOUT of the session's last sign-in, as allauth records it."""
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    latest = max((record["at"] for record in records), default=0)
    limit = timedelta(seconds=app_settings.REAUTHENTICATION_TIMEOUT)
    return now - datetime.fromtimestamp(latest, UTC) < limit


def demand_freshness(user: User, session: SessionBase, *, password: str | None, now: datetime) -> None:
    """Raise Invalid at `password` (`required`, `invalid`) unless it is right or the sign-in is fresh.

    Guessing is limited by the rate `password`: RateLimited.
    """
    if password is None:
        if not signed_in_recently(session, now):
            raise Invalid.one("password", "required", "Send your password, or sign in again first.")
        return
    check_rates({"password": user.pk})
    if not user.check_password(password):
        raise Invalid.one("password", "invalid", "That is not your password.")
