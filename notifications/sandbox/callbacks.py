"""Status callbacks, signed as Twilio signs (docs: Validating Signatures from Twilio), and answers of recipients."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from dataclasses import dataclass, field

import httpx

from notifications.sandbox.store import Json, Store
from notifications.sandbox.texts import API_VERSION, Texts

TIMEOUT_S = 10.0
POLL_S = 0.2
USUAL = ("queued", "sent", "delivered")


def signature(url: str, form: dict[str, str], token: str) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the address followed by the sorted names and values, base64."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


@dataclass(slots=True)
class Reporter:
    """Moves messages on and reports each step. `flush` is the same work on demand, so that tests need not wait."""

    texts: Texts
    store: Store
    token: str
    inbound_url: str = ""
    paused: bool = False
    _client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=TIMEOUT_S, trust_env=False))
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """The background loop, until `stop`."""
        while not self._stop.wait(POLL_S):
            if not self.paused:
                self.flush()

    def stop(self) -> None:
        self._stop.set()
        with self._turn:
            self._client.close()

    def flush(self) -> list[Json]:
        """Report every step that is left of every message; returns what was sent."""
        sent = []
        with self._turn:
            for callback in reversed(self.store.newest("callback")):
                sent += self._report(callback)
        return sent

    def _report(self, callback: Json) -> list[Json]:
        message = self.texts.fetch(callback["sid"])
        fault = self.store.take_fault("callback", message["to"])
        steps = list(USUAL)
        code = None
        if fault:
            steps = fault["statuses"] or steps
            code = fault["code"] or None
        done = [self.send(callback, status, code if status == steps[-1] else None) for status in steps]
        self.store.remove("callback", callback["sid"])
        return done

    def send(self, callback: Json, status: str, error_code: int | None) -> Json:
        """One signed report; a receiver that does not answer is told no more, as Twilio's is."""
        message = self.texts.move(callback["sid"], status, error_code)
        form = {
            "AccountSid": self.texts.account,
            "ApiVersion": API_VERSION,
            "MessageSid": message["sid"],
            "MessageStatus": status,
            "SmsSid": message["sid"],
            "SmsStatus": status,
            "To": message["to"],
        }
        if message["messaging_service_sid"]:
            form["MessagingServiceSid"] = message["messaging_service_sid"]
        if error_code:
            form["ErrorCode"] = str(error_code)
        return {"form": form, "status": self._post(callback["url"], form)}

    def answer(self, number: str, body: str) -> Json:
        """The owner of a number writes back: STOP is heard here as by Twilio, and passed on to `inbound_url`."""
        word = body.strip().upper()
        if word in {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}:
            self.store.save("stopped", number, {"number": number})
        elif word in {"START", "YES", "UNSTOP"}:
            self.store.remove("stopped", number)
        form = {"AccountSid": self.texts.account, "From": number, "To": "+15005550006", "Body": body}
        status = self._post(self.inbound_url, form) if self.inbound_url else None
        return {"form": form, "status": status}

    def _post(self, url: str, form: dict[str, str]) -> int | None:
        headers = {"X-Twilio-Signature": signature(url, form, self.token)}
        try:
            return self._client.post(url, data=form, headers=headers).status_code
        except httpx.HTTPError:
            return None
