"""Opening hours as people write them: a line of periods per weekday, and exceptions on the site's clock."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_PERIOD = re.compile(r"(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)")
_LOCAL = "%Y-%m-%dT%H:%M"


class PeriodsField(forms.CharField):
    """ "07:00–12:00, 13:00–20:00" as pairs of "HH:MM"; empty when closed."""

    def to_python(self, value: Any) -> Any:
        parts = [part.strip() for part in (super().to_python(value) or "").split(",") if part.strip()]
        return [self._period(part) for part in parts]

    def _period(self, part: str) -> tuple[str, str]:
        match = _PERIOD.fullmatch(part)
        if match is None:
            raise forms.ValidationError(f"“{part}” is no period. Write it like 07:00–20:00.")
        return match[1].zfill(5), match[2].zfill(5)


class HoursForm(forms.Form):
    """The regular week; 24:00 ends a day, and an end before its begin runs over midnight."""

    always = forms.BooleanField(label="Open day and night", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(WEEKDAYS, start=1):
            self.fields[f"day_{number}"] = PeriodsField(
                label=name,
                required=False,
                widget=forms.TextInput(attrs={"placeholder": "07:00–12:00, 13:00–20:00"}),
            )

    def regular_hours(self) -> list[dict[str, Any]]:
        """OCPI RegularHours of a valid form."""
        if self.cleaned_data["always"]:
            return []
        return [
            {"weekday": number, "period_begin": begin, "period_end": end}
            for number in range(1, 8)
            for begin, end in self.cleaned_data[f"day_{number}"]
        ]


class ExceptionForm(forms.Form):
    """One opening or closing that differs from the week, by the site's clock."""

    kind = forms.ChoiceField(
        choices=[("closings", "closed"), ("openings", "open")], label="The site is", initial="closings"
    )
    begin = forms.CharField(label="from", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    end = forms.CharField(label="until", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        self.zone = zone
        super().__init__(*args, **kwargs)

    def clean_begin(self) -> str:
        return self._instant("begin")

    def clean_end(self) -> str:
        return self._instant("end")

    def _instant(self, name: str) -> str:
        try:
            local = datetime.strptime(self.cleaned_data[name][:16], _LOCAL)  # noqa: DTZ007 - the site's clock
            return local.replace(tzinfo=self.zone).astimezone(UTC).isoformat().replace("+00:00", "Z")
        except (ValueError, OverflowError):
            raise forms.ValidationError("Give a day and a time.") from None


ExceptionFormSet = forms.formset_factory(ExceptionForm, extra=2, max_num=50, can_delete=True)


def hours_initial(hours: dict[str, Any]) -> dict[str, Any]:
    """What HoursForm shows of an OCPI Hours object."""
    initial: dict[str, Any] = {"always": hours["twentyfourseven"]}
    for period in hours.get("regular_hours", ()):
        text = f"{period['period_begin']}–{period['period_end']}"
        name = f"day_{period['weekday']}"
        initial[name] = f"{initial[name]}, {text}" if name in initial else text
    return initial


def exceptions_initial(hours: dict[str, Any], zone: ZoneInfo) -> list[dict[str, str]]:
    """What ExceptionFormSet shows of an OCPI Hours object."""
    return [
        {
            "kind": kind,
            "begin": _on_site(period["period_begin"], zone),
            "end": _on_site(period["period_end"], zone),
        }
        for kind in ("closings", "openings")
        for period in hours.get(f"exceptional_{kind}", ())
    ]


def hours_document(week: HoursForm, exceptions: Any) -> dict[str, Any]:
    """The OCPI Hours object of a valid form and formset."""
    document: dict[str, Any] = {"twentyfourseven": week.cleaned_data["always"]}
    if week.regular_hours():
        document["regular_hours"] = week.regular_hours()
    for form in exceptions:
        row = form.cleaned_data
        if row and not row.get("DELETE"):
            period = {"period_begin": row["begin"], "period_end": row["end"]}
            document.setdefault(f"exceptional_{row['kind']}", []).append(period)
    return document


def _on_site(instant: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(instant).astimezone(zone).strftime(_LOCAL)
