"""What was paid out to an operator, and what can be."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from evbooking.core.api.etag import conditional
from evbooking.core.api.fields import InstantField, MoneyField
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.views import ApiView
from evbooking.core.money import Money
from payments.api.operator.asking import OperatorQuery, own_account
from payments.models import Payout
from payments.selectors.payable import payable_of

Shape = serializers.Serializer[Any]


class PayoutShape(Shape):
    id = serializers.UUIDField()
    amount = MoneyField()
    status = serializers.ChoiceField(Payout.Status.choices)
    failure_code = serializers.CharField(allow_blank=True, help_text="Stripe's; empty where it did not fail")
    requested_by_hand = serializers.BooleanField(help_text="false: the weekly run")
    arrival_date = serializers.DateField(allow_null=True, help_text="when the bank has it")
    created_at = InstantField()
    last_updated = InstantField()


class BalanceShape(Shape):
    """`available` = the less of `owed` less `held` and `arrived`, less `under_way`; never negative."""

    operator = serializers.UUIDField()
    owed = MoneyField(help_text="by the bills, VAT included, less fees, payouts and lost disputes")
    arrived = MoneyField(help_text="on the operator's balance at Stripe, as far as our books know")
    held = MoneyField(help_text="kept back for open disputes")
    under_way = MoneyField(help_text="a payout that Stripe has not confirmed")
    available = MoneyField()


class PayoutsView(ApiView):
    pagination_class = OpaqueCursorPagination
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_payouts",
        parameters=[OperatorQuery],
        responses=PayoutShape(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The payouts to an operator's bank, the newest first. Owners."""
        account = own_account(request)
        page = paginate(request, account.payouts.all(), ["-created_at", "id"])
        state = ((payout.pk, payout.last_updated) for payout in page.items)
        known = conditional(
            request, account.pk, request.META["QUERY_STRING"], page.next, page.previous, *state
        )
        return known or page.answer([_row(payout) for payout in page.items])


class BalanceView(ApiView):
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_balance",
        parameters=[OperatorQuery],
        responses=BalanceShape,
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """What an operator is owed, and what of it the next payout takes. Owners."""
        account = own_account(request)
        payable = payable_of(account)
        names = ("owed", "arrived", "held", "under_way", "available")
        amounts = {name: getattr(payable, name).as_json() for name in names}
        known = conditional(request, account.pk, amounts)
        return known or Response({"operator": account.pk, **amounts})


def _row(payout: Payout) -> dict[str, Any]:
    return {
        "id": payout.pk,
        "amount": Money(payout.amount, payout.currency).as_json(),
        "status": payout.status,
        "failure_code": payout.failure_code,
        "requested_by_hand": payout.requested_by_id is not None,
        "arrival_date": payout.arrival_date,
        "created_at": payout.created_at,
        "last_updated": payout.last_updated,
    }
