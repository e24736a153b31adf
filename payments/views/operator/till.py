"""Which operator's money is at hand: pages for its owners only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Operator
from accounts.selectors import operators_of
from accounts.views.requests import SignedInRequest
from evbooking.core.errors import Forbidden, NotFound
from payments.models import OperatorAccount
from payments.services.operator_accounts import operator_account

STRIPE_FORMS: Final = "https://connect.stripe.com"


class Till:
    """The person's own operators, and the one at hand: named in the address, else the first by name."""

    def __init__(self, request: SignedInRequest) -> None:
        """Raises Forbidden for who owns none, NotFound for one that is not theirs."""
        self.operators = list(operators_of(request.user, Membership.Role.OWNER))
        wanted = request.GET.get("operator") or None
        if not self.operators:
            raise Forbidden("Only an owner may see an operator's money.")
        found = next((one for one in self.operators if wanted in {None, str(one.pk)}), None)
        if found is None:
            raise NotFound
        self.operator: Operator = found
        self.now = timezone.now()

    @property
    def account(self) -> OperatorAccount:
        return operator_account(self.operator, now=self.now)

    def url(self, name: str, *args: object, **query: str) -> str:
        """The address of another page of this operator's money."""
        asked = {**self._named(), **query}
        path = reverse(f"operator-money:{name}", args=args)
        return f"{path}?{urlencode(asked)}" if asked else path

    def context(self, **more: Any) -> dict[str, Any]:
        """What every page of money needs."""
        tabs = (
            ("home", "Overview"),
            ("payouts", "Payouts"),
            ("disputes", "Disputes"),
            ("onboarding", "Account"),
            ("plan", "Plan"),
        )
        return {
            "till": self,
            "operator": self.operator,
            "account_url": self.url("onboarding"),
            "payouts_url": self.url("payouts"),
            "plan_url": self.url("plan"),
            "money_tabs": [{"name": name, "label": label, "url": self.url(name)} for name, label in tabs],
            **more,
        }

    def _named(self) -> dict[str, str]:
        return {"operator": str(self.operator.pk)} if len(self.operators) > 1 else {}


def leads_to_stripe(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages whose form goes on to Stripe's own: browsers ask form-action for where it is sent on to."""

    def wrapped(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        parts = urlsplit(settings.STRIPE_SANDBOX_URL or STRIPE_FORMS)
        response._csp_update = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
        return response

    return wrapped
