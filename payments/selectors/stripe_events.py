"""Stripe's events as administrators look for them."""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from payments.models import StripeEvent

State = StripeEvent.State


def find_events(*, state: str = "", type: str = "") -> QuerySet[StripeEvent]:  # noqa: A002 - Stripe's name for it
    """The dead first, then the failed ones, then the newest; of one state, and of types that begin so."""
    urgency = Case(
        When(state=State.DEAD, then=Value(0)),
        When(state=State.FAILED, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = StripeEvent.objects.filter(type__startswith=type) if type else StripeEvent.objects.all()
    return (found.filter(state=state) if state else found).order_by(urgency, "-received_at", "pk")
