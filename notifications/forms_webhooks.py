"""What an operator's people fill in about webhooks and announcements."""

from typing import Any

from django import forms

from notifications.models import Announcement, WebhookDelivery
from notifications.models.webhook import MAX_URL
from notifications.services.announcing import LONGEST_BODY, Draft
from notifications.webhooks.catalogue import EVENTS
from stations.models import Station


class WebhookForm(forms.Form):
    url = forms.CharField(
        label="URL",
        max_length=MAX_URL,
        widget=forms.URLInput,
        help_text="Where we send events to, like https://partner.example.org/evbooking.",
    )
    description = forms.CharField(
        max_length=200, required=False, help_text="For yourself: what listens there."
    )
    events = forms.MultipleChoiceField(
        choices=[(name, f"{name}: {words}") for name, words in EVENTS.items()],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "options--lines"}),
        help_text="You are sent only what you choose.",
    )


class LogFilter(forms.Form):
    """A GET form."""

    state = forms.ChoiceField(choices=[("", "Any state"), *WebhookDelivery.State.choices], required=False)


class _WordsForm(forms.Form):
    title = forms.CharField(max_length=100)
    body = forms.CharField(
        label="Text",
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="In English.",
    )
    title_de = forms.CharField(label="Title in German", max_length=100, required=False)
    body_de = forms.CharField(
        label="Text in German",
        max_length=LONGEST_BODY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Optional. Who reads German gets this, everybody else the English.",
    )


class OperatorAnnouncementForm(_WordsForm):
    """To drivers with a booking to come, at chosen stations."""

    stations = forms.ModelMultipleChoiceField(
        Station.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Those with a booking to come there. None chosen: at all of them.",
    )
    field_order = ["stations", "title", "body", "title_de", "body_de"]

    def __init__(self, *args: Any, stations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stations"].queryset = stations  # type: ignore[attr-defined]

    def draft(self) -> Draft:
        """What a valid form says."""
        words = dict(self.cleaned_data)
        ids = [station.pk for station in words.pop("stations")]
        return Draft(audience=Announcement.Audience.BOOKED, station_ids=ids, **words)


class AdminAnnouncementForm(_WordsForm):
    """To everybody, or to the people of operators."""

    audience = forms.ChoiceField(
        label="To",
        choices=[
            choice for choice in Announcement.Audience.choices if choice[0] != Announcement.Audience.BOOKED
        ],
    )
    is_essential = forms.BooleanField(
        label="Must be read",
        required=False,
        help_text="Comes by mail even to who wants none: only for what matters to everybody's account.",
    )
    field_order = ["audience", "title", "body", "title_de", "body_de", "is_essential"]

    def draft(self) -> Draft:
        """What a valid form says."""
        return Draft(**self.cleaned_data)
