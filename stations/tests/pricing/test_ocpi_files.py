"""The OCPI specification's own example objects, where a copy of them lies beside the checkout."""

import json
from pathlib import Path

import pytest

from stations.hours import Hours
from stations.pricing import Tariff

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "ocpi" / "examples"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no OCPI example files at {FOLDER}")


def test_every_example_tariff_reads_and_writes_the_same_document() -> None:
    paths = sorted(FOLDER.glob("tariff*.json"))
    assert len(paths) >= 20
    for path in paths:
        document = json.loads(path.read_text())
        assert Tariff.from_ocpi(document).to_ocpi() == document, path.name


def test_every_example_of_opening_times_reads_and_writes_the_same_document() -> None:
    documents = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("location_example*.json"))]
    opening_times = [document["opening_times"] for document in documents if "opening_times" in document]
    assert opening_times
    for document in opening_times:
        assert Hours.from_ocpi(document).to_ocpi() == document
