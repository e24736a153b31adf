"""How candidate versions are tried: one row."""

from django.db import models
from django.db.models import Q


class Experiment(models.Model):
    """What share of drivers a candidate version answers, and how much chance there is in what is put first.

    `candidate_share`: of the drivers, by hash; 0: the candidate is only scored alongside (shadow mode).
    `exploration`: probability that the first place is drawn among candidates that cost at most `near_equal_eur`
    more than the best; 0: never, which is the default. `automatic`: a version whose validation shows a gain answers
    at once; otherwise it is a candidate until an administrator promotes it.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    candidate_share = models.FloatField(default=0.0)
    exploration = models.FloatField(default=0.0)
    near_equal_eur = models.FloatField(default=0.25)
    automatic = models.BooleanField(default=True, db_default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="experiment_one_row"),
            models.CheckConstraint(
                condition=Q(candidate_share__range=(0, 0.5), exploration__range=(0, 0.2))
                & Q(near_equal_eur__range=(0, 1)),
                name="experiment_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_share:.0%} for the candidate, {self.exploration:.0%} by chance"
