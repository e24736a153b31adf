"""The log of ranked answers, complete enough to judge another ranker by it."""

import uuid

from django.db import models
from django.db.models import Q

from bookings.models import Booking, RecommendationShown
from scheduler_rl.models.version import PolicyVersion


class RankedDecision(models.Model):
    """One ranked answer: what was put first, with which probability, and what came of it. Costs in EUR.

    Nothing here says who asked or where: `features` is a summary (hour, weekday, kWh, window, preference, number of
    candidates), `bucket` one of 1,000 that drivers are hashed into, and the link to what was shown goes when the
    driver goes. `candidates`: those ranked, in shown order: {station, start, end, dc, cost, score, propensity, ...},
    where `propensity` is the probability of being put first. `alongside`: what a candidate version in shadow mode
    would have answered: {version id: {scores, first}}, never shown to anyone.
    """

    class Arm(models.TextChoices):
        ACTIVE = "ACTIVE", "active version"
        CANDIDATE = "CANDIDATE", "candidate version"
        FALLBACK = "FALLBACK", "weighted greedy"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(db_index=True)
    arm = models.CharField(max_length=9, choices=Arm)
    bucket = models.PositiveSmallIntegerField(null=True, blank=True, help_text="None: somebody unknown")
    version = models.ForeignKey(
        PolicyVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    ranker = models.CharField(max_length=160, help_text="name and version of what answered")
    shown = models.OneToOneField(
        RecommendationShown, on_delete=models.SET_NULL, null=True, blank=True, related_name="decision"
    )
    features = models.JSONField()
    candidates = models.JSONField()
    alongside = models.JSONField(default=dict, blank=True)
    chosen = models.PositiveSmallIntegerField(
        default=0, help_text="position in candidates of what was put first"
    )
    propensity = models.FloatField(help_text="probability with which it was put first")
    expected_cost = models.DecimalField(max_digits=8, decimal_places=2)
    taken = models.ForeignKey(Booking, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    taken_position = models.PositiveSmallIntegerField(null=True, blank=True)
    realised_cost = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="when it was known what came of it: nothing, or a finished booking"
    )

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(propensity__gt=0, propensity__lte=1), name="ranked_decision_propensity"
            )
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(settled_at=None), name="ranked_decision_unsettled"),
        ]

    def __str__(self) -> str:
        return f"{self.ranker} at {self.at:%Y-%m-%d %H:%M}"
