"""Announcements, and whom one reaches: in the order of ids, so that a batch begins where the last one ended."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Membership, Operator, User
from bookings.models import Booking
from evbooking.core.ocpi import ReservationStatus
from notifications.models import Announcement

_TO_COME = (ReservationStatus.PENDING, ReservationStatus.RESERVED, ReservationStatus.FULFILLED)
Audience = Announcement.Audience


def announcements_by(operator: Operator | None) -> QuerySet[Announcement]:
    """Those of an operator, or with None of the administrators, the newest first."""
    found = Announcement.objects.filter(operator=operator).select_related("author", "operator")
    return found.order_by("-at", "id")


def recipients(
    audience: str, *, operator: Operator | None, station_ids: Iterable[UUID], now: datetime
) -> QuerySet[User]:
    """Everybody it is for, by id; `station_ids` narrow an operator's own, none of them means all."""
    people = User.objects.filter(is_active=True).order_by("pk")
    if audience == Audience.OPERATORS:
        return people.filter(Exists(Membership.objects.filter(user=OuterRef("pk"))))
    if audience == Audience.USERS:
        return people
    booked = Booking.objects.filter(
        driver=OuterRef("pk"),
        station__operator=operator,
        reference__isnull=False,
        status__in=_TO_COME,
        end__gt=now,
    )
    chosen = list(station_ids)
    return people.filter(Exists(booked.filter(station__in=chosen) if chosen else booked))
