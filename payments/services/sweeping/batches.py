"""One after the other: what fails is logged and left for the next round, and stops nothing else."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, TypeVar

from django.db.models import F, Q
from django.db.models.lookups import GreaterThanOrEqual

from payments.errors import PaymentProviderUnavailable

T = TypeVar("T")

logger = logging.getLogger(__name__)

BATCH: Final = 100


def has_rested(now: datetime) -> Q:
    """The rows that were asked about as long ago as they had waited by then: each time twice as long as before."""
    return Q(GreaterThanOrEqual(now - F("last_updated"), F("last_updated") - F("created_at")))


def each(things: Iterable[T], act: Callable[[T], object]) -> int:
    """Do it to each; returns how many were done, those that answer False not among them.

    A Stripe that is away ends the round: all the rest would wait too.
    """
    done = 0
    for thing in things:
        try:
            done += act(thing) is not False
        except PaymentProviderUnavailable:
            logger.warning("Stripe does not answer; %s and what follows wait for the next round", thing)
            break
        except Exception:
            logger.exception("%s could not be looked after", thing)
    return done
