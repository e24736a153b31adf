"""Text messages by Twilio's own library; TWILIO_API_URL sends it to another server, such as the sandbox."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlencode

import phonenumbers
import requests
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from notifications import segments
from notifications.channels.outcomes import Accepted, Refused, Skipped, Unavailable
from notifications.links import stop_url
from notifications.mails import url_of
from notifications.models import Channel, Notification, PhoneNumber
from notifications.twilio_errors import DISABLING, OPTED_OUT
from notifications.wording import fill

MOST_SEGMENTS: Final = 3
CLOCKS_APART: Final = timedelta(minutes=1)  # Twilio's and ours
TIMEOUT_S: Final = 10.0
_WAIT: Final = 429
_SERVER_ERROR: Final = 500


class SmsSender:
    """Twilio has no idempotency keys: who died between sending and hearing the answer is looked up by `find`."""

    def __enter__(self) -> Self:
        if not settings.TWILIO_ACCOUNT_SID:
            raise Unavailable("No provider of text messages is set up.")
        self._client = client()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The library's connections stay open for the next batch."""

    def send(self, messages: Sequence[Notification]) -> Accepted:
        message = messages[0]
        number = checked_number(message)
        body = body_of(message, number)
        try:
            made = self._client.messages.create(
                to=number.number,
                body=body,
                messaging_service_sid=settings.TWILIO_MESSAGING_SERVICE_SID,
                status_callback=callback_url(message),
            )
        except TwilioRestException as error:
            raise _judged(error, number.number) from error
        except (TwilioException, requests.RequestException) as error:
            raise Unavailable(f"{type(error).__name__}: {error}") from error
        return Accepted(number.number, str(made.sid), segments.count(body))

    def find(self, message: Notification, *, since: datetime) -> Accepted | None:
        if not message.recipient.phone:
            return None
        number, _ = PhoneNumber.objects.get_or_create(pk=str(message.recipient.phone))
        body = body_of(message, number)
        try:
            listed = self._client.messages.list(to=number.number, limit=50)
        except (TwilioException, requests.RequestException) as error:
            raise Unavailable(f"{type(error).__name__}: {error}") from error
        others = _told_otherwise([one.sid for one in listed], message)
        mine = [one for one in listed if one.body == body and _is_since(one, since) and one.sid not in others]
        return Accepted(number.number, str(mine[0].sid), segments.count(body)) if mine else None


@cache
def client() -> Any:
    """The process's Twilio client."""
    made = Client(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
        http_client=TwilioHttpClient(timeout=TIMEOUT_S),
    )
    if settings.TWILIO_API_URL:
        made.api.base_url = settings.TWILIO_API_URL
    return made


def checked_number(message: Notification) -> PhoneNumber:
    """The recipient's number, if it may get a text now. Raises Skipped or Refused."""
    text = str(message.recipient.phone)
    if not text:
        raise Skipped("There is no number any more.")
    region = phonenumbers.region_code_for_number(phonenumbers.parse(text))
    if region not in settings.SMS_COUNTRIES:
        raise Refused(f"No text messages go to {region or 'this country'}.", code="country", address=text)
    number, _ = PhoneNumber.objects.get_or_create(pk=text)
    if number.opted_out_at:
        raise Skipped("The number has opted out.")
    if number.disabled_at:
        raise Skipped(f"The number takes no text messages: {number.error}")
    if sent_today(message) >= settings.SMS_DAILY_CAP:
        raise Skipped(f"More than {settings.SMS_DAILY_CAP} text messages in a day.")
    return number


def sent_today(message: Notification) -> int:
    """How many text messages the recipient was sent within the last 24 hours."""
    since = timezone.now() - timedelta(days=1)
    sent = Notification.objects.filter(
        recipient=message.recipient_id, channel=Channel.SMS, sent_at__gte=since, segments__isnull=False
    )
    return sent.count()


def body_of(message: Notification, number: PhoneNumber) -> str:
    """The short words, the link and, where nobody can answer STOP, the link that stops."""
    tail = f" {url_of(message)}" if message.path else ""
    if not settings.SMS_REPLIES:
        tail += "\n" + fill(message.language, "layout", "stop", {"link": stop_url(number.code)})
    return segments.shorten(segments.plain(message.text), tail, most=MOST_SEGMENTS)


def callback_url(message: Notification) -> str:
    """Where Twilio reports what becomes of the message."""
    path = reverse("notifications:twilio-status")
    return f"{settings.PUBLIC_URL}{path}?{urlencode({'message': message.pk})}"


def _told_otherwise(sids: list[str], message: Notification) -> set[str]:
    """Which of these texts are known to be other messages of ours, which may say the same."""
    others = Notification.objects.filter(provider_id__in=sids).exclude(pk=message.pk)
    return set(others.values_list("provider_id", flat=True))


def _is_since(listed: Any, since: datetime) -> bool:
    return listed.date_created is None or listed.date_created >= since - CLOCKS_APART


def _judged(error: TwilioRestException, number: str) -> Exception:
    code = int(error.code or 0)
    if error.status == _WAIT or error.status >= _SERVER_ERROR:
        return Unavailable(str(error.msg), code=str(code))
    disables = code in DISABLING or code == OPTED_OUT
    return Refused(str(error.msg), code=str(code), address=number, disables=disables)
