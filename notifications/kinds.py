"""The kinds of messages: who gets them, by which channels if they say nothing, and what cannot wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Audience = Literal["driver", "operator", "administrator", "everyone"]

INBOX: Final = frozenset({"inbox"})
MAIL: Final = INBOX | {"email", "push"}
ALL: Final = MAIL | {"sms"}
GATHERED: Final = 2.0


@dataclass(frozen=True, slots=True)
class Kind:
    """`channels` are the defaults; `always` those that cannot be switched off. An urgent one ignores quiet hours
    and digests; another waits for the morning, or with `hours_of_use` is dropped where that is too late. With
    `gathers_minutes` it waits so long for more of the same, outside of the inbox."""

    name: str
    label: str
    audience: Audience
    channels: frozenset[str]
    urgent: bool = False
    always: frozenset[str] = INBOX
    hours_of_use: float | None = None
    gathers_minutes: float = 0


_ALL: Final = (
    Kind("booking_held", "A slot is held for you", "driver", INBOX, hours_of_use=0.2),
    Kind("booking_pending", "Your booking waits for the operator's answer", "driver", MAIL),
    Kind("booking_reserved", "Your booking is confirmed", "driver", ALL),
    Kind("booking_changed", "Your booking has moved", "driver", ALL),
    Kind("booking_canceled", "Your booking is canceled", "driver", ALL, urgent=True),
    Kind("series_booked", "Your recurring booking is confirmed", "driver", ALL),
    Kind("series_changed", "Dates of your recurring booking have moved", "driver", ALL),
    Kind("series_canceled", "Dates of your recurring booking are canceled", "driver", ALL, urgent=True),
    Kind("series_missed", "A date of your recurring booking could not be booked", "driver", ALL, urgent=True),
    Kind("booking_rejected", "The operator declined, or did not answer", "driver", ALL, urgent=True),
    Kind("hold_expired", "Your hold ran out", "driver", INBOX | {"push"}, hours_of_use=1),
    Kind("reminder_day", "24 hours before your slot", "driver", MAIL, hours_of_use=20),
    Kind("reminder_hour", "1 hour before your slot", "driver", ALL - {"email"}, urgent=True, hours_of_use=1),
    Kind("slot_ready", "Your slot is ready", "driver", INBOX | {"push"}, urgent=True, hours_of_use=0.5),
    Kind("noshow_warned", "You are about to lose your slot", "driver", ALL, urgent=True, hours_of_use=0.5),
    Kind("noshow_marked", "You missed your slot", "driver", MAIL),
    Kind("payment_failed", "A payment failed", "driver", ALL, urgent=True, always=INBOX | {"email"}),
    Kind("payment_action", "A payment needs you", "driver", ALL, urgent=True, always=INBOX | {"email"}),
    Kind("receipt", "Receipts and invoices", "driver", INBOX | {"email"}, always=INBOX | {"email"}),
    Kind("refund", "Money back", "driver", MAIL),
    Kind("waitlist_offer", "A slot from the waiting list", "driver", ALL, urgent=True, hours_of_use=2),
    Kind("watch_free", "Something you watch is free", "driver", MAIL, hours_of_use=1),
    Kind("watch_slot", "A slot you watch for is free", "driver", MAIL, hours_of_use=12),
    Kind("driver_message", "An operator wrote to you", "driver", MAIL, gathers_minutes=GATHERED),
    Kind("station_submitted", "Your station is submitted", "operator", INBOX | {"email"}),
    Kind("station_approved", "Your station is approved", "operator", MAIL),
    Kind("station_rejected", "Your station is sent back", "operator", MAIL),
    Kind("owner_booking", "A new booking at your stations", "operator", INBOX | {"push"}),
    Kind("owner_cancellation", "A booking at your stations is canceled", "operator", INBOX | {"push"}),
    Kind("owner_series", "A recurring booking at your stations", "operator", INBOX | {"push"}),
    Kind("owner_fault", "A fault at your stations", "operator", MAIL, urgent=True),
    Kind("owner_message", "A driver or evbooking wrote to you", "operator", MAIL, gathers_minutes=GATHERED),
    Kind("webhook_disabled", "A webhook of yours is disabled", "operator", INBOX | {"email"}, urgent=True),
    Kind("admin_queue", "A station waits for a decision", "administrator", MAIL),
    Kind("admin_failures", "Something could not be delivered", "administrator", MAIL, urgent=True),
    Kind(
        "admin_message",
        "An operator wrote about an approval",
        "administrator",
        MAIL,
        gathers_minutes=GATHERED,
    ),
    Kind("admin_report", "A post was reported", "administrator", MAIL),
    Kind(
        "new_device", "A sign-in from a new device", "everyone", MAIL, urgent=True, always=INBOX | {"email"}
    ),
    Kind("sms_disabled", "Your number takes no text messages", "everyone", INBOX | {"email"}),
    Kind("announcement", "Announcements", "everyone", INBOX | {"email"}),
    Kind(
        "service_announcement",
        "Announcements that matter to your account",
        "everyone",
        INBOX | {"email"},
        always=INBOX | {"email"},
    ),
)
KINDS: Final = {kind.name: kind for kind in _ALL}


def kinds_for(roles: Sequence[str]) -> list[Kind]:
    """The kinds that reach somebody with these roles (accounts.selectors.roles_of), in their order."""
    audiences = {"driver": "driver", "operator": "operator", "admin": "administrator"}
    own = {"everyone", *(audiences[role] for role in roles)}
    return [kind for kind in _ALL if kind.audience in own]
