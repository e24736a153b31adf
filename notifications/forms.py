"""What people fill in on the pages of this app."""

from typing import Any

from django import forms

from notifications.kinds import Kind
from notifications.models import LONGEST_POST, Channel, Notification

_CLOCK = {"type": "time", "step": "900"}


class WishesForm(forms.Form):
    quiet_from = forms.TimeField(
        label="Quiet from", required=False, widget=forms.TimeInput(attrs=_CLOCK, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label="until",
        required=False,
        widget=forms.TimeInput(attrs=_CLOCK, format="%H:%M"),
        help_text="By your own time zone. Empty for no quiet hours. What cannot wait comes all the same.",
    )
    digest = forms.BooleanField(
        label="One mail a day for what can wait", required=False, help_text="At 8 in the morning."
    )


class SwitchesForm(forms.Form):
    """One box per kind and channel, named `booking_held.email`; boxes that cannot be switched off are disabled."""

    def __init__(self, table: list[tuple[Kind, dict[str, bool]]], data: Any = None) -> None:
        super().__init__(data)
        self.table = table
        for kind, channels in table:
            for channel, enabled in channels.items():
                label = f"{kind.label}: {Channel(channel).label}"
                self.fields[f"{kind.name}.{channel}"] = forms.BooleanField(
                    label=label, required=False, initial=enabled, disabled=channel in kind.always
                )

    def rows(self) -> list[tuple[Kind, list[forms.BoundField]]]:
        """Each kind with its boxes, in the order of the channels."""
        return [(kind, [self[f"{kind.name}.{name}"] for name in channels]) for kind, channels in self.table]

    def switches(self) -> dict[str, dict[str, bool]]:
        """What differs from what was."""
        changed: dict[str, dict[str, bool]] = {}
        for kind, channels in self.table:
            for channel, before in channels.items():
                after = self.cleaned_data[f"{kind.name}.{channel}"]
                if after != before and channel not in kind.always:
                    changed.setdefault(kind.name, {})[channel] = after
        return changed


class MessageFilter(forms.Form):
    """A GET form of support."""

    q = forms.CharField(label="Person, booking or provider's id", required=False, max_length=120)
    state = forms.ChoiceField(choices=[("", "Any state"), *Notification.State.choices], required=False)
    channel = forms.ChoiceField(choices=[("", "Any channel"), *Channel.choices], required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, help_text="Stands in the audit.")


class PostForm(forms.Form):
    """What somebody writes to the other side of a thread; the rules are the service's."""

    body = forms.CharField(
        label="Your message",
        max_length=LONGEST_POST,
        widget=forms.Textarea(attrs={"rows": "5", "dir": "auto"}),
    )


class ReportForm(forms.Form):
    reason = forms.CharField(
        label="What is wrong with it?", max_length=500, widget=forms.Textarea(attrs={"rows": "3"})
    )
