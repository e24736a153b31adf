"""What the sandbox has received and been asked to do wrong: SQLite, so that it survives a restart."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_SCHEMA = """
    CREATE TABLE IF NOT EXISTS items (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
        UNIQUE (kind, id));
"""


class Store:
    """Items of a kind (mail, text, push, device, fault, stopped, callback), each with an id of its own."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._connection.executescript(_SCHEMA)

    def add(self, kind: str, identity: str, body: Json) -> bool:
        """Add an item; False where there is one of this id, which stays as it is."""
        with self._lock:
            done = self._connection.execute(
                "INSERT OR IGNORE INTO items (kind, id, body) VALUES (?, ?, ?)",
                (kind, identity, json.dumps(body)),
            )
            return done.rowcount == 1

    def save(self, kind: str, identity: str, body: Json) -> None:
        """Add an item, or replace the one of this id."""
        with self._lock:
            self._connection.execute(
                "INSERT INTO items (kind, id, body) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, identity, json.dumps(body)),
            )

    def get(self, kind: str, identity: str) -> Json | None:
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM items WHERE kind = ? AND id = ?", (kind, identity)
            ).fetchone()
        return dict(json.loads(row[0])) if row else None

    def newest(self, kind: str, *, limit: int = 100_000) -> list[Json]:
        """The newest first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT body FROM items WHERE kind = ? ORDER BY seq DESC LIMIT ?", (kind, limit)
            ).fetchall()
        return [dict(json.loads(row[0])) for row in rows]

    def remove(self, kind: str, identity: str | None = None) -> None:
        """Remove one item, or all of a kind."""
        with self._lock:
            if identity is None:
                self._connection.execute("DELETE FROM items WHERE kind = ?", (kind,))
            else:
                self._connection.execute("DELETE FROM items WHERE kind = ? AND id = ?", (kind, identity))

    def take_fault(self, target: str, match: str) -> Json | None:
        """The oldest armed fault for this target whose `match` is part of `match`; used up once `times` is."""
        with self._lock:
            for fault in reversed(self.newest("fault")):
                if fault["target"] == target and fault["match"] in match:
                    fault["times"] -= 1
                    if fault["times"] > 0:
                        self.save("fault", fault["id"], fault)
                    else:
                        self.remove("fault", fault["id"])
                    return fault
        return None

    def close(self) -> None:
        with self._lock:
            self._connection.close()
