"""What administrators and owners may set."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from scheduler_rl.models import Experiment
from scheduler_rl.pricing import ELASTICITY

LEAST_ELASTICITY: Final = -3.0


class ExperimentForm(forms.ModelForm[Experiment]):
    """Shares are asked in percent."""

    candidate_share = forms.FloatField(
        label="Drivers answered by the candidate, percent",
        min_value=0,
        max_value=50,
        help_text="By hash, so a driver always sees the same version. 0: it is only scored alongside.",
    )
    exploration = forms.FloatField(
        label="First place by chance, percent",
        min_value=0,
        max_value=20,
        help_text="Among candidates that cost nearly the same. 0: the best is always first.",
    )
    near_equal_eur = forms.FloatField(
        label="Nearly the same is within, EUR", min_value=0, max_value=1, help_text="0 to 1."
    )

    class Meta:
        model = Experiment
        fields = ["candidate_share", "exploration", "near_equal_eur", "automatic"]
        labels = {"automatic": "A version that has shown a gain answers at once"}

    def __init__(self, data: Any = None, *, instance: Experiment) -> None:
        initial = {name: 100 * getattr(instance, name) for name in ("candidate_share", "exploration")}
        super().__init__(data, instance=instance, initial=initial)

    def clean_candidate_share(self) -> float:
        return float(self.cleaned_data["candidate_share"]) / 100

    def clean_exploration(self) -> float:
        return float(self.cleaned_data["exploration"]) / 100


class HintForm(forms.Form):
    """Which station, and how demand answers to prices: the owner's assumption."""

    station = forms.ChoiceField(required=False)
    elasticity = forms.FloatField(
        required=False,
        min_value=LEAST_ELASTICITY,
        max_value=0,
        label="Elasticity of demand",
        help_text="-0.4: 10 % dearer, 4 % fewer visits. 0: nobody minds.",
        widget=forms.NumberInput(attrs={"step": "0.1"}),
    )

    def __init__(self, data: Any, *, stations: list[tuple[str, str]], first: str) -> None:
        asked = data.copy()
        asked.setdefault("elasticity", str(ELASTICITY))
        if not asked.get("station"):
            asked["station"] = first
        super().__init__(asked)
        self.fields["station"] = forms.ChoiceField(choices=stations)

    def clean_elasticity(self) -> float:
        value = self.cleaned_data["elasticity"]
        return ELASTICITY if value is None else float(value)
