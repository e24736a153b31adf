"""What a calendar shows: whose feed an address is, and the bookings in it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias, TypedDict
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django_stubs_ext import WithAnnotations

from accounts.models import Membership, User
from bookings.models import Booking, BookingTransition, CalendarFeed
from evbooking.core.ocpi import ReservationStatus as S

_DAY: Final = timedelta(days=1)
DRIVER_PAST: Final = 90 * _DAY
STATION_PAST: Final = 7 * _DAY
AHEAD: Final = 370 * _DAY
MOST: Final = 1_000
_PROMISED: Final = (S.PENDING, S.RESERVED)
_KEPT: Final = (*_PROMISED, S.FULFILLED, S.COMPLETED, S.NO_SHOW, S.REJECTED)
_STEPS: Final = (
    BookingTransition.objects.filter(booking=OuterRef("pk"))
    .order_by()
    .values("booking")
    .annotate(number=Count("pk"))
    .values("number")
)


class _Sequenced(TypedDict):
    sequence: int


SequencedBooking: TypeAlias = "WithAnnotations[Booking, _Sequenced]"


def token_hash(token: str) -> str:
    """What is kept of a feed's token."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def feeds_of(user: User) -> QuerySet[CalendarFeed]:
    """The feeds of a person: the own bookings, and those of stations where they are staff."""
    own = Q(user=user) & _still_allowed()
    return CalendarFeed.objects.filter(own).select_related("station", "user")


def feed_of_token(token: str) -> CalendarFeed | None:
    """The feed of this address; None also for who may not sign in, or is no longer of the station's staff."""
    found = CalendarFeed.objects.filter(_still_allowed(), token_hash=token_hash(token), user__is_active=True)
    return found.select_related("user", "station").first()


def feed_bookings(feed: CalendarFeed, now: datetime) -> QuerySet[SequencedBooking]:
    """What the feed shows, the soonest first, at most MOST; each with its `sequence`.

    Holds are left out until they are a promise, canceled promises are not: their entry has to be struck out.
    """
    past = STATION_PAST if feed.station_id else DRIVER_PAST
    whose = {"station": feed.station_id} if feed.station_id else {"driver": feed.user_id}
    promised = BookingTransition.objects.filter(booking=OuterRef("pk"), to_status__in=_PROMISED)
    was_promise = Q(status__in=_KEPT) | Q(status__in=(S.CANCELED, S.FAILED, S.EXPIRED)) & Exists(promised)
    found = Booking.objects.filter(
        was_promise, reference__isnull=False, start__gte=now - past, start__lt=now + AHEAD, **whose
    )
    return with_sequence(found).select_related("station", "evse").order_by("start", "pk")[:MOST]


def feed_state(feed: CalendarFeed, now: datetime) -> tuple[Any, ...]:
    """Differs whenever the feed would; one query, without the entries."""
    shown = Booking.objects.filter(pk__in=feed_bookings(feed, now).values("pk"))
    state = shown.aggregate(Count("pk"), Max("last_updated"), Max("station__revision"), Max("start"))
    return (feed.token_hash, feed.user.locale, f"{now:%Y%m%d}", *state.values())


def calendar_booking(driver: User, reference: str) -> SequencedBooking | None:
    """The driver's booking of that reference, with its `sequence`; None for anybody else's."""
    mine = Booking.objects.filter(driver=driver, reference=reference)
    return with_sequence(mine).select_related("station", "evse").first()


def calendar_dates(driver: User, series_id: UUID) -> QuerySet[SequencedBooking]:
    """The dates of the driver's series, each with its `sequence`; none of anybody else's."""
    mine = Booking.objects.filter(driver=driver, series=series_id, reference__isnull=False)
    return with_sequence(mine).select_related("station", "evse").order_by("start", "pk")


def with_sequence(bookings: QuerySet[Booking]) -> QuerySet[SequencedBooking]:
    """Annotates `sequence`, the number of steps in the history: it grows with each change and never goes back."""
    return bookings.annotate(sequence=Coalesce(Subquery(_STEPS, output_field=IntegerField()), 0))


def _still_allowed() -> Q:
    staff = Membership.objects.filter(operator=OuterRef("station__operator"), user=OuterRef("user"))
    return Q(station=None) | Q(Exists(staff))
