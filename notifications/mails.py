"""Composing mails: the same words as text and as HTML with an inline design."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from notifications.kinds import KINDS
from notifications.links import thread_url, unsubscribe_url, unwatch_url
from notifications.models import Channel, Notification
from notifications.wording import Wording, catalogue, fill, word


@dataclass(frozen=True, slots=True)
class Mail:
    subject: str
    text: str
    html: str
    unsubscribe_url: str


def compose(messages: Sequence[Notification]) -> Mail:
    """The mail of one message, or the digest of several to the same person."""
    first = messages[0]
    layout = catalogue(first.language)["layout"]
    items = [{"words": wording_of(one), "url": url_of(one)} for one in messages]
    switchable = Channel.EMAIL not in KINDS[first.kind].always
    kind = first.kind if len(messages) == 1 else ""
    leave = _leave_url(first, kind) if switchable else ""
    subject = _subject(messages, items)
    context = {
        "subject": subject,
        "items": items,
        "layout": layout,
        "language": first.language,
        "digest": len(messages) > 1,
        "unsubscribe_url": leave,
        "unsubscribe": layout["unwatch" if kind and _watch_of(first) else "unsubscribe"],
        "preferences_url": settings.PUBLIC_URL + reverse("notifications:preferences"),
        "home_url": settings.PUBLIC_URL,
    }
    text = render_to_string("notifications/mail.txt", context)
    return Mail(subject, text, render_to_string("notifications/mail.html", context), leave)


def wording_of(message: Notification) -> Wording:
    """The message's words, made anew from its facts."""
    recipient = message.recipient
    return word(
        message.kind,
        message.language,
        message.data,
        name=recipient.get_short_name(),
        zone=recipient.time_zone,
    )


def url_of(message: Notification) -> str:
    """The page it is about, for somebody outside of it. From a mail a thread can be answered without signing in, but
    by administrators, whose accounts can do more."""
    thread = message.data.get("thread")
    can_answer = message.channel == Channel.EMAIL and KINDS[message.kind].audience != "administrator"
    if thread and can_answer:
        return thread_url(message.recipient_id, UUID(thread))
    return settings.PUBLIC_URL + message.path if message.path else ""


def _leave_url(message: Notification, kind: str) -> str:
    """Where the person stops mails of this kind, all with "", or ends the watch that the one mail is about."""
    watch = _watch_of(message)
    return unwatch_url(UUID(watch)) if kind and watch else unsubscribe_url(message.recipient_id, kind)


def _watch_of(message: Notification) -> str:
    return str(message.data.get("watch") or "")


def _subject(messages: Sequence[Notification], items: Sequence[dict[str, Any]]) -> str:
    if len(messages) == 1:
        return str(items[0]["words"].title)
    return fill(messages[0].language, "layout", "digest_title", {"count": len(messages)})
