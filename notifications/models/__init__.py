"""Messages, how people wish to be told, and the numbers and devices that reach them."""

from notifications.models.abuse import Block, PostReport
from notifications.models.announcement import Announcement
from notifications.models.message import Channel, Notification
from notifications.models.person import Device, KnownBrowser, Preference, Wishes
from notifications.models.phone import PhoneNumber
from notifications.models.prompt import Prompt
from notifications.models.thread import LONGEST_POST, Post, ReadMark, Side, Thread
from notifications.models.watch import Watch, WatchedChange
from notifications.models.webhook import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "LONGEST_POST",
    "Announcement",
    "Block",
    "Channel",
    "Device",
    "KnownBrowser",
    "Notification",
    "PhoneNumber",
    "Post",
    "PostReport",
    "Preference",
    "Prompt",
    "ReadMark",
    "Side",
    "Thread",
    "Watch",
    "WatchedChange",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "Wishes",
]
