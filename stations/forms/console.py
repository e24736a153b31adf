"""Forms of administrators: decisions with their reasons, and filters of lists."""

from django import forms

from accounts.models import Operator
from stations.models import Station
from stations.services.approval import LONGEST_REASON


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Those whom it concerns are told.",
    )


class StationFilter(forms.Form):
    """A GET form."""

    approval = forms.ChoiceField(
        choices=[("", "Any state"), *Station.Approval.choices], required=False, label="Approval"
    )
    q = forms.CharField(max_length=120, required=False, label="Name, city or operator")


class OperatorFilter(forms.Form):
    """A GET form."""

    q = forms.CharField(max_length=120, required=False, label="Name")
    status = forms.ChoiceField(choices=[("", "Any state"), *Operator.Status.choices], required=False)


class UserFilter(forms.Form):
    """A GET form."""

    q = forms.CharField(max_length=254, required=False, label="Name or email")


class AuditFilter(forms.Form):
    """A GET form."""

    action = forms.CharField(
        max_length=60, required=False, widget=forms.TextInput(attrs={"placeholder": "station.approved"})
    )
    target_type = forms.CharField(max_length=60, required=False, label="Kind of thing")
    target_id = forms.CharField(max_length=64, required=False, label="Its id")
    actor = forms.UUIDField(required=False, label="Id of who did it")
