"""A driver's payments, each with what was given back of it."""

from typing import Any, Final

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from accounts.api.views.requests import SignedInRequest
from bookings.api.places.fields import NearInstantField, NearInstantOrDayField
from evbooking.core.api.etag import conditional
from evbooking.core.api.fields import InstantField, MoneyField
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from evbooking.core.money import Money
from payments.models import Payment, Refund
from payments.selectors.payments import filtered_payments, payments_of

Shape = serializers.Serializer[Any]
_REFERENCE: Final = 8


class RefundShape(Shape):
    id = serializers.UUIDField()
    amount = MoneyField()
    status = serializers.ChoiceField(Refund.Status.choices)
    reason = serializers.ChoiceField(Refund.Reason.choices)
    words = serializers.CharField(allow_blank=True, help_text="why, as people wrote it")
    created_at = InstantField()
    last_updated = InstantField()


class PaymentShape(Shape):
    """What was asked of a card for a booking; `captured` was taken, `refunded` given back of that."""

    id = serializers.UUIDField()
    booking = serializers.CharField(help_text="reference")
    kind = serializers.ChoiceField(Payment.Kind.choices)
    purpose = serializers.ChoiceField(Payment.Purpose.choices)
    status = serializers.ChoiceField(Payment.Status.choices)
    amount = MoneyField()
    authorised = MoneyField(help_text="reserved on the card, neither taken nor released")
    captured = MoneyField()
    refunded = MoneyField(help_text="under way or arrived")
    card = serializers.CharField(allow_blank=True, help_text="as people name it")
    failure = serializers.CharField(
        allow_blank=True, help_text="why it failed, in words; empty where it did not"
    )
    refunds = RefundShape(many=True)
    created_at = InstantField()
    captured_at = InstantField(allow_null=True)
    last_updated = InstantField()


class PaymentsQuery(serializers.Serializer[Any]):
    """Filters; `from` and `to` are on the beginning: an instant, or a day of the station's calendar."""

    status = serializers.ChoiceField(Payment.Status.choices, required=False)
    booking = serializers.CharField(max_length=_REFERENCE, required=False)
    updated_since = NearInstantField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """`from` and `to` are no names that a class body can give."""
        edges = {"from": NearInstantOrDayField(required=False), "to": NearInstantOrDayField(required=False)}
        return super().get_fields() | edges


class PaymentsView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(
        tags=["payments"],
        operation_id="payments",
        parameters=[PaymentsQuery],
        responses=PaymentShape(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The driver's payments with their refunds, the newest first."""
        query = read_query(request, PaymentsQuery)
        found = filtered_payments(
            payments_of(request.user),
            status=query.get("status"),
            booking=query.get("booking"),
            begun_from=query.get("from"),
            begun_before=query.get("to"),
            updated_since=query.get("updated_since"),
        )
        page = paginate(request, found, ["-created_at", "id"])
        parts = (request.user.pk, request.META["QUERY_STRING"], page.next, page.previous)
        known = conditional(request, *parts, *(_state(payment) for payment in page.items))
        return known or page.answer([_document(payment) for payment in page.items])


def _state(payment: Payment) -> tuple[object, ...]:
    """What changes whenever the payment's document does."""
    refunds = tuple((refund.pk, refund.last_updated) for refund in payment.refunds.all())
    return payment.pk, payment.last_updated, refunds


def _document(payment: Payment) -> dict[str, Any]:
    refunds = list(payment.refunds.all())
    lost = {Refund.Status.FAILED, Refund.Status.CANCELED}
    given_back = [Money(one.amount, one.currency) for one in refunds if one.status not in lost]
    return {
        "id": payment.pk,
        "booking": payment.account.booking.reference,
        "kind": payment.kind,
        "purpose": payment.purpose,
        "status": payment.status,
        "amount": _money(payment, "amount"),
        "authorised": _money(payment, "authorised_amount"),
        "captured": _money(payment, "captured_amount"),
        "refunded": Money.total(given_back, payment.currency).as_json(),
        "card": payment.card,
        "failure": payment.failure_message,
        "refunds": [_refund(refund) for refund in refunds],
        "created_at": payment.created_at,
        "captured_at": payment.captured_at,
        "last_updated": payment.last_updated,
    }


def _refund(refund: Refund) -> dict[str, Any]:
    return {
        "id": refund.pk,
        "amount": Money(refund.amount, refund.currency).as_json(),
        "status": refund.status,
        "reason": refund.reason,
        "words": refund.words,
        "created_at": refund.created_at,
        "last_updated": refund.last_updated,
    }


def _money(payment: Payment, field: str) -> dict[str, str]:
    return Money(getattr(payment, field), payment.currency).as_json()
