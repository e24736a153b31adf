"""Payments of those who may see them, with what their documents need."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import DateField, F, Func, Prefetch, QuerySet
from django.db.models.functions import Cast

from accounts.models import Membership, User
from payments.models import Dispute, Payment, Refund

_DAY_AT_SITE = Cast(
    Func(F("account__booking__station__time_zone"), F("created_at"), function="timezone"), DateField()
)


def payments_of(driver: User) -> QuerySet[Payment]:
    """A driver's payments with their refunds, oldest first in each."""
    refunds = Prefetch("refunds", Refund.objects.order_by("created_at", "pk"))
    known = Payment.objects.filter(driver=driver).select_related("account__booking__station")
    return known.prefetch_related(refunds)


def filtered_payments(
    payments: QuerySet[Payment],
    *,
    status: str | None = None,
    booking: str | None = None,
    begun_from: datetime | date | None = None,
    begun_before: datetime | date | None = None,
    updated_since: datetime | None = None,
) -> QuerySet[Payment]:
    """Those begun within [begun_from, begun_before); a day is one of the station's calendar."""
    if status:
        payments = payments.filter(status=status)
    if booking:
        payments = payments.filter(account__booking__reference=booking)
    if updated_since is not None:
        changed = Refund.objects.filter(last_updated__gte=updated_since).values("payment")
        payments = payments.filter(last_updated__gte=updated_since) | payments.filter(pk__in=changed)
    for edge, comparison in ((begun_from, "gte"), (begun_before, "lt")):
        if isinstance(edge, datetime):
            payments = payments.filter(**{f"created_at__{comparison}": edge})
        elif edge is not None:
            payments = payments.alias(day_at_site=_DAY_AT_SITE).filter(**{f"day_at_site__{comparison}": edge})
    return payments


def disputes_of_operators(operators: Iterable[UUID] | QuerySet[Membership, UUID]) -> QuerySet[Dispute]:
    """The disputes over money of these operators (ids, or a subquery of them), the newest first."""
    return all_disputes().filter(payment__account__operator__in=operators)


def all_disputes() -> QuerySet[Dispute]:
    """Every dispute with its booking and driver, the newest first."""
    shown = ("payment__account__operator", "payment__account__booking__station", "payment__driver")
    return Dispute.objects.select_related(*shown).order_by("-created_at", "pk")
