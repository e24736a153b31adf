"""Whose money is asked for: that of an operator the caller owns."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from accounts.api.views.requests import SignedInRequest
from accounts.models import Membership, Operator
from accounts.selectors import choose_operator
from evbooking.core.api.serializers import read_query
from payments.models import OperatorAccount
from payments.services.operator_accounts import operator_account


class OperatorQuery(serializers.Serializer[Any]):
    operator = serializers.UUIDField(required=False, help_text="needed where you own several")


def own_operator(request: SignedInRequest) -> Operator:
    """The one in the query, or the caller's only one. Raises Forbidden, NotFound, Invalid."""
    query = read_query(request, OperatorQuery)
    return choose_operator(request.user, query.get("operator"), minimum=Membership.Role.OWNER)


def own_account(request: SignedInRequest) -> OperatorAccount:
    """Its money account. Raises as `own_operator`."""
    return operator_account(own_operator(request), now=timezone.now())
