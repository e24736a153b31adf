"""The databases measured: one generated country with 2 million bookings, and the same with 10 thousand."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parent.parent
SIZES = {"2m": None, "10k": 10_000}


def prepare(size: str) -> dict[str, str]:
    """Create and fill the database of this size unless it is there; the environment that names it."""
    own = settings.DATABASES["default"]
    name = f"{own['NAME']}_bench_{size}"
    with psycopg.connect(dsn_of(), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    env = {**os.environ, "DATABASE_URL": _url(name), "EVB_DEMO": "1"}
    _manage(env, "migrate", "--verbosity", "0")
    limit = SIZES[size]
    _manage(env, "demo_data", "--size", "country", *(["--bookings", str(limit)] if limit else []))
    return env


def fresh(purpose: str) -> dict[str, str]:
    """An empty database of our own, whatever was in it before; the environment that names it."""
    name = f"{settings.DATABASES['default']['NAME']}_bench_{purpose}"
    with psycopg.connect(dsn_of(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    env = {**os.environ, "DATABASE_URL": _url(name)}
    _manage(env, "migrate", "--verbosity", "0")
    return env


def dsn_of(env: dict[str, str] | None = None) -> str:
    """The connection string of the default database, or of the one `env` names."""
    own = settings.DATABASES["default"]
    name = urlsplit(env["DATABASE_URL"]).path.lstrip("/") if env else own["NAME"]
    parts = {
        "dbname": name,
        "user": own["USER"],
        "password": own["PASSWORD"],
        "host": own["HOST"],
        "port": own["PORT"],
    }
    return make_conninfo(**{key: value for key, value in parts.items() if value})


def _url(name: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def _manage(env: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], env=env, cwd=ROOT, check=True)
