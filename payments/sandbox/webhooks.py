"""Delivery of events: signed as Stripe signs, retried, and bent by the faults that were asked for."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field

import httpx

from payments.sandbox.box import Box
from payments.sandbox.errors import Json
from payments.sandbox.faults import take_fault

RETRIES = (1, 5, 30, 120, 600, 3600, 10_800, 21_600, 43_200)
"""Seconds of real time between attempts; Stripe's test mode gives up sooner, live mode after three days."""

TIMEOUT = 10.0
POLL = 0.2


def signature(payload: str, secret: str, at: int) -> str:
    """The Stripe-Signature header: HMAC-SHA256 over `timestamp.payload` (docs.stripe.com/webhooks/signatures)."""
    digest = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


@dataclass(slots=True)
class Deliverer:
    """Sends one event at a time. `flush` is the same work on demand, so that tests need not wait."""

    box: Box
    _client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT, trust_env=False))
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """The background loop, until `stop`."""
        while not self._stop.wait(POLL):
            if self.box.store.setting("paused") != "1":
                self.flush()

    def stop(self) -> None:
        self._stop.set()
        with self._turn:
            self._client.close()

    def flush_all(self) -> list[Json]:
        """As `flush`, but what waits for a later moment (a retry, a late event) comes now."""
        with self.box.store.transaction():
            self.box.store.rows("UPDATE deliveries SET due = ? WHERE state = 'waiting'", time.time())
        return self.flush()

    def flush(self) -> list[Json]:
        """Delivers everything that is due, oldest first; returns what was tried."""
        tried = []
        with self._turn:
            while not self._stop.is_set() and (due := self._next()):
                if self._bend(due):
                    continue
                tried.append(self._deliver(due))
        return tried

    def _next(self) -> Json | None:
        rows = self.box.store.rows(
            "SELECT seq, event, attempt, faulted FROM deliveries WHERE state = 'waiting' AND due <= ?"
            " ORDER BY due, seq LIMIT 1",
            time.time(),
        )
        return dict(zip(("seq", "event", "attempt", "faulted"), rows[0], strict=True)) if rows else None

    def _bend(self, due: Json) -> bool:
        """Applies an armed fault once to a delivery. True when it is not to be sent now."""
        if due["faulted"] or due["attempt"]:
            return False
        store = self.box.store
        with store.transaction():
            event = store.get(due["event"])
            fault = take_fault(self.box, "webhook", event["type"]) if event else None
            store.rows("UPDATE deliveries SET faulted = 1 WHERE seq = ?", due["seq"])
            if fault is None:
                return False
            return self._apply(fault, due)

    def _apply(self, fault: Json, due: Json) -> bool:
        store, seq = self.box.store, due["seq"]
        if fault["kind"] == "lose":
            store.rows("UPDATE deliveries SET state = 'lost' WHERE seq = ?", seq)
        elif fault["kind"] == "late":
            store.rows("UPDATE deliveries SET due = ? WHERE seq = ?", time.time() + fault["seconds"], seq)
        elif fault["kind"] == "twice":
            store.rows(
                "INSERT INTO deliveries (event, due, faulted) VALUES (?, ?, 1)", due["event"], time.time()
            )
            return False
        else:
            store.rows("UPDATE deliveries SET state = ? WHERE seq = ?", fault["id"], seq)
            if not fault["left"]:
                self._release_reversed(fault["id"])
        return True

    def _release_reversed(self, fault: str) -> None:
        held = self.box.store.rows("SELECT seq FROM deliveries WHERE state = ? ORDER BY seq DESC", fault)
        now = time.time()
        for place, (seq,) in enumerate(held):
            due = now - 1 + place / 1000
            self.box.store.rows("UPDATE deliveries SET state = 'waiting', due = ? WHERE seq = ?", due, seq)

    def _deliver(self, due: Json) -> Json:
        event = self.box.store.get(due["event"])
        payload = json.dumps(event, indent=2)
        answer, passed = self._post(payload)
        attempt = due["attempt"] + 1
        state = "delivered" if passed else "waiting" if attempt <= len(RETRIES) else "failed"
        wait = 0 if passed else RETRIES[min(attempt, len(RETRIES)) - 1]
        self.box.store.rows(
            "UPDATE deliveries SET state = ?, attempt = ?, last_answer = ?, due = ? WHERE seq = ?",
            state, attempt, answer, time.time() + wait, due["seq"],
        )  # fmt: skip
        return {
            "event": due["event"],
            "type": event["type"] if event else "",
            "answer": answer,
            "state": state,
        }

    def _post(self, payload: str) -> tuple[str, bool]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "evbooking-stripe-sandbox (webhooks)",
            "Stripe-Signature": signature(payload, self.box.webhook_secret, int(time.time())),
        }
        try:
            answer = self._client.post(self.box.webhook_url, content=payload.encode(), headers=headers)
        except httpx.HTTPError as error:
            return type(error).__name__, False
        return str(answer.status_code), answer.is_success


def resend(box: Box, event: str) -> None:
    """One more delivery of an event that is already known. Called inside a transaction."""
    box.get("event", event, account=box.store.account_of(event) if box.store.get(event) else "")
    box.store.rows("INSERT INTO deliveries (event, due, faulted) VALUES (?, ?, 1)", event, time.time())


def deliveries(box: Box) -> list[Json]:
    rows = box.store.rows("SELECT event, attempt, state, last_answer FROM deliveries ORDER BY seq")
    return [dict(zip(("event", "attempt", "state", "last_answer"), row, strict=True)) for row in rows]
