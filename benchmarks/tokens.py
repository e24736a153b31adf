"""Session tokens of generated drivers: `python -m benchmarks.tokens N` prints them as JSON, by driver id."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evbooking.settings")
django.setup()

from accounts.models import User  # noqa: E402
from tests.sessions import session_key  # noqa: E402

if __name__ == "__main__":
    drivers = User.objects.filter(email__endswith="@demo.example").order_by("email")[: int(sys.argv[1])]
    sys.stdout.write(json.dumps({str(user.pk): session_key(user) for user in drivers}))
