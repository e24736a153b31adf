"""Seals over the audit: a chain of digests in which no entry can be changed, removed or inserted unseen.

Seals are numbered in the order of sealing, not of entry ids: an entry that commits late, under a lower id, is
still listed in AuditUnsealed and gets a later seal. Each batch's last seal (`anchor`) is logged, outside the
database: with it `audit_verify --anchor` also notices that the end of the chain was cut off.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from evbooking.core.locks import advisory_xact_lock
from evbooking.core.models import AuditEntry, AuditSeal, AuditUnsealed

logger = logging.getLogger(__name__)

BATCH = 5_000
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the audit, at the first place where something is."""

    entry_id: int | None
    what: str

    def __str__(self) -> str:
        return f"entry {self.entry_id}: {self.what}" if self.entry_id else self.what


def seal_entries() -> int:
    """Seal every committed entry that has no seal, in batches; returns how many. One sealer works at a time."""
    sealed = 0
    while batch := _seal_batch():
        sealed += batch
    return sealed


def _seal_batch() -> int:
    with transaction.atomic():
        advisory_xact_lock("audit.seal")
        ids = list(AuditUnsealed.objects.order_by("entry_id").values_list("entry_id", flat=True)[:BATCH])
        entries = AuditEntry.objects.filter(pk__in=ids).order_by("pk")
        last = AuditSeal.objects.order_by("-position").first()
        sealed, digest = (last.position, last.digest) if last else (0, GENESIS)
        seals, now = [], timezone.now()
        for position, entry in enumerate(entries, start=sealed + 1):
            digest = digest_of(entry, digest)
            seals.append(AuditSeal(position=position, entry_id=entry.pk, digest=digest, sealed_at=now))
        AuditSeal.objects.bulk_create(seals)
        AuditUnsealed.objects.filter(entry_id__in=[seal.entry_id for seal in seals]).delete()
    if seals:
        logger.info("audit anchor %s", anchor(seals[-1]))
    return len(seals)


def anchor(seal: AuditSeal) -> str:
    """`position:digest`, the point up to which everything is fixed by this one line."""
    return f"{seal.position}:{seal.digest}"


def digest_of(entry: AuditEntry, previous: str) -> str:
    """SHA-256, in hexadecimal, of the previous digest and the entry as canonical JSON."""
    return hashlib.sha256(previous.encode() + canonical(entry)).hexdigest()


def canonical(entry: AuditEntry) -> bytes:
    """The entry as JSON with sorted keys, no spaces, UTF-8, its time in UTC with microseconds."""
    row = {
        "id": entry.pk,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": str(entry.actor_id) if entry.actor_id else None,
        "address": entry.address,
        "action": entry.action,
        "target": [entry.target_type, entry.target_id],
        "before": entry.before,
        "after": entry.after,
        "reason": entry.reason,
    }
    return json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def first_broken(expected_anchor: str = "") -> Finding | None:
    """The first broken or missing row of the audit, or None. Reads everything, in the order of the seals."""
    position, digest = 0, GENESIS
    anchored = not expected_anchor
    for seal, entry in _sealed():
        if seal.position != position + 1:
            return Finding(None, f"seal {position + 1} is missing")
        position = seal.position
        if entry is None:
            return Finding(seal.entry_id, f"missing, though seal {position} covers it")
        digest = digest_of(entry, digest)
        if digest != seal.digest:
            return Finding(entry.pk, f"changed, or seal {position} was")
        anchored = anchored or anchor(seal) == expected_anchor
    if not anchored:
        return Finding(None, f"the chain does not contain the anchor {expected_anchor}")
    return _first_unsealed_gone() or _first_unlisted()


def oldest_unsealed_age(now: datetime) -> timedelta | None:
    """How long the oldest entry has been waiting for its seal; None when all are sealed."""
    waiting = AuditUnsealed.objects.values("entry_id")
    oldest = AuditEntry.objects.filter(pk__in=waiting).aggregate(oldest=Min("at"))["oldest"]
    return now - oldest if oldest else None


def _sealed() -> Iterator[tuple[AuditSeal, AuditEntry | None]]:
    position = 0
    while seals := list(AuditSeal.objects.filter(position__gt=position).order_by("position")[:BATCH]):
        entries = AuditEntry.objects.in_bulk([seal.entry_id for seal in seals])
        for seal in seals:
            yield seal, entries.get(seal.entry_id)
        position = seals[-1].position


def _first_unsealed_gone() -> Finding | None:
    """An entry deleted before it was sealed is still listed as waiting."""
    gone = (
        AuditUnsealed.objects.exclude(entry_id__in=AuditEntry.objects.values("pk"))
        .order_by("entry_id")
        .first()
    )
    return Finding(gone.entry_id, "missing before it was sealed") if gone else None


def _first_unlisted() -> Finding | None:
    """An entry slipped in behind the trigger has neither a seal nor a place in the waiting list."""
    alone = (
        AuditEntry.objects.exclude(pk__in=AuditSeal.objects.values("entry_id"))
        .exclude(pk__in=AuditUnsealed.objects.values("entry_id"))
        .order_by("pk")
        .first()
    )
    return Finding(alone.pk, "was inserted behind the trigger") if alone else None
