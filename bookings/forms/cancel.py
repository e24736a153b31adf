"""Canceling: why, and the fee that was shown when the driver agreed."""

from decimal import Decimal

from django import forms

from bookings.services.cancel import DRIVER_REASONS
from evbooking.core.ocpi import CanceledReason


class CancelForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why",
        choices=[(reason.value, str(reason.label).capitalize()) for reason in DRIVER_REASONS],
        initial=CanceledReason.NO_CANCELED,
        required=False,
        help_text="Helps the operator. It changes nothing about the cost.",
    )
    fee = forms.DecimalField(max_digits=12, decimal_places=3, required=False, widget=forms.HiddenInput)

    @property
    def chosen_reason(self) -> CanceledReason:
        return CanceledReason(self.cleaned_data["reason"] or CanceledReason.NO_CANCELED)

    @property
    def agreed_fee(self) -> Decimal:
        """The fee on the page that the driver answered; nothing where none was shown."""
        fee: Decimal | None = self.cleaned_data["fee"]
        return fee or Decimal(0)
