"""The driver's identity at a charger (OCPI 2.3.0, mod_tokens)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


def _new_uid() -> str:
    return uuid.uuid4().hex


class Token(models.Model):
    """What a charger knows a driver by; every driver has one of the app's own, `APP_USER`."""

    class Type(models.TextChoices):
        AD_HOC_USER = "AD_HOC_USER", "one-time"
        APP_USER = "APP_USER", "app"
        EMAID = "EMAID", "contract in the car"
        OTHER = "OTHER", "other"
        RFID = "RFID", "card"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    uid = models.CharField(max_length=36, unique=True, default=_new_uid)
    type = models.CharField(max_length=11, choices=Type, default=Type.APP_USER)
    driver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["driver"], condition=Q(type="APP_USER"), name="token_one_of_the_app_per_driver"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.uid}"
