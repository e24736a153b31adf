"""Whether this process can do its work: each check raises what is wrong."""

import logging
from collections.abc import Callable

from celery import current_app
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from evbooking.core.redis_client import client

logger = logging.getLogger(__name__)

BROKER_TIMEOUT_S = 2


class NotReady(Exception):
    """The check ran and found that something is missing."""


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_redis() -> None:
    client().ping()


def check_migrations() -> None:
    """Every migration of the code is applied. Found so once, it stays so for this process."""
    if _migrated:
        return
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise NotReady(f"{len(missing)} migrations are not applied")
    _migrated.append(True)


def check_broker() -> None:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_S)


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "redis": check_redis,
    "migrations": check_migrations,
    "broker": check_broker,
}
_migrated: list[bool] = []


def failures() -> dict[str, str]:
    """The failing checks by name, with what is wrong."""
    found: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            check()
        except Exception as error:  # noqa: BLE001 - whatever a driver raises means: not ready
            logger.warning("Not ready, %s: %s", name, error)
            found[name] = type(error).__name__ if not isinstance(error, NotReady) else str(error)
    return found
