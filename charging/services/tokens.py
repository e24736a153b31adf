"""The token by which our own app is known at chargers."""

from datetime import datetime

from accounts.models import User
from charging.models import Token


def app_token_of(driver: User, *, now: datetime) -> Token:
    """The driver's APP_USER token, made when it is first needed."""
    return Token.objects.get_or_create(driver=driver, type=Token.Type.APP_USER, defaults={"created_at": now})[
        0
    ]
