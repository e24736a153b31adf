"""Web push (RFC 8030, 8291, 8292) to every browser that the person has let."""

import json
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Final, Self

import requests
from django.conf import settings
from django.utils import timezone
from pywebpush import WebPushException, webpush

from notifications.channels.outcomes import Accepted, Refused, Skipped, Unavailable
from notifications.models import Device, Notification
from notifications.push_services import may_push_to

TIMEOUT_S: Final = 10.0
DAY_S: Final = 86_400
GONE: Final = frozenset({404, 410})
_SERVER_ERROR: Final = 500


class PushSender:
    """Topic and tag are the message's id: a push service and a browser keep one of two with the same."""

    def __enter__(self) -> Self:
        if not settings.VAPID_PRIVATE_KEY:
            raise Unavailable("No key for web push is set up.")
        self._session = requests.Session()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def send(self, messages: Sequence[Notification]) -> Accepted:
        message = messages[0]
        devices = list(Device.objects.filter(user=message.recipient_id).order_by("created_at"))
        if not devices:
            raise Skipped("There is no device any more.")
        names, troubles = self._push_to_all(message, devices)
        if names:
            return Accepted(", ".join(names)[:254], str(message.pk), delivered=True)
        for trouble in troubles:
            if isinstance(trouble, Unavailable):
                raise trouble
        raise troubles[0] if troubles else Refused("No device takes messages any more.", code="gone")

    def find(self, message: Notification, *, since: datetime) -> Accepted | None:
        """A push service keeps one of two with the same topic: see the class."""

    def _push_to_all(
        self, message: Notification, devices: Sequence[Device]
    ) -> tuple[list[str], list[Refused | Unavailable]]:
        """The names of the devices that have it, and what went wrong with others: none keeps it from the next, and
        one that has it does not get it again for another's sake."""
        names, troubles = [], []
        for device in devices:
            try:
                names.append(self._push(message, device))
            except (Refused, Unavailable) as trouble:
                troubles.append(trouble)
        return [name for name in names if name], troubles

    def _push(self, message: Notification, device: Device) -> str:
        """The device's name once its push service has the message; a device that is gone is forgotten."""
        if not may_push_to(device.endpoint):
            device.delete()
            return ""
        try:
            webpush(
                {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}},
                data=payload(message),
                vapid_private_key=settings.VAPID_PRIVATE_KEY,
                vapid_claims={"sub": settings.VAPID_SUBJECT},
                ttl=_life(message),
                headers={"Topic": message.pk.hex, "Urgency": "high" if message.priority == 0 else "normal"},
                timeout=TIMEOUT_S,
                requests_session=self._session,
            )
        except WebPushException as error:
            self._judge(error, device)
            return ""
        except requests.RequestException as error:
            raise Unavailable(f"{type(error).__name__}: {error}") from error
        return device.name or "browser"

    def _judge(self, error: WebPushException, device: Device) -> None:
        status = error.response.status_code if error.response is not None else 0
        if status in GONE:
            device.delete()
        elif status == 429 or status >= _SERVER_ERROR or not status:
            raise Unavailable(str(error)[:200], code=str(status)) from error
        else:
            raise Refused(f"The push service refused it with {status}.", code=str(status)) from error


def payload(message: Notification) -> str:
    """What the service worker shows: title, text, the page to open, and the id as tag."""
    shown = {"title": message.title, "body": message.text, "url": message.path, "tag": str(message.pk)}
    return json.dumps(shown, ensure_ascii=False)


def _life(message: Notification) -> int:
    """Seconds the push service may keep it: until it is of no use, at most a day."""
    if message.expires_at is None:
        return DAY_S
    left = int((message.expires_at - timezone.now()).total_seconds())
    return max(0, min(left, DAY_S))
