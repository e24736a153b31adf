"""Versions of what was learned, and the bytes they stand for."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value


class Artefact(models.Model):
    """A file of learned figures (.npz), kept for good under the sha256 of its bytes; the database checks it."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    sha256=Func(
                        Func(F("content"), function="sha256", output_field=models.BinaryField()),
                        Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
                name="artefact_is_its_sha256",
            )
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class PolicyVersion(models.Model):
    """One learned ranker or forecast: which bytes, how it did when it was judged, and whether it answers.

    `metrics` holds the judgement on validation days ({"gain_eur": {mean, ci95}, ...}) with its plots' figures.
    At most one version of a kind is ACTIVE; the web loads an artefact only if it has that version's sha256.
    """

    class Kind(models.TextChoices):
        RANKER = "ranker", "ranker"
        FORECAST = "forecast", "forecast"

    class State(models.TextChoices):
        CANDIDATE = "CANDIDATE", "candidate"
        ACTIVE = "ACTIVE", "active"
        RETIRED = "RETIRED", "retired"
        REJECTED = "REJECTED", "rejected"

    class Origin(models.TextChoices):
        SHIPPED = "SHIPPED", "shipped with the software"
        TRAINED = "TRAINED", "trained here"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=40)
    version = models.CharField(max_length=40)
    artefact = models.ForeignKey(
        Artefact, on_delete=models.PROTECT, related_name="versions", db_column="sha256"
    )
    origin = models.CharField(max_length=7, choices=Origin)
    metrics = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.CANDIDATE)
    reason = models.CharField(max_length=300, blank=True, help_text="why it is in this state, in words")
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state="ACTIVE"), name="policy_version_one_active"
            ),
            models.UniqueConstraint(fields=["kind", "artefact"], name="policy_version_once"),
            models.CheckConstraint(
                condition=~Q(state="ACTIVE") | Q(activated_at__isnull=False),
                name="policy_version_active_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def sha256(self) -> str:
        return str(self.artefact_id)
