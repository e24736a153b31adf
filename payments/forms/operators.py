"""What owners fill in about their operator's money."""

from operator import itemgetter
from typing import Final

from django import forms

from payments.vat_ids import COUNTRIES

CURRENCIES: Final = ("EUR", "BGN", "CHF", "CZK", "DKK", "GBP", "HUF", "NOK", "PLN", "RON", "SEK")
_NAMES: Final = {
    "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "CH": "Switzerland", "CY": "Cyprus", "CZ": "Czechia",
    "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France",
    "GB": "United Kingdom", "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IT": "Italy",
    "LT": "Lithuania", "LU": "Luxembourg", "LV": "Latvia", "MT": "Malta", "NL": "Netherlands", "NO": "Norway",
    "PL": "Poland", "PT": "Portugal", "RO": "Romania", "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia",
}  # fmt: skip


_COUNTRIES: Final = sorted(((code, _NAMES[code]) for code in COUNTRIES), key=itemgetter(1))


class DetailsForm(forms.Form):
    """The rules are the service's; the form brings types, labels and help."""

    legal_name = forms.CharField(max_length=120, help_text="As registered; it stands on your invoices.")
    street = forms.CharField(max_length=120, label="Street and number")
    postal_code = forms.CharField(max_length=12)
    city = forms.CharField(max_length=80)
    country = forms.ChoiceField(choices=_COUNTRIES)
    vat_id = forms.CharField(
        max_length=24,
        required=False,
        label="VAT number",
        help_text="With the country's letters, like DE123456789. Leave it empty if you have none.",
    )
    currency = forms.ChoiceField(
        choices=[(code, code) for code in CURRENCIES], help_text="Your tariffs must be in the same one."
    )
    code = forms.CharField(
        max_length=8,
        label="Document code",
        help_text="Begins your invoice numbers: two to eight letters and digits. Fixed by the first invoice.",
    )
