"""Servers that DATABASE_URL and REDIS_URL name: tried before anything starts, a mistake is one line."""

import psycopg
import redis

from evbooking.local.postgres_binaries import EXTENSION, OLDEST_MAJOR
from evbooking.local.problems import Problem

SECONDS = 5


def check_database(url: str) -> None:
    """Raise Problem unless `url` names a PostgreSQL database that we can use."""
    if url.partition("://")[0] not in {"postgres", "postgresql"}:
        raise Problem(
            "DATABASE_URL must begin with postgres:// (for example postgres://user:password@host/evbooking)"
        )
    try:
        with psycopg.connect(url, connect_timeout=SECONDS) as connection:
            version = connection.info.server_version // 10_000
            found = connection.execute(
                "SELECT 1 FROM pg_available_extensions WHERE name = %s", [EXTENSION]
            ).fetchone()
    except psycopg.Error as error:
        raise Problem(
            f"DATABASE_URL does not work, correct it or start its server: {_first_line(error)}"
        ) from error
    if version < OLDEST_MAJOR:
        raise Problem(f"DATABASE_URL names PostgreSQL {version}: version {OLDEST_MAJOR} or newer is needed")
    if found is None:
        raise Problem(f"DATABASE_URL names a server without {EXTENSION}: install postgresql-contrib there")


def check_redis(url: str) -> None:
    """Raise Problem unless `url` names a Redis server that answers."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Problem(
            f"REDIS_URL does not work, correct it or start its server: {_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
