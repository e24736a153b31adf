"""Running the check of the books, keeping what it found, and raising the alarm."""

import logging
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import transaction

from evbooking.core import events
from payments.ledger.checking import Difference, check_ledger
from payments.models import LedgerCheck

logger = logging.getLogger(__name__)

KEPT: Final = 200


def run_ledger_check(now: datetime, *, since: datetime | None = None) -> list[Difference]:
    """Check, keep the result for the console and the metric, and for differences log an ERROR each and tell.

    Arguments, errors and the demand for no transaction are those of `check_ledger`.
    """
    found = check_ledger(now, since=since)
    kept = [asdict(one) for one in found[:KEPT]]
    with transaction.atomic():
        LedgerCheck.objects.create(checked_at=now, count=len(found), differences=kept)
        if found:
            data = {"count": len(found), "first": str(found[0])}
            events.publish("ledger.differs", subject="ledger:check", data=data, now=now)
    for one in found:
        logger.error("The ledger differs: %s", one)
    return found
