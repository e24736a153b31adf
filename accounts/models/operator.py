"""Operators (CPO): the tenants that own stations, and the people who belong to them."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string

INVITATION_LIFETIME = timedelta(days=14)


class Operator(models.Model):
    """A company that owns stations. ACTIVE on creation; SUSPENDED by an administrator: nothing bookable."""

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "active"
        SUSPENDED = "SUSPENDED", "suspended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    website = models.URLField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    suspension_reason = models.TextField(blank=True, max_length=500)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="operators")
    created_at = models.DateTimeField(auto_now_add=True)
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in one operator: owners manage people and money, managers stations, staff the day."""

    class Role(models.TextChoices):
        OWNER = "owner", "owner"
        MANAGER = "manager", "manager"
        STAFF = "staff", "staff"

        @classmethod
        def at_least(cls, minimum: str) -> list[str]:
            """The roles that may do what `minimum` may: STAFF < MANAGER < OWNER."""
            ranked = [role.value for role in cls]
            return ranked[: ranked.index(minimum) + 1]

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "user"], name="membership_once_per_operator")
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.operator}"


def invitation_token() -> str:
    """32 letters and digits: about 190 bits, sent only to the invited address."""
    return get_random_string(32)


def invitation_end() -> datetime:
    return timezone.now() + INVITATION_LIFETIME


class Invitation(models.Model):
    """An invitation by e-mail to join an operator; accepting it makes the Membership."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Membership.Role)
    token = models.CharField(max_length=32, unique=True, default=invitation_token, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=invitation_end)
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "email"],
                condition=Q(accepted_at=None),
                name="invitation_one_open_per_email",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.operator}"
