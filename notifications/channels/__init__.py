"""The ways out: each channel is a small class that sends one message and says what came of it.

Its module is loaded when something is sent: web processes queue messages, and need no provider's library.
"""

from contextlib import AbstractContextManager
from typing import Final

from django.utils.module_loading import import_string

from notifications.channels.outcomes import Accepted, Refused, Sender, Unavailable
from notifications.models import Channel

SENDERS: Final = {
    Channel.EMAIL: "notifications.channels.mail.MailSender",
    Channel.SMS: "notifications.channels.sms.SmsSender",
    Channel.PUSH: "notifications.channels.push.PushSender",
}


def sender_of(channel: str) -> AbstractContextManager[Sender]:
    """What sends by this channel, open for as long as it is entered."""
    sender: AbstractContextManager[Sender] = import_string(SENDERS[Channel(channel)])()
    return sender


__all__ = ["SENDERS", "Accepted", "Refused", "Sender", "Unavailable", "sender_of"]
