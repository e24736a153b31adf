"""`/operator/webhooks`: endpoints of an operator's, and the log of what was sent to them."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.api.views.lists import listed
from accounts.api.views.requests import SignedInRequest
from accounts.scoping import Role
from accounts.selectors import choose_operator
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import paginate
from evbooking.core.api.serializers import NothingInput, read_body, read_query
from notifications.api.webhook_shapes import (
    DeliveriesQuery,
    DeliverySerializer,
    WebhookChanges,
    WebhookInput,
    WebhookSerializer,
    WebhooksQuery,
    WebhookWithSecret,
)
from notifications.models import WebhookEndpoint
from notifications.selectors.webhooks import deliveries_to, get_delivery, get_webhook, webhooks_of
from notifications.services.webhooks.endpoints import (
    create_webhook,
    disable_webhook,
    enable_webhook,
    ping,
    remove_webhook,
    rotate_secret,
    update_webhook,
)
from notifications.services.webhooks.queueing import redeliver
from stations.api.views.base import OPERATORS, OperatorListView, OperatorView

State = WebhookEndpoint.State


class WebhooksView(OperatorListView):
    may_not_find = True

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_webhooks",
        parameters=[WebhooksQuery],
        responses=WebhookSerializer(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The webhooks of the caller's operators, the oldest first."""
        found = webhooks_of(request.user)
        if operator := read_query(request, WebhooksQuery).get("operator"):
            found = found.filter(operator=choose_operator(request.user, operator))
        page = paginate(request, found, ["created_at", "id"])
        state = ((one.pk, one.last_updated, one.failing_since) for one in page.items)
        return conditional(request, request.META["QUERY_STRING"], page.next, *state) or listed(
            page, WebhookSerializer
        )

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_webhook_add",
        request=WebhookInput,
        responses={201: WebhookWithSecret},
    )
    def post(self, request: SignedInRequest) -> Response:
        """Have events sent to a URL; the answer alone tells the secret. 409 `plan_limit`."""
        fields = read_body(request, WebhookInput)
        operator = choose_operator(request.user, fields.pop("operator", None), minimum=Role.MANAGER)
        made = create_webhook(operator, actor=request.user, now=timezone.now(), **fields)
        return Response(WebhookWithSecret(made).data, status=201)


class WebhookView(OperatorView):
    @extend_schema(tags=OPERATORS, operation_id="operator_webhook", responses=WebhookSerializer)
    def get(self, request: SignedInRequest, webhook_id: UUID) -> HttpResponseBase:
        """One webhook, without its secret."""
        found = get_webhook(request.user, webhook_id)
        seen = conditional(request, found.pk, found.last_updated, found.failing_since)
        return seen or Response(WebhookSerializer(found).data)

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_webhook_update",
        request=WebhookChanges,
        responses=WebhookSerializer,
    )
    def patch(self, request: SignedInRequest, webhook_id: UUID) -> Response:
        """Change what is named; `state` switches it off and on. 409 `wrong_state` where it is so already."""
        found = get_webhook(request.user, webhook_id, minimum=Role.MANAGER)
        fields = read_body(request, WebhookChanges)
        return Response(WebhookSerializer(_change(found, request, fields)).data)

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_webhook_remove",
        request=None,
        responses={204: OpenApiResponse(description="Removed, and its log with it")},
    )
    def delete(self, request: SignedInRequest, webhook_id: UUID) -> Response:
        """Remove the webhook and its log."""
        remove_webhook(get_webhook(request.user, webhook_id, minimum=Role.MANAGER), actor=request.user)
        return Response(status=204)


class RotateView(OperatorView):
    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_webhook_rotate",
        request=NothingInput,
        responses=WebhookWithSecret,
    )
    def post(self, request: SignedInRequest, webhook_id: UUID) -> Response:
        """A new secret, told once; for a day both sign."""
        found = get_webhook(request.user, webhook_id, minimum=Role.MANAGER)
        read_body(request, NothingInput)
        rotated = rotate_secret(found, actor=request.user, now=timezone.now())
        return Response(WebhookWithSecret(rotated).data)


class PingView(OperatorView):
    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_webhook_ping",
        request=NothingInput,
        responses={201: DeliverySerializer},
    )
    def post(self, request: SignedInRequest, webhook_id: UUID) -> Response:
        """Send a test, `webhook.ping`; its delivery shows what came of it. 409 `wrong_state` while disabled."""
        found = get_webhook(request.user, webhook_id, minimum=Role.MANAGER)
        read_body(request, NothingInput)
        sent = ping(found, actor=request.user, now=timezone.now())
        return Response(DeliverySerializer(sent).data, status=201)


class DeliveriesView(OperatorListView):
    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_webhook_deliveries",
        parameters=[DeliveriesQuery],
        responses=DeliverySerializer(many=True),
    )
    def get(self, request: SignedInRequest, webhook_id: UUID) -> HttpResponseBase:
        """What was sent, or is to be, the newest first, for 30 days."""
        found = deliveries_to(get_webhook(request.user, webhook_id))
        page = paginate(request, found.filter(**read_query(request, DeliveriesQuery)), ["-created_at", "id"])
        state = ((one.pk, one.state, one.attempts, one.next_attempt_at) for one in page.items)
        return conditional(request, request.META["QUERY_STRING"], page.next, *state) or listed(
            page, DeliverySerializer
        )


class RedeliverView(OperatorView):
    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_webhook_redeliver",
        request=NothingInput,
        responses=DeliverySerializer,
    )
    def post(self, request: SignedInRequest, webhook_id: UUID, delivery_id: UUID) -> Response:
        """Send it again under the same id. 409 `wrong_state` while it is on its way or the webhook is disabled."""
        delivery = get_delivery(get_webhook(request.user, webhook_id, minimum=Role.MANAGER), delivery_id)
        read_body(request, NothingInput)
        again = redeliver(delivery, actor=request.user, now=timezone.now())
        return Response(DeliverySerializer(again).data)


def _change(found: WebhookEndpoint, request: SignedInRequest, fields: dict[str, Any]) -> WebhookEndpoint:
    """All of it or nothing."""
    now, state = timezone.now(), fields.pop("state", found.state)
    with transaction.atomic():
        if fields:
            found = update_webhook(found, actor=request.user, now=now, **fields)
        if state != found.state and state == State.ACTIVE:
            found = enable_webhook(found, actor=request.user, now=now)
        elif state != found.state:
            reason = WebhookEndpoint.Reason.SWITCHED_OFF
            found = disable_webhook(found, reason=reason, actor=request.user, now=now)
    return found
