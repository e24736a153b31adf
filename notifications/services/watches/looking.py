"""Looking at watches in batches, and saying which of them have something free: an event for each station.

What was seen is written in the transaction that writes the event, under the lock of the watches' rows: of two who look
at once, one tells.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from evbooking.core import events
from evbooking.core.pumps import wake_after_commit
from notifications.models import Watch, WatchedChange
from notifications.selectors.watches import Found, find_free, slot_end, watching
from notifications.sighting import STAYS, Sight, look

logger = logging.getLogger(__name__)
PUMP: Final = "watches"
BATCH: Final = 500
_Told = tuple[Watch, Found]
_SEEN: Final = ["armed", "free_since", "none_since", "told_at"]


def note_change(station_id: UUID, *, now: datetime) -> None:
    """Something changed at a watched station. Needs the transaction in which its event is delivered."""
    WatchedChange.objects.create(station_id=station_id, at=now)
    wake_after_commit(PUMP)


def look_at_changes() -> int:
    """Look at the watches of stations where something changed, and at those to be confirmed; returns how much was done,
    of which watches that could not be looked at are none: they wait for the next sweep."""
    now = timezone.now()
    changes = dict(WatchedChange.objects.order_by("pk").values_list("pk", "station")[:BATCH])
    to_confirm = Watch.objects.live(now).filter(armed=True, free_since__lte=now - STAYS)
    ids = {*watching(set(changes.values()), now), *to_confirm.values_list("pk", flat=True)[:BATCH]}
    looked = _look_at_all(sorted(ids), now)
    WatchedChange.objects.filter(pk__in=changes).delete()
    return looked + len(changes)


def look_at_everything(now: datetime) -> int:
    """Look at every watch, for what the clock alone frees or takes, and for what was missed; returns how many."""
    return _look_at_all(Watch.objects.live(now).order_by("pk").values_list("pk", flat=True), now)


@transaction.atomic
def look_at(ids: Sequence[UUID], now: datetime) -> int:
    """Look at these watches, but those somebody else is looking at; returns how many are told."""
    watches = list(_locked(Watch.objects.live(now).filter(pk__in=ids).order_by("pk")))
    found = find_free(watches, now)
    told: list[_Told] = []
    changed = []
    for each in watches:
        before = Sight(each.armed, each.free_since, each.none_since)
        after, tells = look(before, each.pk in found, now)
        if after != before:
            each.armed, each.free_since, each.none_since = after
            changed.append(each)
        if tells:
            each.told_at = now
            told.append((each, found[each.pk]))
    Watch.objects.bulk_update(changed, _SEEN)
    for (station_id, _), some in sorted(_by_event(told).items()):
        _publish(station_id, some, now)
    return len(told)


def _by_event(told: Iterable[_Told]) -> dict[tuple[UUID, int], list[_Told]]:
    """By station and number. An event tells a person one thing once: another slot at the same station is told by the
    next event, the same one by another watch is the same news."""
    news: dict[tuple[UUID, UUID], list[tuple[datetime | None, int | None]]] = {}
    grouped: dict[tuple[UUID, int], list[_Told]] = {}
    for watch, found in told:
        station_id, slot = found.offer.id, (found.start, watch.duration_minutes)
        known = news.setdefault((station_id, watch.user_id), [])
        if slot not in known:
            known.append(slot)
        grouped.setdefault((station_id, known.index(slot)), []).append((watch, found))
    return grouped


def _locked(watches: QuerySet[Watch]) -> QuerySet[Watch]:
    return watches.select_for_update(of=("self",), skip_locked=True, no_key=True)


def _look_at_all(ids: Iterable[UUID], now: datetime) -> int:
    rest, looked = iter(ids), 0
    while batch := list(islice(rest, BATCH)):
        try:
            look_at(batch, now)
            looked += len(batch)
        except Exception:
            logger.exception("%s watches wait for the next look", len(batch))
    return looked


def _publish(station_id: UUID, told: Sequence[_Told], now: datetime) -> None:
    data = {"station_id": station_id, "watches": [_told(watch, found) for watch, found in told]}
    events.publish("watch.free", subject=f"watched:{station_id}", data=data, now=now)


def _told(watch: Watch, found: Found) -> dict[str, Any]:
    start = found.start
    return {
        "watch_id": watch.pk,
        "user_id": watch.user_id,
        "free": found.number,
        "start": start,
        "end": slot_end(watch, start) if start else None,
    }
