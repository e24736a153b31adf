"""The operator's own plan: what it allows and costs. It is changed on its page, where a card can be entered."""

from dataclasses import asdict
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from evbooking.core.api.etag import conditional
from evbooking.core.api.fields import DecimalStringField, InstantField, MoneyField
from evbooking.core.api.views import ApiView
from payments.api.operator.asking import OperatorQuery, own_operator
from payments.models import OperatorPlan
from payments.plans import PLANS, in_force, limits_of

Shape = serializers.Serializer[Any]


class LimitsShape(Shape):
    """How many of each; null: as many as you want."""

    stations = serializers.IntegerField(allow_null=True)
    members = serializers.IntegerField(allow_null=True, help_text="people, open invitations included")
    webhooks = serializers.IntegerField(allow_null=True)
    statement_months = serializers.IntegerField(allow_null=True, help_text="how far back statements go")


class PlanShape(Shape):
    operator = serializers.UUIDField()
    plan = serializers.ChoiceField(OperatorPlan.Plan.choices, help_text="the one in force")
    status = serializers.ChoiceField(OperatorPlan.Status.choices, help_text="of its payment")
    granted = serializers.BooleanField(help_text="given by the platform, without payment")
    price = MoneyField(help_text="a month")
    fee_share = DecimalStringField(
        max_digits=5, decimal_places=2, help_text="the platform's percentage of each bill paid online"
    )
    limits = LimitsShape()
    current_period_end = InstantField(allow_null=True)
    cancel_at_period_end = serializers.BooleanField()
    page = serializers.CharField(help_text="where it is changed, in a browser")


class PlanView(ApiView):
    may_not_find = True

    @extend_schema(
        tags=["operators"], operation_id="operator_plan", parameters=[OperatorQuery], responses=PlanShape
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The operator's plan, what it costs, and its limits. Owners."""
        operator = own_operator(request)
        row = OperatorPlan.objects.filter(operator=operator).first() or OperatorPlan(operator=operator)
        limits = asdict(limits_of(operator))
        known = conditional(request, operator.pk, row.last_updated, limits)
        return known or Response(_document(row, limits))


def _document(row: OperatorPlan, limits: dict[str, Any]) -> dict[str, Any]:
    terms = PLANS[in_force(row)]
    return {
        "operator": row.pk,
        "plan": in_force(row),
        "status": row.status,
        "granted": row.granted,
        "price": terms.price.as_json(),
        "fee_share": f"{terms.fee_share:.2f}",
        "limits": limits,
        "current_period_end": row.current_period_end,
        "cancel_at_period_end": row.cancel_at_period_end,
        "page": f"{reverse('operator-money:plan')}?operator={row.pk}",
    }
