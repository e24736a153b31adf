"""The sandbox's world: its store, its clock, its identifiers and the events that everything leaves behind."""

from __future__ import annotations

import secrets
import string
import time
from dataclasses import dataclass
from typing import Any

from payments.sandbox.errors import Json, missing
from payments.sandbox.rendering import public
from payments.sandbox.store import Store

ALPHABET = string.ascii_letters + string.digits
API_VERSION = "2026-10-28.endive"
DAY = 86_400


def token(length: int = 24) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


@dataclass(slots=True)
class Box:
    """What every handler works on. `url` is where browsers reach the sandbox's pages."""

    store: Store
    url: str
    webhook_url: str = ""
    webhook_secret: str = ""

    def now(self) -> int:
        """Seconds since 1970 on the sandbox's clock: the real one plus what tests advanced it by."""
        return int(time.time()) + self.offset()

    def offset(self) -> int:
        return int(self.store.setting("clock_offset", "0"))

    def advance(self, seconds: int) -> None:
        self.store.set_setting("clock_offset", str(self.offset() + seconds))

    def new(self, kind: str, prefix: str, /, *, owner: str = "", **fields: Any) -> Json:
        """Makes, stores and returns an object. `owner` is the connected account that it lives in."""
        body = {
            "id": f"{prefix}_{token()}",
            "object": kind,
            "created": self.now(),
            "livemode": False,
            **fields,
        }
        self.store.insert(body, account=owner)
        return body

    def get(self, kind: str, identifier: str, *, account: str = "", param: str = "id") -> Json:
        """The object in this account. Raises resource_missing, as for an object of somebody else."""
        found = self.store.get(identifier, kind)
        if found is None or self.store.account_of(identifier) != account:
            raise missing(kind.replace(".", "_"), identifier, param)
        return found

    def save(self, body: Json) -> None:
        self.store.save(body)

    def emit(self, kind: str, body: Json, *, account: str = "", previous: Json | None = None) -> None:
        """Stores the event and its delivery in the transaction of the change that it tells of."""
        data: Json = {"object": public(body)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = {
            "id": f"evt_{token()}",
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 1 if self.webhook_url else 0,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        if account:
            event["account"] = account
        self.store.insert(event, account=account)
        if self.webhook_url:
            self.store.rows("INSERT INTO deliveries (event, due) VALUES (?, ?)", event["id"], time.time())
