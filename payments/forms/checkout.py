"""Paying: with which card. What is agreed to stands beside the button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from evbooking.core.choices import offer_choices
from payments.services.cards import SavedCard

ANOTHER = ""


class CheckoutForm(forms.Form):
    """`cards` are those the driver may choose from; the default one is chosen until they choose another."""

    payment_method = forms.ChoiceField(label="Card", required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, cards: Sequence[SavedCard], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved = [(card.id, f"{card}, expires {card.expires}") for card in cards]
        offer_choices(self, "payment_method", [*saved, (ANOTHER, "Another card")])
        self.fields["payment_method"].initial = saved[0][0] if saved else ANOTHER
        self.has_choice = bool(saved)

    @property
    def chosen(self) -> str | None:
        """The saved card (pm_...), or None for another one."""
        return self.cleaned_data["payment_method"] or None
