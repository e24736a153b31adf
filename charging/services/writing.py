"""How a CDR reaches the table: once, under the next revision, with its audit entry and event."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from charging.errors import AlreadyBilled
from charging.models import CDR
from charging.stored import stored_bill
from evbooking.core import audit, events


def write_bill(cdr: CDR, *, actor: User | None, now: datetime) -> CDR:
    """Write a drafted bill. Raises AlreadyBilled where another one has this revision."""
    try:
        with transaction.atomic():
            cdr.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyBilled from error
    note(cdr, "cdr.issued", actor=actor, now=now)
    return cdr


def next_revision(issued: QuerySet[CDR]) -> int:
    """1, or one more than there are. Raises AlreadyBilled while one of them stands."""
    originals = list(issued.filter(credit_of=None).values_list("credited_by", flat=True))
    if None in originals:
        raise AlreadyBilled
    return len(originals) + 1


def note(cdr: CDR, event: str, *, actor: User | None, now: datetime) -> None:
    """The audit entry and the event of a CDR that was written."""
    after = {"total": stored_bill(cdr).total.as_json(), "revision": cdr.revision}
    audit.record(event, target=cdr, actor=actor, before=None, after=after, reason=cdr.remark)
    data: dict[str, Any] = {
        "cdr_id": cdr.pk,
        "kind": cdr.kind,
        "credit_of": cdr.credit_of_id,
        "session_id": cdr.session_id,
        "reference": cdr.booking_reference,
        "station_id": cdr.station_id,
        "driver_id": cdr.driver_id,
        **after,
    }
    events.publish(event, subject=f"cdr:{cdr.pk}", data=data, actor=actor, now=now)
