"""Places in line of those who may see them."""

from typing import TypeAlias, TypedDict
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django_stubs_ext import WithAnnotations

from accounts.models import User
from bookings.models import Booking, WaitlistEntry
from bookings.waiting import OPEN
from evbooking.core.ocpi import ReservationStatus

_BEFORE = (
    WaitlistEntry.objects.filter(
        station=OuterRef("station"), status__in=OPEN, joined_at__lt=OuterRef("joined_at")
    )
    .order_by()
    .values("station")
    .annotate(number=Count("pk"))
    .values("number")
)
_STANDING = Prefetch(
    "offers",
    Booking.objects.filter(status=ReservationStatus.HELD).select_related("station", "evse", "tariff_version"),
    to_attr="standing_offers",
)


class _InLine(TypedDict):
    ahead: int
    standing_offers: list[Booking]


EntryInLine: TypeAlias = "WithAnnotations[WaitlistEntry, _InLine]"


def entries_of(driver: User) -> QuerySet[EntryInLine]:
    """A driver's places in line with `ahead`, how many stand before them, and `standing_offers`, none or one."""
    ahead = Coalesce(Subquery(_BEFORE, output_field=IntegerField()), 0)
    mine = WaitlistEntry.objects.filter(driver=driver).select_related("station", "vehicle")
    return mine.annotate(ahead=ahead).prefetch_related(_STANDING)


def open_entries_of(driver: User) -> QuerySet[EntryInLine]:
    """Those that are not over: what is on offer first, then by place in line."""
    return (
        entries_of(driver)
        .filter(status__in=OPEN)
        .order_by(F("offer_expires_at").asc(nulls_last=True), "joined_at")
    )


def offer_by_id(booking_id: UUID) -> Booking | None:
    """A slot that somebody was offered, whatever has become of it."""
    related = ("station", "evse", "vehicle", "tariff_version", "driver", "origin__station")
    return Booking.objects.select_related(*related).filter(pk=booking_id, origin__isnull=False).first()
