"""A driver's money: what was authorised, taken and given back, the latest first."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypedDict
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, DecimalField, ExpressionWrapper, F, Q, QuerySet, Value

from accounts.models import User
from payments.models import Document, Payment, Refund


class What(StrEnum):
    AUTHORISED = "authorised"
    PAID = "paid"
    REFUNDED = "refunded"


class Movement(TypedDict):
    """One row of the history: `moved` is signed, money given back is negative, in `unit`; `zone` is the site's."""

    at: datetime
    what: str
    moved: Decimal
    unit: str
    by_card: str
    state: str
    reference: str
    station: str
    zone: str


_AMOUNT: Final = DecimalField(max_digits=12, decimal_places=3)


def movements_of(
    driver: User, *, what: What | None = None, first: date | None = None, last: date | None = None
) -> QuerySet[Payment, Any]:
    """The driver's movements as Movement rows; `first` and `last` are days in the driver's own zone, both included."""
    parts = [rows for kind, rows in _parts(driver).items() if what in {None, kind}]
    zone = ZoneInfo(driver.time_zone or "UTC")
    during = Q()
    if first:
        during &= Q(at__gte=_midnight(first, zone))
    if last:
        during &= Q(at__lt=_midnight(last + timedelta(days=1), zone))
    chosen = [rows.filter(during) for rows in parts]
    return chosen[0].union(*chosen[1:], all=True).order_by("-at", "reference", "what")


def papers_of(driver: User, references: set[str]) -> dict[str, list[Document]]:
    """The driver's documents of these bookings, by reference, the newest first."""
    found: dict[str, list[Document]] = {}
    for paper in Document.objects.filter(driver=driver, booking_reference__in=references):
        found.setdefault(paper.booking_reference, []).append(paper)
    return found


def _parts(driver: User) -> dict[What, QuerySet[Any]]:
    payments = Payment.objects.order_by().filter(driver=driver)
    refunds = Refund.objects.order_by().filter(payment__driver=driver).exclude(status=Refund.Status.CANCELED)
    return {
        What.AUTHORISED: _rows(
            payments.filter(status=Payment.Status.AUTHORISED),
            What.AUTHORISED,
            "created_at",
            F("authorised_amount"),
        ),
        What.PAID: _rows(
            payments.filter(captured_amount__gt=0), What.PAID, "captured_at", F("captured_amount")
        ),
        What.REFUNDED: _rows(refunds, What.REFUNDED, "created_at", -F("amount"), "payment__"),
    }


def _rows(rows: QuerySet[Any], what: What, at: str, moved: Any, through: str = "") -> QuerySet[Any]:
    booking = f"{through}account__booking"
    return rows.values(
        at=ExpressionWrapper(F(at), DateTimeField()),
        what=Value(what.value),
        moved=ExpressionWrapper(moved, _AMOUNT),
        unit=F("currency"),
        by_card=F(f"{through}card"),
        state=F("status"),
        reference=F(f"{booking}__reference"),
        station=F(f"{booking}__station__name"),
        zone=F(f"{booking}__station__time_zone"),
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)
