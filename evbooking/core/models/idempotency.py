"""Answers kept under the keys clients chose."""

from django.db import models


class IdempotencyKey(models.Model):
    """One key of one user, method and path: claimed while the request runs (`status` null), then its answer.

    The id is a digest of user, method, path and key, so that the claim needs a single index; the key itself is not
    kept, and without it the `body` cannot be read.
    """

    id = models.UUIDField(primary_key=True)
    user_id = models.UUIDField()
    fingerprint = models.BinaryField(max_length=32, help_text="SHA-256 of query string and body")
    claimed_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(null=True, help_text="Content-Type, Location and ETag of the answer")
    body = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["claimed_at"], name="idempotency_claimed_at")]

    def __str__(self) -> str:
        return f"{self.id}: {self.status or 'in flight'}"
