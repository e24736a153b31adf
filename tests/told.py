"""What the seeded world's driver was told, and what could not be delivered."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from evbooking.core import events
from evbooking.core.models import EventDelivery
from notifications.links import unsubscribe_url, unwatch_url
from notifications.models import Device, PhoneNumber
from notifications.services.telling import News, tell
from notifications.services.watches.keeping import Area, watch


def make_told(driver: User, now: datetime) -> dict[str, str]:
    """A message in the inbox, a browser, a number that was sent a code, a watch, and a dead letter."""
    with transaction.atomic():
        data = {"user_id": driver.pk, "browser": "Firefox on Linux"}
        event = events.publish("sign_in.new_device", subject=f"user:{driver.pk}", data=data, now=now)
        tell(News(event, "new_device", {"browser": "Firefox on Linux", "at": now}), [driver], now=now)
    dead = EventDelivery.objects.create(
        event=event,
        handler="test.gone",
        subject=event.subject,
        sequence=event.sequence,
        attempts=20,
        dead_at=now,
        last_error="KeyError: 'gone'",
    )
    endpoint = f"https://fcm.googleapis.com/fcm/send/{driver.pk}"
    Device.objects.create(user=driver, endpoint=endpoint, p256dh="B" + "A" * 86, auth="A" * 22, name="Chrome")
    token = unsubscribe_url(driver.pk, "booking_reserved").rstrip("/").rsplit("/", 1)[1]
    watched = watch(driver, Area(53.55, 9.99, 3), now=now)
    return {
        "watch": str(watched.pk),
        "watch_link": unwatch_url(watched.pk).rstrip("/").rsplit("/", 1)[1],
        "delivery": str(dead.pk),
        "stop_code": PhoneNumber.objects.create(number="+4915112345678").code,
        "unsubscribe_token": token,
    }
