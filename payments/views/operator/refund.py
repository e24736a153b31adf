"""Giving money back for a booking: by a manager of its operator."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import Membership
from accounts.selectors import operators_of
from accounts.views.requests import SignedInRequest
from bookings.models import Booking
from bookings.presentation.staff import staff_row
from bookings.views.operator.desk import booking_at_desk
from evbooking.core.errors import Forbidden
from evbooking.core.money import Money
from payments.forms.giving_back import RefundForm
from payments.models import BookingAccount, Refund
from payments.selectors.position import NOT_GIVEN_BACK, position_of
from payments.services.refunds import refund_booking
from stations.forms.submitting import attempt
from stations.views.doors import operator_page


@operator_page("GET", "POST")
def refund(request: SignedInRequest, reference: str) -> HttpResponse:
    """What was paid, is owed and was given back so far, and the form; the bill is corrected with it."""
    booking = booking_at_desk(request, reference)
    managed = operators_of(request.user, Membership.Role.MANAGER)
    if not managed.filter(pk=booking.station.operator_id).exists():
        raise Forbidden("Only managers and owners give money back.")
    form = RefundForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt(form, partial(_give_back, request, booking, **form.cleaned_data)):
        return redirect("operator-money:refund", reference=booking.reference)
    context = {"form": form, "row": staff_row(booking, timezone.now()), **_money(booking)}
    return render(request, "payments/operator/refund.html", context, status=422 if form.errors else 200)


def _give_back(request: SignedInRequest, booking: Booking, *, amount: Any, **how: Any) -> None:
    money = Money(amount, booking.currency)
    begun = refund_booking(booking, amount=money, actor=request.user, now=timezone.now(), **how)
    words = "The money is on its way back to the card, and the bill is corrected."
    messages.success(request, words if begun else "The bill is corrected. The driver owes that much less.")


def _money(booking: Booking) -> dict[str, Any]:
    """What is left of what was paid, what the driver owes, and the refunds so far."""
    account = BookingAccount.objects.filter(booking=booking).first()
    refunds = (
        list(Refund.objects.filter(payment__account=account).select_related("payment")) if account else []
    )
    paid = sum(payment.captured_amount for payment in account.payments.all()) if account else 0
    returned = sum(one.amount for one in refunds if one.status not in NOT_GIVEN_BACK)
    rows = [{"refund": one, "money": Money(one.amount, one.currency)} for one in refunds]
    left, zero = Money(Decimal(paid - returned), booking.currency), Money.zero(booking.currency)
    owes = account is not None and account.state == BookingAccount.State.UNPAID
    return {"left": left, "owed": position_of(account).due if account and owes else zero, "refunds": rows}
