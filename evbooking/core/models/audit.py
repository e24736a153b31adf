"""The audit: append-only entries, and the chain of seals that shows whether one was touched.

Triggers of migration 0002 refuse UPDATE, DELETE and TRUNCATE of entries and seals, and note each new entry
in AuditUnsealed, so that an entry that commits late, under a lower id, is sealed all the same.
"""

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """Who did what to which object, from where, with the values before and after.

    The actor is no enforced foreign key: the entry outlives the account and is never rewritten.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    address = models.GenericIPAddressField(null=True, blank=True)
    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=64)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_target")]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.action} of {self.target_type} {self.target_id}"


class AuditSeal(models.Model):
    """Seal number `position` (1, 2, 3 …): `digest` = SHA-256 of the previous digest and the entry's canonical JSON."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal {self.position} of entry {self.entry_id}"


class AuditUnsealed(models.Model):
    """An entry that has no seal yet; written by a trigger, removed by the sealer."""

    entry_id = models.BigIntegerField(primary_key=True)

    class Meta:
        verbose_name_plural = "unsealed audit entries"

    def __str__(self) -> str:
        return f"entry {self.entry_id}"
