"""What lets a person in, and its end: sessions, e-mail addresses, second factors."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from accounts.models import User


def end_access(user: User, *, for_ever: bool = False) -> None:
    """Sign the person out everywhere; `for_ever` also forgets addresses and second factors."""
    for session in UserSession.objects.filter(user=user):
        session.end()
    if for_ever:
        EmailAddress.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user).delete()
