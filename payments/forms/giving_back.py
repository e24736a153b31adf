"""What a manager fills in to give money back, and an owner to answer a dispute; the rules are the services'."""

from typing import Any

from django import forms

from payments.models import Refund
from payments.services.disputes.evidence import LONGEST
from payments.services.refunds.staff import BY_STAFF, LONGEST_WORDS


class RefundForm(forms.Form):
    amount = forms.DecimalField(label="Amount", max_digits=12, decimal_places=3)
    reason = forms.TypedChoiceField(
        label="Reason", coerce=Refund.Reason, choices=[(one.value, one.label) for one in BY_STAFF]
    )
    words = forms.CharField(
        label="Why",
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"The driver reads it, also on the corrected bill. At most {LONGEST_WORDS} characters.",
    )


class EvidenceForm(forms.Form):
    text = forms.CharField(
        label="Your answer",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=f"What happened, and what proves it. The driver's bank reads it. At most {LONGEST} characters.",
    )

    def __init__(self, data: Any = None, *, text: str = "") -> None:
        super().__init__(data, initial={"text": text})
