"""The operator's account for online payments: its details, the way to Stripe's form and back, what is still missing."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.views.requests import SignedInRequest
from evbooking.core.errors import Invalid
from payments.errors import AccountUnknown, PaymentProviderUnavailable
from payments.forms.operators import DetailsForm
from payments.models import OperatorAccount
from payments.presentation.onboarding import standing_of
from payments.services.onboarding import save_details, start_onboarding, sync_operator_account
from payments.views.operator.till import Till, leads_to_stripe
from payments.views.provider import provider_context
from stations.forms.submitting import submit
from stations.views.doors import operator_page

_UNREACHABLE = "Stripe is not reachable at the moment. Nothing is lost: try again in a few minutes."


@operator_page("GET", "POST")
@leads_to_stripe
def onboarding(request: SignedInRequest) -> HttpResponse:
    """How far the account is, and the details; POST saves them."""
    till = Till(request)
    account = till.account
    form = DetailsForm(request.POST or None, initial=_initial(account))
    save = partial(save_details, till.operator, actor=request.user, now=till.now)
    if request.method == "POST" and submit(form, save):
        messages.success(request, "Your details are saved.")
        return redirect(till.url("onboarding"))
    context = till.context(
        form=form,
        account=account,
        standing=standing_of(account),
        start_url=till.url("onboarding-start"),
        **provider_context(),
    )
    return render(request, "payments/operator/onboarding.html", context, status=422 if form.errors else 200)


@operator_page("POST")
@leads_to_stripe
def start(request: SignedInRequest) -> HttpResponse:
    """On to Stripe's form."""
    till = Till(request)
    back = request.build_absolute_uri(till.url("onboarding-return"))
    again = request.build_absolute_uri(till.url("onboarding-return", again="1"))
    begin = partial(start_onboarding, return_url=back, refresh_url=again, now=till.now)
    try:
        return redirect(begin(till.operator, actor=request.user))
    except PaymentProviderUnavailable:
        messages.error(request, _UNREACHABLE)
    except Invalid as refused:
        words = refused.detail if refused.code == "refused" else "Fill in and save your details first."
        messages.error(request, words)
    except AccountUnknown as refused:
        messages.error(request, refused.detail)
    return redirect(till.url("onboarding"))


@operator_page("GET")
def returned(request: SignedInRequest) -> HttpResponse:
    """Back from Stripe's form: its state is asked for; `again` where the link had been used or was too old."""
    till = Till(request)
    with suppress(PaymentProviderUnavailable):  # its event tells it later
        sync_operator_account(till.account, now=till.now)
    if request.GET.get("again"):
        messages.info(request, "That link was used already or is too old. Continue at Stripe with a new one.")
    return redirect(till.url("onboarding"))


def _initial(account: OperatorAccount) -> dict[str, str]:
    values = {name: getattr(account, name) for name in DetailsForm.base_fields}
    return values | {"country": account.country or "DE"}
