"""Charge detail record (OCPI 2.3.0, mod_cdrs): a bill of a session, a no-show or a late cancellation, never changed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from charging.models.session import Session
from stations.models import Station, TariffVersion

ESTIMATED = "estimated, no meter"
RESULT = ("lines", "vat", "total_before_taxes", "total_taxes", "total_after_taxes", "tax_included")


class CDR(models.Model):
    """An immutable bill with everything it was computed from, so that anyone can compute it again.

    A trigger refuses UPDATE and DELETE. A wrong one is taken back by a credit CDR (`credit_of`) that holds the
    same with the opposite sign; the right one is then the next `revision`. `lines` and `vat` are those of
    charging.bill.Bill (RESULT), everything else that decides them is an input: `tariff` is the OCPI document it was
    priced by, `fee` that of the booking terms for not coming or for canceling late, `adjustments` are {"amount",
    "reason"} in the order they were made. Amounts are in `currency`.
    """

    class Kind(models.TextChoices):
        SESSION = "SESSION", "session"
        NO_SHOW = "NO_SHOW", "no-show"
        CANCELLATION = "CANCELLATION", "late cancellation"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, null=True, blank=True, related_name="cdrs", db_index=False
    )
    booking_reference = models.CharField(max_length=8, null=True, blank=True)
    revision = models.PositiveSmallIntegerField(default=1)
    credit_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="credited_by"
    )
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cdrs", db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="cdrs", db_index=False)
    evse_uid = models.CharField(max_length=36)
    time_zone = models.CharField(max_length=64, help_text="of the site, by which the tariff was read")
    start = models.DateTimeField()
    end = models.DateTimeField()
    reserved_from = models.DateTimeField(null=True, blank=True)
    reserved_until = models.DateTimeField(null=True, blank=True)
    kwh = models.DecimalField(max_digits=10, decimal_places=3)
    charging_periods = models.JSONField()
    tariff_version = models.ForeignKey(
        TariffVersion, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tariff = models.JSONField(help_text="OCPI Tariff object with our additions")
    fee = models.DecimalField(max_digits=14, decimal_places=4, default=0, help_text="of the booking terms")
    adjustments = models.JSONField(default=list)
    currency = models.CharField(max_length=3)
    tax_included = models.CharField(max_length=3)
    lines = models.JSONField()
    vat = models.JSONField(help_text="per rate: before taxes, taxes, after taxes")
    total_before_taxes = models.DecimalField(max_digits=14, decimal_places=4)
    total_taxes = models.DecimalField(max_digits=14, decimal_places=4)
    total_after_taxes = models.DecimalField(max_digits=14, decimal_places=4)
    remark = models.CharField(max_length=255, blank=True)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "revision"],
                condition=Q(credit_of__isnull=True, session__isnull=False),
                name="cdr_of_session_once",
            ),
            models.UniqueConstraint(
                fields=["booking_reference", "revision"],
                condition=Q(credit_of__isnull=True, booking_reference__isnull=False),
                name="cdr_of_booking_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="SESSION", session__isnull=False)
                | Q(kind__in=["NO_SHOW", "CANCELLATION"], session__isnull=True),
                name="cdr_of_a_session_has_one",
            ),
            models.CheckConstraint(
                condition=Q(total_after_taxes=models.F("total_before_taxes") + models.F("total_taxes")),
                name="cdr_totals_add_up",
            ),
        ]
        indexes = [
            models.Index(fields=["driver", "-issued_at"], name="cdr_of_driver"),
            models.Index(fields=["station", "-issued_at"], name="cdr_of_station"),
        ]

    def __str__(self) -> str:
        return f"CDR {self.id}"
