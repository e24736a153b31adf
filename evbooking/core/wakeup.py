"""Wakes the relay after a commit: one message for any number of events until the relay has started."""

import logging

import redis
from celery import current_app
from kombu.exceptions import OperationalError

from evbooking.core.redis_client import client

logger = logging.getLogger(__name__)

WANTED = "evb:relay:wanted"
WANTED_MS = 5_000  # a message that was lost is sent again after this; beat sweeps anyway
TASK = "evbooking.core.tasks.relay_events"


def wake_relay() -> None:
    """Ask a worker to relay events, unless that was asked already. A dead broker delays, it never fails the caller."""
    try:
        if client().set(WANTED, 1, nx=True, px=WANTED_MS):
            current_app.send_task(TASK, retry=False)
    except (redis.RedisError, OperationalError) as error:
        logger.warning("The relay was not woken, beat will: %s", error)


def relay_started() -> None:
    """Let the next commit wake the relay again; called before the relay looks for events."""
    try:
        client().delete(WANTED)
    except redis.RedisError as error:
        logger.warning("The wake-up mark stays for at most %s ms: %s", WANTED_MS, error)
