"""One API request as a handler sees it, and the table entry that leads to a handler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from payments.sandbox.box import Box
from payments.sandbox.errors import Json
from payments.sandbox.params import Params


@dataclass(slots=True)
class Call:
    """`account` is the connected account of the Stripe-Account header, '' for the platform itself."""

    box: Box
    params: Params
    ids: dict[str, str] = field(default_factory=dict)
    account: str = ""
    path: str = ""
    publishable: bool = False

    @property
    def id(self) -> str:
        return self.ids["id"]

    def get(self, kind: str, identifier: str | None = None, *, param: str = "id") -> Json:
        """The object of the path (or this one) in the account of the call. Raises resource_missing."""
        return self.box.get(kind, identifier or self.id, account=self.account, param=param)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`publishable` endpoints also answer a publishable key that comes with the object's client_secret."""

    method: str
    path: str
    handler: Callable[[Call], Json]
    publishable: bool = False
