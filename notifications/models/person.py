"""How a person wishes to be told: by which channels, when not, on which devices."""

import uuid
from datetime import time

from django.conf import settings
from django.db import models

from notifications.kinds import KINDS
from notifications.models.message import Channel

QUIET_FROM, QUIET_UNTIL = time(22), time(7)


class Wishes(models.Model):
    """One row per person who changed something; without it the defaults hold. Times are the person's own zone's."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    quiet_from = models.TimeField(null=True, blank=True, default=QUIET_FROM)
    quiet_until = models.TimeField(null=True, blank=True, default=QUIET_UNTIL)
    digest = models.BooleanField(default=False, help_text="one mail a day for what can wait")
    last_updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"wishes of {self.user_id}"


class Preference(models.Model):
    """One kind by one channel, switched on or off; without a row the kind's default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30, choices=[(kind.name, kind.label) for kind in KINDS.values()])
    channel = models.CharField(max_length=5, choices=Channel)
    enabled = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_once_per_channel")
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {'on' if self.enabled else 'off'}"


class Device(models.Model):
    """A browser that takes web push (RFC 8030): its push service's address and the keys to encrypt for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices")
    endpoint = models.URLField(max_length=500, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    name = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name or self.endpoint


class KnownBrowser(models.Model):
    """A browser, by its user agent, from which a person has signed in before."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    seen_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "fingerprint"], name="browser_once_per_user")]

    def __str__(self) -> str:
        return self.fingerprint[:8]
