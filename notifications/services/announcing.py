"""Announcements: written once, told in batches by a pump, so that nothing else waits behind thousands of people.

Each batch is a transaction: it tells the next BATCH people after the last one reached and notes how far it got, so
that who dies in the middle leaves neither, and everybody is told once. Its messages are of the lowest priority.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Operator, User
from evbooking.core import audit, events
from evbooking.core.errors import FieldError, Invalid, RateLimited
from evbooking.core.locks import advisory_xact_lock
from evbooking.core.models import DomainEvent
from evbooking.core.pumps import wake_after_commit
from notifications.models import Announcement
from notifications.selectors.announcements import recipients
from notifications.services.telling import News, tell
from stations.models import Station

PUMP: Final = "announcements"
BATCH: Final = 200
LONGEST_BODY: Final = 2000
DAY: Final = timedelta(days=1)
PLATFORM: Final = "evbooking"
Audience, State = Announcement.Audience, Announcement.State


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be announced, and to whom; without `station_ids` an operator speaks of all its stations."""

    audience: str
    title: str
    body: str
    title_de: str = ""
    body_de: str = ""
    station_ids: Sequence[UUID] = ()
    is_essential: bool = False


def count_recipients(draft: Draft, *, operator: Operator | None, now: datetime) -> int:
    """How many people it would reach now. Raises Invalid."""
    _check(draft, operator)
    return recipients(draft.audience, operator=operator, station_ids=draft.station_ids, now=now).count()


def announce(draft: Draft, *, operator: Operator | None, actor: User, now: datetime) -> Announcement:
    """Write it; the pump tells it. Raises Invalid, and RateLimited where the operator has said enough today.

    Without an operator it is the administrators' own, who are not limited.
    """
    expected = count_recipients(draft, operator=operator, now=now)
    if not expected:
        raise Invalid.one("audience" if operator is None else "stations", "invalid", "It would reach nobody.")
    with transaction.atomic():
        if operator is not None:
            _refuse_too_many(operator, now)
        row = Announcement(
            operator=operator,
            author=actor,
            audience=draft.audience,
            station_ids=sorted(set(draft.station_ids)),
            is_essential=draft.is_essential,
            title=draft.title,
            body=draft.body,
            title_de=draft.title_de,
            body_de=draft.body_de,
            at=now,
            expected=expected,
        )
        row.event_id = _publish(row, actor, now).pk
        row.save(force_insert=True)
        after = {"title": row.title, "audience": row.audience, "expected": expected}
        audit.record("announcement.make", target=row, actor=actor, before=None, after=after)
        wake_after_commit(PUMP)
    return row


def tell_next() -> int:
    """Tell one batch of the oldest announcement under way; returns how many people that were, at least 1 for work."""
    with transaction.atomic():
        under_way = Announcement.objects.select_for_update(skip_locked=True, of=("self",))
        row = under_way.filter(state=State.SENDING).select_related("operator").order_by("at", "id").first()
        return max(1, _tell_batch(row, timezone.now())) if row else 0


def _tell_batch(row: Announcement, now: datetime) -> int:
    found = recipients(row.audience, operator=row.operator, station_ids=row.station_ids, now=row.at)
    if row.reached is not None:
        found = found.filter(pk__gt=row.reached)
    people = list(found[:BATCH])
    event = DomainEvent.objects.get(pk=row.event_id)
    for german in (False, True):
        group = [user for user in people if _reads_german(user, row) == german]
        tell(_news(row, event, german=german), group, now=now)
    if people:
        row.reached, row.told = people[-1].pk, row.told + len(people)
    if len(people) < BATCH:
        row.state, row.finished_at = State.SENT, now
    row.save(update_fields=["reached", "told", "state", "finished_at"])
    return len(people)


def _reads_german(user: User, row: Announcement) -> bool:
    return user.locale == "de" and bool(row.body_de)


def _news(row: Announcement, event: DomainEvent, *, german: bool) -> News:
    booked = row.audience == Audience.BOOKED
    facts: dict[str, Any] = {
        "sender": row.operator.name if row.operator else PLATFORM,
        "title": row.title_de if german else row.title,
        "announced": row.body_de if german else row.body,
        "booked": booked,
    }
    path = reverse("bookings:list" if booked else "notifications:inbox")
    kind = "service_announcement" if row.is_essential else "announcement"
    return News(event, kind, facts, path, bulk=True)


def _publish(row: Announcement, actor: User, now: datetime) -> DomainEvent:
    data = {"announcement_id": row.pk, "operator_id": row.operator_id, "audience": row.audience}
    return events.publish(
        "announcement.made", subject=f"announcement:{row.pk}", data=data, actor=actor, now=now
    )


def _check(draft: Draft, operator: Operator | None) -> None:
    errors = _text_errors(draft)
    if (operator is None) == (draft.audience == Audience.BOOKED):
        errors.append(FieldError("audience", "invalid", "Choose whom you can reach."))
    if draft.is_essential and operator is not None:
        errors.append(FieldError("is_essential", "invalid", "Only administrators can say what must be read."))
    if operator is not None and not _are_its_own(draft.station_ids, operator):
        errors.append(FieldError("stations", "unknown_station", "Choose stations of your own."))
    if errors:
        raise Invalid(errors)


def _text_errors(draft: Draft) -> list[FieldError]:
    errors = []
    if bool(draft.title_de.strip()) != bool(draft.body_de.strip()):
        missing = "body_de" if draft.title_de.strip() else "title_de"
        errors.append(FieldError(missing, "required", "German needs both a title and a text."))
    for name in ("title", "body"):
        if not getattr(draft, name).strip():
            errors.append(FieldError(name, "required", "Write something."))
    for name, longest in (
        ("title", 100),
        ("body", LONGEST_BODY),
        ("title_de", 100),
        ("body_de", LONGEST_BODY),
    ):
        if len(getattr(draft, name)) > longest:
            errors.append(FieldError(name, "too_long_text", f"Write at most {longest} characters."))
    return errors


def _are_its_own(station_ids: Sequence[UUID], operator: Operator) -> bool:
    chosen = set(station_ids)
    return Station.objects.filter(operator=operator, pk__in=chosen).count() == len(chosen)


def _refuse_too_many(operator: Operator, now: datetime) -> None:
    """Of several at once the second counts after the first has committed."""
    advisory_xact_lock(f"announcements:{operator.pk}")
    lately = Announcement.objects.filter(operator=operator, at__gt=now - DAY).order_by("-at")
    most = settings.EVB_ANNOUNCEMENTS_A_DAY
    oldest = list(lately.values_list("at", flat=True)[:most])
    if len(oldest) >= most:
        raise RateLimited(retry_after=max(1, int((oldest[-1] + DAY - now).total_seconds())))
