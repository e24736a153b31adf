"""How people wish to be told, and stopping what they no longer wish."""

from collections.abc import Mapping
from datetime import time
from typing import TypedDict, Unpack

from django.db import transaction

from accounts.models import User
from evbooking.core.errors import FieldError, Invalid
from notifications.kinds import KINDS
from notifications.models import Channel, Preference, Wishes

Switches = Mapping[str, Mapping[str, bool]]


class WishFields(TypedDict, total=False):
    """Times are the person's own zone's, None for no quiet hours."""

    quiet_from: time | None
    quiet_until: time | None
    digest: bool


def set_preferences(user: User, *, switches: Switches, **wishes: Unpack[WishFields]) -> None:
    """Write what is named: `switches` is {kind: {channel: on}}. Raises Invalid; then nothing is written.

    A channel that a kind always uses cannot be switched off.
    """
    errors = _errors(switches)
    if ("quiet_from" in wishes or "quiet_until" in wishes) and (
        (wishes.get("quiet_from") is None) != (wishes.get("quiet_until") is None)
    ):
        errors.append(FieldError("quiet_until", "invalid", "Quiet hours need both their beginning and end."))
    if errors:
        raise Invalid(errors)
    with transaction.atomic():
        if wishes:
            Wishes.objects.update_or_create(user=user, defaults=dict(wishes))
        for kind, channels in switches.items():
            for channel, enabled in channels.items():
                switch(user, kind=kind, channel=channel, enabled=enabled)


def switch(user: User, *, kind: str, channel: str, enabled: bool) -> None:
    Preference.objects.update_or_create(user=user, kind=kind, channel=channel, defaults={"enabled": enabled})


def unsubscribe(user: User, *, kind: str) -> list[str]:
    """Stop the mails of a kind, or with "" of every kind that can be stopped; returns which kinds."""
    wanted = [KINDS[kind]] if kind in KINDS else list(KINDS.values())
    stopped = [each.name for each in wanted if Channel.EMAIL not in each.always]
    with transaction.atomic():
        for name in stopped:
            switch(user, kind=name, channel=Channel.EMAIL, enabled=False)
    return stopped


def _errors(switches: Switches) -> list[FieldError]:
    found = []
    for name, channels in switches.items():
        kind = KINDS.get(name)
        if kind is None:
            found.append(FieldError(f"kinds.{name}", "invalid", "There is no such kind."))
            continue
        for channel, enabled in channels.items():
            field = f"kinds.{name}.{channel}"
            if channel not in Channel.values:
                found.append(FieldError(field, "invalid", "There is no such channel."))
            elif channel in kind.always and not enabled:
                found.append(FieldError(field, "invalid", f"{kind.label}: this always comes here."))
    return found
