"""Everything the sandbox knows, in one SQLite file: objects as JSON, idempotency keys, deliveries, settings."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from payments.sandbox.errors import Json

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    created INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, account, seq);
CREATE INDEX IF NOT EXISTS objects_by_intent ON objects (kind, json_extract(body, '$.payment_intent'));
CREATE INDEX IF NOT EXISTS objects_by_charge ON objects (kind, json_extract(body, '$.charge'));
CREATE TABLE IF NOT EXISTS keys (
    account TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, created INTEGER NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL, due REAL NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, faulted INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting', last_answer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due, seq);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """One connection behind one lock: a request is one transaction, as it is (seen from outside) at Stripe."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; a second thread waits. Nothing here may call out over the network."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def insert(self, body: Json, *, account: str = "", kind: str = "") -> None:
        """`kind` defaults to the object's own name; deleted and hidden ones have kinds of their own."""
        self._connection.execute(
            "INSERT INTO objects (id, kind, account, created, body) VALUES (?, ?, ?, ?, ?)",
            (body["id"], kind or body["object"], account, body.get("created", 0), json.dumps(body)),
        )

    def save(self, body: Json) -> None:
        self._connection.execute("UPDATE objects SET body = ? WHERE id = ?", (json.dumps(body), body["id"]))

    def remove(self, identifier: str) -> None:
        self._connection.execute("DELETE FROM objects WHERE id = ?", (identifier,))

    def get(self, identifier: str, kind: str = "") -> Json | None:
        found = self.rows("SELECT kind, body FROM objects WHERE id = ?", identifier)
        if not found or (kind and found[0][0] != kind):
            return None
        return dict(json.loads(found[0][1]))

    def account_of(self, identifier: str) -> str:
        return str(self.rows("SELECT account FROM objects WHERE id = ?", identifier)[0][0])

    def find(
        self, kind: str, *, account: str | None = None, oldest_first: bool = False, **equals: object
    ) -> list[Json]:
        """Objects of a kind whose fields equal these values, newest first as Stripe lists them."""
        clauses, values = ["kind = ?"], [kind]
        if account is not None:
            clauses.append("account = ?")
            values.append(account)
        for field, value in equals.items():
            clauses.append(f"json_extract(body, '$.{field}') = ?")
            values.append(str(value) if not isinstance(value, int) else value)  # type: ignore[arg-type]
        order = "ASC" if oldest_first else "DESC"
        where = " AND ".join(clauses)
        query = f"SELECT body FROM objects WHERE {where} ORDER BY seq {order}"  # noqa: S608 - names are ours
        return [json.loads(row[0]) for row in self.rows(query, *values)]

    def setting(self, name: str, default: str = "") -> str:
        found = self.rows("SELECT value FROM settings WHERE name = ?", name)
        return str(found[0][0]) if found else default

    def set_setting(self, name: str, value: str) -> None:
        self.rows(
            "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?2", name, value
        )

    def close(self) -> None:
        with self._lock:
            self._connection.close()
