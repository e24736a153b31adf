"""Session tokens of generated drivers: `python -m benchmarks.tokens N` prints them as JSON, by driver id."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evbooking.settings")
django.setup()

from allauth.headless.internal.sessionkit import new_session  # noqa: E402
from django.conf import settings  # noqa: E402

from accounts.models import User  # noqa: E402


def sign_in(user: User) -> str:
    """A session as allauth's headless sign-in makes it."""
    session = new_session()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    drivers = User.objects.filter(email__endswith="@demo.example").order_by("email")[: int(sys.argv[1])]
    sys.stdout.write(json.dumps({str(user.pk): sign_in(user) for user in drivers}))
