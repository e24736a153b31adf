"""The days of a report about money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from accounts.models import Operator
from bookings.forms.operator import PeriodForm


class MoneyPeriodForm(PeriodForm):
    """First and last day; the operator too, where there are several to choose from."""

    def __init__(self, data: Any, *, operators: Sequence[Operator], **filled: str) -> None:
        super().__init__(data, operators=operators, stations=[], **filled)
        del self.fields["station"]

    @property
    def window(self) -> tuple[date, date]:
        """[first, day after the last)."""
        return self.cleaned_data["first"], self.cleaned_data["last"] + timedelta(days=1)
