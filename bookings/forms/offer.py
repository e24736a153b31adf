"""The answer to an offer of the waiting list."""

from typing import Final

from django import forms

from bookings.presentation.words import minutes

_PAUSES: Final = (30, 60, 180, 720, 1440)


class AnswerForm(forms.Form):
    """`answer` is the button; `minutes` is how long a snooze lasts."""

    answer = forms.ChoiceField(choices=[(one, one) for one in ("accept", "snooze", "decline")])
    minutes = forms.TypedChoiceField(
        label="Offer me nothing for",
        choices=[(str(number), minutes(number)) for number in _PAUSES],
        coerce=int,
        required=False,
        empty_value=None,
    )

    @property
    def pause(self) -> int:
        """Minutes of a valid form."""
        return self.cleaned_data["minutes"] or _PAUSES[0]
