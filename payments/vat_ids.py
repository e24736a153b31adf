"""VAT identification numbers: their form in each country (European Commission, VIES; HMRC; FTA; Skatteetaten)."""

import re
from typing import Final

_FORMS: Final = {
    "AT": r"ATU\d{8}",
    "BE": r"BE[01]\d{9}",
    "BG": r"BG\d{9,10}",
    "CH": r"CHE\d{9}(MWST|TVA|IVA)?",
    "CY": r"CY\d{8}[A-Z]",
    "CZ": r"CZ\d{8,10}",
    "DE": r"DE\d{9}",
    "DK": r"DK\d{8}",
    "EE": r"EE\d{9}",
    "ES": r"ES[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"FI\d{8}",
    "FR": r"FR[A-HJ-NP-Z0-9]{2}\d{9}",
    "GB": r"GB(\d{9}|\d{12}|GD\d{3}|HA\d{3})",
    "GR": r"EL\d{9}",
    "HR": r"HR\d{11}",
    "HU": r"HU\d{8}",
    "IE": r"IE(\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])",
    "IT": r"IT\d{11}",
    "LT": r"LT(\d{9}|\d{12})",
    "LU": r"LU\d{8}",
    "LV": r"LV\d{11}",
    "MT": r"MT\d{8}",
    "NL": r"NL\d{9}B\d{2}",
    "NO": r"NO\d{9}(MVA)?",
    "PL": r"PL\d{10}",
    "PT": r"PT\d{9}",
    "RO": r"RO\d{2,10}",
    "SE": r"SE\d{10}01",
    "SI": r"SI\d{8}",
    "SK": r"SK\d{10}",
}
COUNTRIES: Final = tuple(_FORMS)
"""Where operators can be paid: ISO 3166-1 alpha-2."""


def tidy(text: str) -> str:
    """Without the blanks, dots and dashes that people group it by, in capitals."""
    return re.sub(r"[\s.\-]", "", text).upper()


def has_form_of(vat_id: str, country: str) -> bool:
    """Whether a tidied number has the form of that country's, its prefix included; False for a country unknown here."""
    return country in _FORMS and re.fullmatch(_FORMS[country], vat_id) is not None
