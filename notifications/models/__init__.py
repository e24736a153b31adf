"""Messages, how people wish to be told, and the numbers and devices that reach them."""

from notifications.models.message import Channel, Notification
from notifications.models.person import Device, KnownBrowser, Preference, Wishes
from notifications.models.phone import PhoneNumber
from notifications.models.prompt import Prompt

__all__ = [
    "Channel",
    "Device",
    "KnownBrowser",
    "Notification",
    "PhoneNumber",
    "Preference",
    "Prompt",
    "Wishes",
]
