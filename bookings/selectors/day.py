"""A day at a station as its staff runs it, and the questions that wait for an answer.

Every lookup asks for the person's part in the operator in the same query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import Operator, User
from bookings.models import Booking
from bookings.selectors.bookings import bookings_for_staff
from evbooking.core.ocpi import ReservationStatus as S
from stations.grid import local_midnight
from stations.models import EVSE, Closure, Station

AT_MOST: Final = 50
_KEEPING_A_PROMISE: Final = (S.PENDING, S.RESERVED, S.FULFILLED)


@dataclass(frozen=True, slots=True)
class SiteDay:
    """A date of the site's calendar and its [start, end): 23, 24 or 25 hours, or half an hour off that."""

    zone: ZoneInfo
    on: date
    start: datetime
    end: datetime

    @classmethod
    def of(cls, zone: ZoneInfo, day: date) -> SiteDay:
        return cls(zone, day, local_midnight(zone, day), local_midnight(zone, day + timedelta(days=1)))


def bookings_on(person: User, station: Station, day: SiteDay) -> QuerySet[Booking]:
    """The station's bookings that touch the day, in every state, by start."""
    touching = _with_cars(person).filter(station=station, start__lt=day.end, end__gt=day.start)
    return touching.order_by("start", "reference")


def waiting_for_answer(person: User, operator: Operator, now: datetime) -> QuerySet[Booking]:
    """Bookings at the operator's stations that can still be answered, the most urgent first."""
    open_questions = _with_cars(person).filter(status=S.PENDING, answer_by__gt=now)
    return open_questions.filter(station__operator=operator).order_by("answer_by", "start")[:AT_MOST]


def affected_bookings(person: User, evse_ids: Iterable[UUID], now: datetime) -> QuerySet[Booking]:
    """Promises that these EVSEs, being out of service, may not keep: not over yet, the next first."""
    promised = _with_cars(person).filter(evse__in=list(evse_ids), status__in=_KEEPING_A_PROMISE, end__gt=now)
    return promised.order_by("start", "reference")[:AT_MOST]


def standing_evses(station: Station) -> QuerySet[EVSE]:
    """The station's EVSEs that are not removed, by what is written on them."""
    return EVSE.objects.present().filter(station=station)


def closures_on(station: Station, day: SiteDay) -> QuerySet[Closure]:
    """Closures of the station or of one of its EVSEs that touch the day."""
    return Closure.objects.filter(station=station, canceled_at=None, start__lt=day.end, end__gt=day.start)


def booking_for_staff(person: User, reference: str) -> Booking | None:
    """One booking at a station of the person's operators, with all its page needs."""
    return _with_cars(person).filter(reference=reference).first()


def search_bookings(
    person: User, operator: Operator, *, station: Station | None = None, reference: str = ""
) -> QuerySet[Booking]:
    """The operator's bookings, the latest start first; `reference` is its beginning."""
    found = _with_cars(person).filter(station__operator=operator)
    if station is not None:
        found = found.filter(station=station)
    if reference:
        found = found.filter(reference__startswith=reference)
    return found.order_by("-start", "reference")


def _with_cars(person: User) -> QuerySet[Booking]:
    return bookings_for_staff(person).select_related("vehicle")
