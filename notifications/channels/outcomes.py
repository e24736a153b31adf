"""What a channel may answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifications.models import Notification


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken the message; `delivered` where it says so at once and nothing more will come."""

    address: str
    provider_id: str = ""
    segments: int | None = None
    delivered: bool = False


class Refused(Exception):
    """For good: trying again would not help. `disables` says that nothing will ever get through to this address."""

    def __init__(self, words: str, *, code: str = "", address: str = "", disables: bool = False) -> None:
        super().__init__(words)
        self.code, self.address, self.disables = code, address, disables


class Skipped(Exception):
    """Not to be sent: the recipient, or the house, does not want it."""


class Unavailable(Exception):
    """For now: the provider does not answer, or asks to wait."""

    def __init__(self, words: str, *, code: str = "") -> None:
        super().__init__(words)
        self.code = code


class Sender(Protocol):
    """An open connection to a provider, for one batch."""

    def send(self, messages: Sequence[Notification]) -> Accepted:
        """Send one message; more than one, all to the same person, go as one digest. Raises the errors above."""

    def find(self, message: Notification, *, since: datetime) -> Accepted | None:
        """Whether the provider has a message whose sender died before it heard the answer. Raises Unavailable.

        None where it has not, and where it would not matter: the provider or the recipient's program keeps one of
        two with the same identity.
        """
