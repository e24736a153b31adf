"""The ways out: each channel is a small class that sends one message and says what came of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from notifications.channels.mail import MailSender
from notifications.channels.outcomes import Accepted, Refused, Sender, Unavailable
from notifications.channels.push import PushSender
from notifications.channels.sms import SmsSender
from notifications.models import Channel

SENDERS: dict[str, Callable[[], AbstractContextManager[Sender]]] = {
    Channel.EMAIL: MailSender,
    Channel.SMS: SmsSender,
    Channel.PUSH: PushSender,
}

__all__ = ["SENDERS", "Accepted", "Refused", "Sender", "Unavailable"]
