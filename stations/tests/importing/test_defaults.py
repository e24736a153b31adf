"""The defaults that ship, and those of a file."""

import json
from decimal import Decimal
from typing import Any

import pytest

from stations.importing import UnusableSource, read_defaults


def test_the_shipped_defaults_are_open_always_with_two_type_2_sockets_of_11_kw_paid_on_site() -> None:
    shipped = read_defaults()
    assert (shipped.opening_times, shipped.evses) == ({"twentyfourseven": True}, 2)
    (connector,) = shipped.connectors
    assert (connector["standard"], connector["power_type"]) == ("IEC_62196_T2", "AC_3_PHASE")
    assert connector["max_power_kw"] == Decimal(11)
    assert shipped.tariff_document["currency"] == "EUR"
    assert shipped.terms == {"payment": "ON_SITE"}


def test_a_file_replaces_only_what_it_states() -> None:
    defaults = read_defaults(b'{"evses": 4, "booking_terms": {"buffer_minutes": 10}}')
    assert (defaults.evses, defaults.terms) == (4, {"buffer_minutes": 10})
    assert defaults.tariff_name == read_defaults().tariff_name


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ([], "they must be a JSON object"),
        ({"evse": 2}, "evse: there is no such member, only opening_times, evses,"),
        ({"evses": 0}, "evses must be a whole number from 1 to 50"),
        ({"evses": True}, "evses must be a whole number"),
        ({"connectors": []}, "connectors must be a list with at least one"),
        ({"connectors": [{"standard": "X"}]}, r"connectors\[0\]: standard 'X' is not known here"),
        ({"opening_times": {}}, "twentyfourseven: This field is required"),
        ({"tariff": {"document": {}}}, r"tariff\.name: This field is required"),
        ({"tariff": {"name": "T", "document": {"currency": "XXX"}}}, "currency"),
        ({"booking_terms": {"free_beer": 1}}, r"booking_terms\.free_beer: there is no such field"),
    ],
)
def test_unusable_defaults_are_refused_in_one_line(document: Any, said: str) -> None:
    with pytest.raises(UnusableSource, match=said) as refusal:
        read_defaults(json.dumps(document).encode())
    assert "\n" not in str(refusal.value)
