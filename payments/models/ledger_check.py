"""What the nightly check of the books found."""

from django.db import models


class LedgerCheck(models.Model):
    """One run of the check: how many differences, and the first of them as `{kind, subject, detail}`."""

    checked_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    differences = models.JSONField(default=list)

    class Meta:
        ordering = ["-checked_at"]
        indexes = [models.Index(fields=["-checked_at"], name="ledger_check_newest")]

    def __str__(self) -> str:
        return f"{self.count} differences at {self.checked_at}"
