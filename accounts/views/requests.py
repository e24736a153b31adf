"""The request of a view that only signed-in people reach."""

from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """For annotations behind `login_required`: `user` is a person."""

    user: User
