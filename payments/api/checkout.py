"""Paying from an app: the intent that its payment sheet takes the card for, and the saved cards."""

from typing import Any, Final

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from bookings.api.bookings.lookups import as_uuid, find_booking
from bookings.api.places.fields import NOBODY
from bookings.selectors.bookings import bookings_of
from bookings.selectors.series import own_series
from evbooking.core.api.etag import conditional
from evbooking.core.api.fields import InstantField, MoneyField
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate_by_offset
from evbooking.core.api.serializers import StrictSerializer, read_body
from evbooking.core.api.views import ApiView
from evbooking.core.errors import NotFound
from evbooking.core.rate_limits import check_rates
from payments.models import Payment
from payments.selectors.series import to_pay_first
from payments.services.cards import SavedCard, cards_of, remove_card
from payments.services.checkout import Checkout, start_checkout
from payments.services.customers import ephemeral_key_of

Shape = serializers.Serializer[Any]
_LONGEST_URL: Final = 2000
_URL: Final = r"^(https?|[a-z][a-z0-9+.-]*)://[\x21-\x7e]+$"
_METHOD: Final = r"^pm_[A-Za-z0-9_]+$"
KINDS: Final = ("payment_intent", "setup_intent")


class CheckoutInput(StrictSerializer):
    payment_method = serializers.RegexField(
        _METHOD,
        max_length=64,
        required=False,
        allow_null=True,
        help_text="a saved card (pm_...) to pay with at once; without it the app asks for one",
    )
    return_url = serializers.RegexField(
        _URL,
        max_length=_LONGEST_URL,
        required=False,
        allow_null=True,
        help_text="where the bank sends the driver back to; the app's own scheme is welcome",
    )


class CheckoutShape(Shape):
    """What Stripe's payment sheet needs. `status` is Stripe's: succeeded and requires_capture ask for nothing more."""

    kind = serializers.ChoiceField(KINDS)
    status = serializers.CharField()
    client_secret = serializers.CharField(help_text="for this driver alone: it lets its bearer pay")
    publishable_key = serializers.CharField()
    customer = serializers.CharField(help_text="cus_...")
    ephemeral_key = serializers.CharField(
        allow_null=True,
        help_text="shows the saved cards for an hour; null where no card is asked for any more",
    )
    amount = MoneyField(help_text="zero where the card is only saved")
    hold_expires_at = InstantField(allow_null=True)


class CardShape(Shape):
    id = serializers.CharField(help_text="pm_...")
    brand = serializers.CharField()
    last4 = serializers.CharField()
    exp_month = serializers.IntegerField()
    exp_year = serializers.IntegerField()
    is_default = serializers.BooleanField()


class CheckoutView(ApiView):
    @extend_schema(
        tags=["payments"], operation_id="booking_checkout", request=CheckoutInput, responses=CheckoutShape
    )
    def post(self, request: SignedInRequest, reference: str) -> Response:
        """Pay for a hold, a dearer slot, a card that failed, or what is owed; repeated, the same intent again.

        409 `hold_expired`, `payment_not_required`, `already_secured`, `payments_not_ready`, `payment_refused`;
        503 `payment_provider_unavailable`, and the slot is kept.
        """
        bare = bookings_of(request.user).select_related(None).only("driver")  # read whole under its lock
        booking = find_booking(bare, reference)
        body = read_body(request, CheckoutInput)
        check_rates({"checkout_driver": request.user.pk})
        booking.driver = request.user  # what is known need not be read again
        started = start_checkout(
            booking,
            payment_method=body.get("payment_method"),
            return_url=body.get("return_url"),
            now=timezone.now(),
        )
        return Response(_checkout(started))


class SeriesCheckoutView(ApiView):
    @extend_schema(
        tags=["payments"], operation_id="series_checkout", request=CheckoutInput, responses=CheckoutShape
    )
    def post(self, request: SignedInRequest, series_id: str) -> Response:
        """Save one card for all dates that wait; each is secured by its own start. Repeated, the same intent again.

        409 `hold_expired`, `payment_not_required`, `already_secured`, `payments_not_ready`; 503
        `payment_provider_unavailable`, and the slots are kept.
        """
        series = own_series(request.user, as_uuid(series_id) or NOBODY)
        if series is None:
            raise NotFound
        body = read_body(request, CheckoutInput)
        check_rates({"checkout_driver": request.user.pk})
        now = timezone.now()
        started = start_checkout(
            to_pay_first(series, now=now),
            payment_method=body.get("payment_method"),
            return_url=body.get("return_url"),
            now=now,
        )
        return Response(_checkout(started))


class CardsView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(tags=["payments"], operation_id="payment_methods", responses=CardShape(many=True))
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The driver's saved cards, the default first."""
        cards = cards_of(request.user)
        page = paginate_by_offset(request, lambda offset, limit: cards[offset : offset + limit])
        parts = (request.user.pk, page.next, page.previous, *map(repr, page.items))
        return conditional(request, *parts) or page.answer([_card(card) for card in page.items])


class CardView(ApiView):
    @extend_schema(tags=["payments"], operation_id="payment_method_delete", responses={204: None})
    def delete(self, request: SignedInRequest, method_id: str) -> Response:
        """Forget a card. 409 `wrong_state` while an open booking needs it."""
        remove_card(request.user, method_id)
        return Response(status=204)


def _checkout(started: Checkout) -> dict[str, Any]:
    asks = started.payment.status not in Payment.SECURING
    return {
        "kind": started.kind,
        "status": started.status,
        "client_secret": started.client_secret,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY,
        "customer": started.customer,
        "ephemeral_key": ephemeral_key_of(started.customer) if asks else None,
        "amount": started.amount.as_json(),
        "hold_expires_at": started.hold_expires_at,
    }


def _card(card: SavedCard) -> dict[str, Any]:
    return {
        "id": card.id,
        "brand": card.brand,
        "last4": card.last4,
        "exp_month": card.exp_month,
        "exp_year": card.exp_year,
        "is_default": card.is_default,
    }
