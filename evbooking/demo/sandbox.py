"""The payment sandbox as the demo drives it: found, its clock moved, the answers of banks and forms given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from django.conf import settings

_SECONDS = 30


def _client() -> httpx.Client:
    return httpx.Client(timeout=_SECONDS, trust_env=False, verify=False)  # noqa: S501 - plain http, on this machine


@dataclass(slots=True)
class Sandbox:
    """`url` is where it answers; every call is one of docs/sandbox.md's control calls."""

    url: str
    _http: httpx.Client = field(default_factory=_client)

    def control(self, path: str, **form: object) -> dict[str, Any]:
        """POST /_sandbox/`path`. Raises httpx.HTTPError for anything but success."""
        answer = self._http.post(f"{self.url}/_sandbox/{path}", data=form)
        answer.raise_for_status()
        return dict(answer.json())

    def now(self) -> datetime:
        answer = self._http.get(f"{self.url}/_sandbox/clock")
        answer.raise_for_status()
        return datetime.fromtimestamp(answer.json()["now"], UTC)

    def turn_back(self, time: timedelta) -> bool:
        """So that a history can be played into it; False, and nothing changes, where there is one already."""
        try:
            self.control("clock", back=int(time.total_seconds()))
        except httpx.HTTPStatusError:
            return False
        return True

    def advance_to(self, instant: datetime) -> None:
        """Let time pass until then; nothing where it is later already."""
        if (seconds := int((instant - self.now()).total_seconds())) > 0:
            self.control("clock", advance=seconds)


def find_sandbox() -> Sandbox | None:
    """The sandbox that this installation pays with; None for Stripe itself, and where it does not answer."""
    if not settings.EVB_PAYMENTS or not settings.STRIPE_API_BASE:
        return None
    sandbox = Sandbox(settings.STRIPE_API_BASE)
    try:
        sandbox.now()
    except (httpx.HTTPError, KeyError, ValueError):
        return None
    return sandbox
