"""Forgetting old events: what everyone has been told is kept for a while, and then deleted in small batches."""

from datetime import datetime, timedelta

from django.db import connection

DELIVERIES_KEPT = timedelta(days=7)
EVENTS_KEPT = timedelta(days=90)
BATCH = 5_000

_DELIVERIES = """
    DELETE FROM core_eventdelivery WHERE id IN (
        SELECT id FROM core_eventdelivery WHERE done_at < %(before)s LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
"""
# What is still on its way keeps its event. Subjects stay: their counters go on.
_EVENTS = """
    WITH old AS (
        SELECT e.id FROM core_domainevent e
        WHERE e.occurred_at < %(before)s AND e.dispatched_at IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM core_eventdelivery d WHERE d.event_id = e.id AND d.done_at IS NULL)
        LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), told AS (
        DELETE FROM core_eventdelivery WHERE event_id IN (SELECT id FROM old)
    )
    DELETE FROM core_domainevent WHERE id IN (SELECT id FROM old)
"""


def prune(now: datetime) -> int:
    """Delete deliveries done DELIVERIES_KEPT ago and events older than EVENTS_KEPT; returns how many rows."""
    return _delete(_DELIVERIES, now - DELIVERIES_KEPT) + _delete(_EVENTS, now - EVENTS_KEPT)


def _delete(statement: str, before: datetime) -> int:
    deleted = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(statement, {"before": before, "limit": BATCH})
            count: int = cursor.rowcount
            deleted += count
            if count < BATCH:
                return deleted
