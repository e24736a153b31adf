"""History of a station's approval: who decided what, when and why."""

from django.conf import settings
from django.db import models

from stations.models.station import Station


class ApprovalStep(models.Model):
    """One transition of Station.approval."""

    station = models.ForeignKey(Station, on_delete=models.CASCADE, related_name="approval_steps")
    at = models.DateTimeField()
    from_state = models.CharField(max_length=10, choices=Station.Approval)
    to_state = models.CharField(max_length=10, choices=Station.Approval)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.TextField(blank=True, max_length=1000)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.from_state} > {self.to_state}"
